"""What a person can do with the account behind their servers, one small function each: sign in, pick a server, add people."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.worker import Task, Ticket, Workplace
from library.accounts import AccountServer, HomeUser, SignedIn, account_secret_of, person_secret_of
from library.errors import ProviderError
from library.progress import Job, Progress
from library.secrets import Secrets, secret_of
from library.settings import Profile, SourceSettings


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """What a sign-in came to: whose account it is, and the servers that it may use."""

    who: SignedIn
    servers: tuple[AccountServer, ...]


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """A server of an account at the address at which it answers."""

    who: SignedIn
    server: AccountServer
    url: str
    token: str = field(repr=False)


class AccountActions:
    """Hands the work with accounts to the thread that may wait for people."""

    def __init__(self, ports: Ports, actions: SourceActions) -> None:
        self._ports = ports
        self._actions = actions

    def sign_in(self) -> Ticket:
        """Wait for the person to sign in in the browser; succeeds with an :class:`OpenedAccount`.

        A ``CodeShown`` step says which page to open.
        """
        return self._submit("Signing in with Plex", sign_in(self._ports))

    def reach(self, account: OpenedAccount, server: AccountServer) -> Ticket:
        """Find out where a server answers; succeeds with a :class:`ServerAccess`."""
        return self._submit(f"Looking for {server.name}", reach(self._ports, account, server))

    def keep(self, source: SourceSettings, who: SignedIn) -> Ticket:
        """Put the token of the account behind a source where tokens lie."""
        return self._submit("Storing the sign-in", keep(source, who.token))

    def has_account(self, source: SourceSettings) -> Ticket:
        """Whether there is an account behind a source; succeeds with a ``bool``."""
        return self._submit("Looking for the sign-in", has_account(source))

    def sign_out(self, source: SourceSettings) -> Ticket:
        """End the sign-in behind a source, at Plex and here."""
        return self._submit("Signing out", sign_out(self._ports, source))

    def home_users(self, source: SourceSettings) -> Ticket:
        """Who else lives in the home behind a source; succeeds with a tuple of ``HomeUser``."""
        return self._submit("Asking Plex for the people of your home", home_users(self._ports, source))

    def add_person(self, source: SourceSettings, user: HomeUser, pin: str = "") -> Ticket:
        """Add somebody of the home to the household here; succeeds with their ``Profile``, which is in the settings then."""
        ticket = self._submit(f"Adding {user.name}", fetch_person(self._ports, source, user, pin))
        ticket.succeeded.connect(self._actions.put_profile)
        return ticket

    def look_around(self) -> Ticket:
        """Call into the local network for servers; succeeds with a tuple of ``FoundServer``."""
        return self._submit("Looking around in your network", lambda _: self._ports.look_around())

    def _submit(self, label: str, task: Task) -> Ticket:
        return self._actions.wait_for(label, task)


def sign_in(ports: Ports) -> Task:
    """Sign in, and list the servers of the account."""

    def job(workplace: Workplace) -> Job[OpenedAccount]:
        with closing(ports.open_account("")) as account:
            who = yield from account.sign_in()
            yield Progress("Asking Plex for your servers")
            return OpenedAccount(who, account.servers())

    return job


def reach(ports: Ports, opened: OpenedAccount, server: AccountServer) -> Task:
    """Find the best address of a server."""

    def job(workplace: Workplace) -> Job[ServerAccess]:
        with closing(ports.open_account(opened.who.token)) as account:
            url = yield from account.reach(server)
        return ServerAccess(opened.who, server, url, server.token)

    return job


def keep(source: SourceSettings, token: str) -> Task:
    """Store the token of the account behind a source."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress("Storing the sign-in")
        Secrets(workplace.home).put(account_secret_of(source), token)

    return job


def has_account(source: SourceSettings) -> Task:
    """Look whether there is a token of an account behind a source."""

    def job(workplace: Workplace) -> Job[bool]:
        yield Progress("Looking for the sign-in")
        return bool(Secrets(workplace.home).get(account_secret_of(source)))

    return job


def sign_out(ports: Ports, source: SourceSettings) -> Task:
    """End the sign-in at Plex and forget it here; the server's token comes from it, and is forgotten as well."""

    def job(workplace: Workplace) -> Job[str]:
        yield Progress("Signing out")
        secrets = Secrets(workplace.home)
        token, problem = secrets.get(account_secret_of(source)), ""
        if token:
            try:
                with closing(ports.open_account(token)) as account:
                    account.sign_out()
            except ProviderError as error:
                problem = error.message
        secrets.delete(account_secret_of(source))
        secrets.delete(secret_of(source))
        return problem

    return job


def home_users(ports: Ports, source: SourceSettings) -> Task:
    """Ask who lives in the home, without the one who signed in: that is who is here already."""

    def job(workplace: Workplace) -> Job[tuple[HomeUser, ...]]:
        yield Progress("Asking Plex for the people of your home")
        token = Secrets(workplace.home).get(account_secret_of(source))
        if not token:
            return ()
        users = ports.home_users(source, token)
        return tuple(user for user in users if not _is_owner(user, source))

    return job


def fetch_person(ports: Ports, source: SourceSettings, user: HomeUser, pin: str) -> Task:
    """Get the token that somebody has for a server, and keep it under their name."""

    def job(workplace: Workplace) -> Job[Profile]:
        yield Progress(f"Adding {user.name}")
        secrets = Secrets(workplace.home)
        theirs = ports.switch_home_user(source, secrets.get(account_secret_of(source)) or "", user, pin)
        secrets.put(person_secret_of(source, user.id), theirs)
        return Profile(id=profile_id(user), name=user.name, source_id=source.id)

    return job


def profile_id(user: HomeUser) -> str:
    """Under which id somebody of a home is one of the household here."""
    return f"plex:{user.id}"


def _is_owner(user: HomeUser, source: SourceSettings) -> bool:
    """Whether this is the person who signed in: a server's own number for its owner is 1."""
    return user.id == source.account or (source.account in ("", "1") and user.admin)
