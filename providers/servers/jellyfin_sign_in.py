"""Signing in to a Jellyfin server: by name and password, or by a code that is typed in where one is signed in already.

Only what the server gives for it is kept, never the password. Each sign-in comes from a device of its own, as the server sees
it, since a server ends the last sign-in of a device when the same user signs in from it again: trying out a password in a form
must not cut off the source that is in use.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from library.accounts import CodeShown, SignedIn
from library.errors import ProviderDenied, ProviderError, ProviderUnavailable
from library.progress import Job, Progress
from library.redaction import register_secret
from library.settings import SourceSettings
from providers.http import BadStatus, ProviderSession
from providers.servers.jellyfin_client import Account, JellyfinClient

_EVERY, _AT_MOST = 2.0, 600.0
_STEP = 0.2
_WHERE_QUICK = "Sign in with name and password instead, or have Quick Connect switched on in the server's dashboard."


class JellyfinSignIn:
    """The way in to one server; closed when it is done with. Fits ``library.accounts.ServerSignIn``.

    :param source: its address, the name of the user, and the certificate that is trusted.
    :param device_id: this installation's own random name.
    :param pause: waits between two looks; a test need not.
    """

    def __init__(
        self,
        source: SourceSettings,
        device_id: str,
        session: ProviderSession,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self.source = source
        self._pause = pause
        device = f"{device_id}-{secrets.token_hex(4)}"
        self._client = JellyfinClient(source.name, source.url, "", "", device, session)

    def __repr__(self) -> str:
        """Where it leads."""
        return f"JellyfinSignIn({self._client.place})"

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def with_password(self, password: str) -> SignedIn:
        """Sign in as the source's user.

        :raises ProviderDenied: when the server does not know that user with that password.
        """
        register_secret(password)
        name = self.source.user.strip()
        with self._client.at_most(read=10.0, overall=20.0):
            self._client.about()
            try:
                said = self._client.sign_in("/Users/AuthenticateByName", {"Username": name, "Pw": password})
            except ProviderDenied:
                raise ProviderDenied(
                    self.source.name,
                    f"The server does not know {name or 'this user'} with this password.",
                    "Check both; capitals count in the password. The user may also be locked after too many tries.",
                ) from None
        return self._signed_in(said)

    def with_code(self) -> Job[SignedIn]:
        """Sign in by Quick Connect: a ``CodeShown`` step has the code, which is waited for until it is typed in elsewhere."""
        yield Progress("Asking for a code")
        with self._client.at_most(read=10.0, overall=20.0):
            self._client.about()
            secret, code = self._begin()
        shown = CodeShown(
            "Waiting for the code", code=code, link=f"{self._client.url}/web/#/quickconnect", seconds=_AT_MOST
        )
        waited = 0.0
        while waited < _AT_MOST:
            for _ in range(round(_EVERY / _STEP)):
                yield shown
                self._pause(_STEP)
            waited += _EVERY
            if self._is_confirmed(secret):
                yield Progress("Signing in")
                return self._signed_in(self._client.sign_in("/Users/AuthenticateWithQuickConnect", {"Secret": secret}))
        raise self._too_late()

    def sign_out(self, token: str) -> None:
        """Let a token hold no longer: one that was only tried out."""
        self._client.log_out(token)

    def _begin(self) -> tuple[str, str]:
        try:
            said = self._client.sign_in("/QuickConnect/Initiate")
        except (ProviderDenied, BadStatus):
            raise ProviderDenied(
                self.source.name, "Quick Connect is switched off on this server.", _WHERE_QUICK
            ) from None
        found = said if isinstance(said, dict) else {}
        secret, code = str(found.get("Secret") or ""), str(found.get("Code") or "")
        if not secret or not code:
            raise self._client.broken()
        register_secret(secret)
        return secret, code

    def _is_confirmed(self, secret: str) -> bool:
        """Whether somebody typed the code in. A moment without an answer is no end."""
        try:
            said = self._client.get("/QuickConnect/Connect", {"secret": secret}, anonymous=True)
        except BadStatus as error:
            if error.status == 404:
                raise self._too_late() from None
            return False
        except ProviderDenied:
            raise ProviderDenied(self.source.name, "Quick Connect was switched off meanwhile.", _WHERE_QUICK) from None
        except ProviderUnavailable:
            return False
        return isinstance(said, dict) and said.get("Authenticated") is True

    def _too_late(self) -> ProviderError:
        return ProviderDenied(
            self.source.name, "The code was not typed in in time, so the server forgot it.", "Ask for a new one."
        )

    def _signed_in(self, said: object) -> SignedIn:
        found = said if isinstance(said, dict) else {}
        token, user = str(found.get("AccessToken") or ""), found.get("User")
        account = Account.of(user if isinstance(user, dict) else {})
        if not token or not account.id:
            raise self._client.broken()
        register_secret(token)
        return SignedIn(token, account.id, account.name)
