"""Homereel starts here: the one place that knows concrete classes. Opens the window, or runs a command.

Everything beyond the standard library is imported where it is needed, so that the window is on screen before anything heavy
is loaded, and a command does not load the window.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cli.ports
    import gui.app
    from encoders.text import TextEncoder
    from graph.networks.embeddings import Networks
    from library.accounts import FoundServer, ServerSignIn
    from library.home import Home
    from library.past.tmdb import PastAccount
    from library.progress import Job
    from library.settings import SourceSettings
    from library.sources import Catalog, MediaServer
    from providers.ledger import NetworkLedger

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent
DEMO = ROOT / "resources" / "demo"
FAILED, CANCELLED = 1, 130
UNSEEN_PLATFORMS = ("offscreen", "minimal")
LEARN = "--learn"
"""First argument of the process that learns beside the window; for the program itself, not for people."""

log = logging.getLogger("homereel")

# A click is answered by many small products: a second thread gains nothing there, and waits for its core when that is busy.
# Read by numpy when it is first imported; torch has a setting of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(arguments: Sequence[str]) -> int:
    """Open the window when nothing but ``--home`` is said; else run the command. Returns the exit status."""
    if arguments and arguments[0] == LEARN:
        from recommender.training_process import main as learn

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then ends this process
        return learn(arguments[1:])
    home_path, rest = split_home(arguments)
    if rest or (home_path is not None and not home_path):
        from cli.commands import run

        return run(arguments, command_ports())
    return open_window(home_path)


def split_home(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """What ``--home`` in front says (``None`` when it is not there, empty when its value is missing), and the rest."""
    first, *rest = arguments or [""]
    if first.startswith("--home="):
        return first.removeprefix("--home="), rest
    if first == "--home":
        return (rest[0], rest[1:]) if rest else ("", [])
    return None, list(arguments)


def open_window(home_path: str | None) -> int:
    """Open the window on the library of a home, and return the exit status when it is closed."""
    from library.errors import AppError
    from library.home import find_home
    from library.logs import log_file, set_up_logging, take_down_logging

    if not has_screen(sys.platform, os.environ):
        _say("There is no screen to open the window on. Everything works without it too: homereel --help")
        return FAILED
    try:
        home = find_home(Path(home_path) if home_path else None)
        destination = set_up_logging(home)
        install_crash_hooks(f"The details are in {log_file(home)}.")
        try:
            from gui.app import run

            status: int = run(home, window_ports(home))
            return status
        finally:
            take_down_logging(destination)
    except AppError as error:
        _say(str(error))
        if os.environ.get("QT_QPA_PLATFORM") not in UNSEEN_PLATFORMS:
            from gui.app import tell

            tell(error.message, error.hint)
        return FAILED


def has_screen(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can be opened; without a screen Qt would end the process."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not platform.startswith("linux") or any(environment.get(name) for name in screens)


def open_server(home: Home, source: SourceSettings, token: str | None, ledger: NetworkLedger) -> MediaServer:
    """The media server that a source of the settings stands for; nothing is asked yet."""
    if source.kind == "demo":
        from providers.servers.demo import DemoServer

        return DemoServer(DEMO)
    if source.kind == "folder":
        from music.tags import read_tags
        from providers.servers.folder import FolderServer

        return FolderServer(source.name, source.paths, read_tags)
    from providers.http import ProviderSession

    session = ProviderSession(source.name, ledger=ledger, purpose="Your media server", fingerprint=source.fingerprint)
    if source.kind == "plex":
        from providers.servers.plex_installation import InstalledPlexServer, PlexInstallation

        return InstalledPlexServer(PlexInstallation(home.path / "plex.json"), source, token or "", session)
    if source.kind == "subsonic":
        from providers.servers.subsonic import SubsonicServer

        return SubsonicServer(source, token, session)
    from providers.servers.installation import Installation
    from providers.servers.jellyfin_installation import InstalledJellyfinServer

    return InstalledJellyfinServer(Installation(home.path / "jellyfin.json"), source, token or "", session)


def jellyfin_sign_in(home: Home, source: SourceSettings, ledger: NetworkLedger) -> ServerSignIn:
    """The way in to the Jellyfin server of a source."""
    from providers.http import ProviderSession
    from providers.servers.installation import Installation
    from providers.servers.jellyfin_sign_in import JellyfinSignIn

    session = ProviderSession(source.name, ledger=ledger, purpose="Signing in", fingerprint=source.fingerprint)
    return JellyfinSignIn(source, Installation(home.path / "jellyfin.json").client_id, session)


def machine_of(home: Home, source_id: str) -> str:
    """Machine id of the server that a source was when it was read last; empty when that is not known."""
    from providers.servers.installation import Installation

    files = (home.path / f"{kind}.json" for kind in ("plex", "jellyfin"))
    return next((found for file in files if (found := Installation(file).machine_of(source_id))), "")


def open_catalog(name: str, key: str, pin: str, language: str, ledger: NetworkLedger) -> Catalog:
    """A catalogue of films and shows; nothing is asked yet."""
    if name == "tmdb":
        from providers.catalogs.tmdb import TmdbCatalog

        return TmdbCatalog(key, language, ledger=ledger)
    from providers.catalogs.tvdb import TvdbCatalog

    return TvdbCatalog(key, pin, language, ledger=ledger)


def open_past_account(key: str, language: str, ledger: NetworkLedger) -> PastAccount:
    """The account at TMDB of whoever agrees to it; nothing is asked yet."""
    from providers.catalogs.tmdb_account import TmdbAccount

    return TmdbAccount(key, language, ledger=ledger)


def check_catalog(name: str, key: str, pin: str, ledger: NetworkLedger) -> str:
    """Ask a catalogue whether it takes a key; a sentence about what answered."""
    with contextlib.closing(open_catalog(name, key, pin, "en", ledger)) as catalog:
        return catalog.check()


def look_around(ledger: NetworkLedger) -> Job[tuple[FoundServer, ...]]:
    """Call into the local network for media servers."""
    from providers.discovery import look_around

    return look_around(ledger)


def load_encoder(name: str, threads: int) -> TextEncoder:
    """The text model of this name or path; loads torch."""
    from encoders.text import load_text_encoder

    return load_text_encoder(name, threads)


def load_networks(home: Home, threads: int) -> Networks:
    """The graph networks with their checkpoints; loads torch."""
    from graph.networks.training import StoredNetworks

    return StoredNetworks(home.networks, threads)


def check_text_model(name: str) -> str:
    """Why a text model cannot be used, as a sentence; empty when it can."""
    from encoders.text import check_model

    return check_model(name)


def trainer_command(home: Home) -> Sequence[str]:
    """What starts the process that learns beside the window."""
    return (sys.executable, str(ROOT / "main.py"), LEARN, str(home.path))


def window_ports(home: Home) -> gui.app.Ports:
    """What the window needs of the world."""
    from gui.app import Ports
    from gui.computer import ask_this_computer
    from providers.ledger import NetworkLedger, Reach
    from providers.plex_opening import PlexOpener
    from providers.servers.addresses import check_url
    from providers.servers.plex_address import normalise_token

    ledger = NetworkLedger()
    plex = PlexOpener(home.path / "plex.json", ledger)
    return Ports(
        open_server=lambda source, token: open_server(home, source, token, ledger),
        check_url=check_url,
        clean_token=normalise_token,
        machine_of=lambda source_id: machine_of(home, source_id),
        connections_today=lambda: sum(r.count for r in ledger.connections_today() if r.reach is Reach.INTERNET),
        check_text_model=check_text_model,
        look=ask_this_computer(),
        trainer_command=trainer_command,
        open_account=plex.account,
        open_watchlist=plex.watchlist,
        home_users=plex.home_users,
        switch_home_user=plex.switch_home_user,
        look_around=lambda: look_around(ledger),
        sign_in_to=lambda source: jellyfin_sign_in(home, source, ledger),
        open_catalog=lambda name, key, pin, language: open_catalog(name, key, pin, language, ledger),
        check_catalog=lambda name, key, pin: check_catalog(name, key, pin, ledger),
        open_past_account=lambda key, language: open_past_account(key, language, ledger),
        network=ledger,
    )


def command_ports() -> cli.ports.Ports:
    """What the commands need of the world."""
    from cli.ports import Ports
    from providers.ledger import NetworkLedger
    from providers.plex_opening import PlexOpener
    from providers.servers.addresses import check_url
    from providers.servers.plex_address import normalise_token

    ledger = NetworkLedger()
    return Ports(
        version=VERSION,
        open_server=lambda home, source, token: open_server(home, source, token, ledger),
        load_encoder=load_encoder,
        load_networks=load_networks,
        check_url=check_url,
        clean_token=normalise_token,
        open_account=lambda home, token: PlexOpener(home.path / "plex.json", ledger).account(token),
        open_watchlist=lambda home, source, token: PlexOpener(home.path / "plex.json", ledger).watchlist(source, token),
        sign_in_to=lambda home, source: jellyfin_sign_in(home, source, ledger),
        open_catalog=lambda name, key, pin, language: open_catalog(name, key, pin, language, ledger),
        open_past_account=lambda key, language: open_past_account(key, language, ledger),
        network=ledger,
    )


def install_crash_hooks(where: str) -> None:
    """Let nothing end the window with a traceback: the whole of it goes into the log, one sentence to the user.

    Without a hook of its own, PyQt ends the program on an exception in a slot.
    """

    def note(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            return
        log.critical("Something went wrong that should not have.", exc_info=(kind, error, trace))
        _say(f"Something went wrong that should not have. {where}")

    sys.excepthook = note
    threading.excepthook = lambda crash: note(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: note(crash.exc_type, crash.exc_value, crash.exc_traceback)


def _say(sentence: str) -> None:
    """A sentence for whoever started the program from a terminal; there may be none."""
    if sys.stderr is not None:
        sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(CANCELLED)
