"""Opens what hangs on a Plex account, for ``main.py`` to hand to the window and the commands.

Imports the network libraries only when something is opened: the window is on screen before that.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from library.accounts import HomeUser, MediaAccount, Watchlist
    from library.settings import SourceSettings
    from providers.ledger import NetworkLedger
    from providers.plex_account import PlexAccount, PlexSites
    from providers.servers.plex_installation import PlexInstallation


class PlexOpener:
    """Makes accounts and watchlists that keep to one ledger and introduce themselves by one name.

    :param file: what this installation remembers about Plex.
    :param sites: where Plex is; its own sites when none are given.
    """

    def __init__(self, file: Path, ledger: NetworkLedger, sites: PlexSites | None = None) -> None:
        self._file = file
        self._ledger = ledger
        self._sites = sites

    def account(self, token: str = "") -> MediaAccount:
        """An account; without a token, one that nobody has signed in to yet."""
        return self._account(token, "Your Plex account")

    def watchlist(self, source: SourceSettings, account_token: str) -> Watchlist:
        """The watchlist of the account behind a source."""
        from providers.http import ProviderSession
        from providers.plex_account import BRIEF, NAME
        from providers.plex_watchlist import PlexWatchlist

        session = ProviderSession(NAME, BRIEF, self._ledger, purpose="Your Plex watchlist")
        return PlexWatchlist(session, self._installation().client_id, account_token, self._sites)

    def home_users(self, source: SourceSettings, account_token: str) -> tuple[HomeUser, ...]:
        """The people of the home that the account behind a source belongs to."""
        with closing(self._account(account_token, "The people of your Plex home")) as account:
            return account.home_users()

    def switch_home_user(self, source: SourceSettings, account_token: str, user: HomeUser, pin: str = "") -> str:
        """The token that a person of the home has for the server of a source.

        :raises ProviderDenied: when the PIN is not theirs, or they may not use the server.
        """
        from providers.plex_home import server_of
        from providers.plex_reach import machine_at

        with closing(self._account(account_token, "The people of your Plex home")) as account:
            theirs = account.switch(user, pin)
            machine = self._installation().machine_of(source.id) or machine_at(source.url, source.name, self._ledger)
            return server_of(theirs, machine, user.name).token

    def _account(self, token: str, purpose: str) -> PlexAccount:
        from providers.http import ProviderSession
        from providers.plex_account import BRIEF, NAME, PlexAccount

        session = ProviderSession(NAME, BRIEF, self._ledger, purpose=purpose)
        return PlexAccount(session, self._installation().client_id, token, self._sites)

    def _installation(self) -> PlexInstallation:
        from providers.servers.plex_installation import PlexInstallation

        return PlexInstallation(self._file)
