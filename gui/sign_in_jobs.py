"""What worker threads do to sign in to a server that knows its users itself: get in, then ask it who it is."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass, field, replace

from gui.jobs import Answer
from gui.ports import Ports
from gui.worker import Task, Workplace
from library.accounts import SignedIn
from library.errors import ProviderError
from library.progress import Job, Progress
from library.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class SignedInAnswer(Answer):
    """What a server said to somebody who has just signed in.

    :param who: the user, with the token that is to be kept.
    """

    who: SignedIn = field(default_factory=lambda: SignedIn(""))


def sign_in_and_ask(ports: Ports, source: SourceSettings, password: str | None) -> Task:
    """Sign in as the source's user, or by a code when there is no password, and list the libraries.

    A token that turns out to be of no use is given back.
    """

    def job(workplace: Workplace) -> Job[SignedInAnswer]:
        yield Progress(f"Signing in to {source.name}")
        with closing(ports.sign_in_to(source)) as way:
            who = (yield from way.with_code()) if password is None else way.with_password(password)
            try:
                yield Progress(f"Asking {source.name} for its libraries")
                return _asked(workplace, replace(source, user=who.name, account=who.id), who)
            except ProviderError:
                with suppress(ProviderError):
                    way.sign_out(who.token)
                raise

    return job


def sign_out(ports: Ports, source: SourceSettings, who: SignedIn) -> Task:
    """Give a token back that was only tried out; a server that does not answer keeps it."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress(f"Signing out of {source.name}")
        with closing(ports.sign_in_to(source)) as way, suppress(ProviderError):
            way.sign_out(who.token)

    return job


def _asked(workplace: Workplace, source: SourceSettings, who: SignedIn) -> SignedInAnswer:
    before = workplace.machine_of(source)
    with closing(workplace.server_on_trial(source, who.token)) as server:
        identity = server.identify()
        another = bool(before) and before != identity.machine_id
        return SignedInAnswer(identity, server.libraries(), another, who)
