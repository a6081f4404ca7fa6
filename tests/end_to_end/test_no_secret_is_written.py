"""Canary secrets in every service, and nothing the program writes or says holds one: log at DEBUG, library, settings, output,
exceptions, crash reports. Only the file of secrets does, and only its owner can read that.
"""

from __future__ import annotations

import gc
import logging
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import main
from library.home import Home, find_home
from library.library import Library
from library.logs import log_file, take_down_logging
from library.redaction import redact
from library.secrets import Secrets
from providers.catalogs.tmdb import TmdbCatalog
from providers.catalogs.tvdb import TvdbCatalog
from tests.end_to_end.canaries import found_in, levels_as_before, set_up_loudly
from tests.end_to_end.service_table import FAST, PIN, PLEX_TOKEN, QUICK, SERVICES, Service, fill, forms_of
from tests.fakes import plex_tv, plex_world, subsonic, tmdb, tvdb
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.plex import FakePlex
from tests.fakes.serving import FakeService

WENT_WRONG: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 401},
    {"kind": "reset in body"},
    {"kind": "html"},
    {"kind": "elsewhere", "target": "http://elsewhere.example"},
)


@pytest.fixture(autouse=True)
def _everything_is_logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log file gets what every library says, down to DEBUG; tokens go into the file of secrets, as without a keyring."""
    monkeypatch.setattr("cli.session.set_up_logging", set_up_loudly)
    monkeypatch.setattr("library.secrets._keyring_call", lambda *_: None)
    monkeypatch.setattr("providers.http.Patience", lambda: QUICK)
    monkeypatch.setattr("providers.async_http.Patience", lambda: QUICK)
    with levels_as_before():
        yield


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Carries a command out; gives all that it said."""

    def call(*arguments: str) -> str:
        main.main(arguments)
        said = capsys.readouterr()
        return said.out + said.err

    return call


def nothing_leaks(home_path: Path, said: str, secrets: set[str]) -> None:
    assert secrets
    assert all(len(secret) >= 6 for secret in secrets)
    gc.collect()
    assert found_in(home_path.parent, secrets) == []
    assert not [form for form in forms_of(secrets) if form in said]


def kept_for_the_owner_alone(home_path: Path, secret: str) -> None:
    path = Home(home_path).secrets
    assert secret in path.read_text("utf-8").replace("\\/", "/")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def after_faults(fake: FakeService, read: Callable[[], str]) -> str:
    """What is said while everything goes wrong, and when it is good again."""
    said = ""
    for details in WENT_WRONG:
        fake.fail(**details)
        said += read()
        fake.recover()
    return said + read()


def test_plex(command: Callable[..., str], home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", PLEX_TOKEN)
    with FakePlex(plex_world.make_world(3, 1), token=PLEX_TOKEN) as fake:
        said = command("scan", "--plex", fake.url, "--token-from-env", "CANARY", "--no-texts")
        assert "3 films" in said
        said += after_faults(fake, lambda: command("scan", "--no-texts"))
    said += command("info") + command("network") + command("info", "--json") + command("backup")
    nothing_leaks(home_path, said, {PLEX_TOKEN})
    kept_for_the_owner_alone(home_path, PLEX_TOKEN)


def test_a_token_that_stands_in_a_pasted_address(
    command: Callable[..., str], home_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "canary-Pasted-0123456789"
    monkeypatch.setenv("CANARY", f"http://10.0.0.2:32400/library/metadata/1?X-Plex-Token={secret}&checkFiles=1")
    with FakePlex(plex_world.make_world(2), token=secret) as fake:
        said = command("scan", "--plex", fake.url, "--token-from-env", "CANARY", "--no-texts")
        assert "2 films" in said
        said += command(
            "scan", "--plex", f"{fake.url}/?X-Plex-Token={secret}", "--token-from-env", "CANARY", "--no-texts"
        )
    nothing_leaks(home_path, said, {secret})


def test_a_plex_account(command: Callable[..., str], home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = plex_tv.some_people()[0]
    with FakePlex(plex_world.make_world(2)) as plex:
        plex.token = person.server_token(plex.world.machine)
        cellar = plex_tv.Device("Cellar", plex.world.machine, [(plex.url, True, False)])
        with plex_tv.FakePlexTv(devices=[cellar], claimed_after=0) as fake:
            monkeypatch.setattr("providers.plex_account.PlexSites", lambda: fake.sites)
            said = command("sign-in")
            assert "Cellar is added" in said
            said += after_faults(fake, lambda: command("sign-in", "--json"))
        said += command("scan", "--no-texts")
    nothing_leaks(home_path, said, {person.token, plex.token})
    kept_for_the_owner_alone(home_path, person.token)


def test_jellyfin(command: Callable[..., str], home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jellyfin = next(service for service in SERVICES if service.name == "Jellyfin")
    with jellyfin.start(None) as fake:
        assert isinstance(fake, FakeJellyfin)
        password = fake.world.person("Anna").password
        monkeypatch.setenv("CANARY", password)
        add = ("scan", "--jellyfin", fake.url, "--user", "anna", "--token-from-env", "CANARY", "--no-texts")
        said = command(*add)
        assert "6 films" in said
        said += after_faults(fake, lambda: command("scan", "--no-texts"))
        said += after_faults(fake, lambda: command(*add))
        secrets = {password, *fake.tokens}
    nothing_leaks(home_path, said, secrets)
    assert password not in Home(home_path).secrets.read_text("utf-8"), "only the token is kept"


def test_subsonic(command: Callable[..., str], home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", subsonic.PASSWORD)
    service = next(service for service in SERVICES if service.name == "Subsonic")
    with service.start(None) as fake:
        add = ("scan", "--subsonic", fake.url, "--user", subsonic.USER, "--token-from-env", "CANARY", "--no-texts")
        said = command(*add)
        assert "8 tracks" in said
        said += after_faults(fake, lambda: command("scan", "--no-texts"))
        secrets = service.secrets(fake)
    nothing_leaks(home_path, said, secrets)
    kept_for_the_owner_alone(home_path, subsonic.PASSWORD)


@pytest.mark.parametrize("name", ["TMDB", "TVDB"])
def test_catalogues(
    name: str, command: Callable[..., str], home_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = next(service for service in SERVICES if service.name == name)
    monkeypatch.setenv("CANARY", tmdb.READ_TOKEN if name == "TMDB" else tvdb.KEY)
    monkeypatch.setenv("CANARY_PIN", PIN)
    with Library.open(find_home(home_path)) as library:
        fill(library, tmp_path / "films")
    with service.start(None) as fake:

        def opened(which: str, key: str, pin: str, language: str, ledger: Any) -> Any:
            if which == "tmdb":
                return TmdbCatalog(key, ledger=ledger, patience=QUICK, limit=FAST, url=fake.url)
            return TvdbCatalog(key, pin, ledger=ledger, patience=QUICK, limit=FAST, url=fake.url)

        monkeypatch.setattr(main, "open_catalog", opened)
        pin = ("--pin-from-env", "CANARY_PIN") if name == "TVDB" else ()
        add = ("enrich", "--switch-on", name.lower(), "--key-from-env", "CANARY", *pin)
        said = after_faults(fake, lambda: command(*add))
        assert fake.requests
        secrets = service.secrets(fake)
    nothing_leaks(home_path, said, secrets)
    kept_for_the_owner_alone(home_path, tmdb.READ_TOKEN if name == "TMDB" else tvdb.KEY)


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_nothing_that_is_printed_for_programmers_shows_one(service: Service, tmp_path: Path) -> None:
    """The repr of everything that is reachable from a client and of our own making."""
    with service.start(None) as fake, closing(service.client(fake, fake.url, None)) as client:
        forms = forms_of(service.secrets(fake))
        seen: set[int] = set()
        waiting: list[object] = [client]
        while waiting:
            thing = waiting.pop()
            if id(thing) in seen or not type(thing).__module__.startswith(("providers", "library", "tests")):
                continue
            seen.add(id(thing))
            shown = repr(thing)
            assert not [form for form in forms if form in shown], type(thing)
            names = getattr(thing, "__dict__", {}) or {
                n: getattr(thing, n, None) for n in getattr(thing, "__slots__", ())
            }
            waiting += names.values()
        assert len(seen) > 2


def test_a_crash_report(home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A bug at the worst place: the secret is in the message, in what it was raised from, and in an address."""
    for hook in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, hook, getattr(sys, hook))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    secrets = {"canary-Crash/token+1", "canary crash password"}
    home = find_home(home_path)
    for number, secret in enumerate(secrets):
        Secrets(home).put(f"source:{number}", secret)
    destination = set_up_loudly(home)
    root = logging.getLogger()
    others = [handler for handler in root.handlers if handler is not destination]
    for handler in others:  # pytest's own, which would call this a failure
        root.removeHandler(handler)
    try:
        main.install_crash_hooks("The details are in the log.")
        for secret in secrets:
            thread = threading.Thread(target=crash, args=(secret,))
            thread.start()
            thread.join()
            try:
                crash(secret)
            except RuntimeError:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        for handler in others:
            root.addHandler(handler)
        take_down_logging(destination)
    text = log_file(home).read_text("utf-8")
    assert text.count("Traceback") >= 4
    said = capsys.readouterr()
    nothing_leaks(home_path, said.out + said.err, secrets)


def crash(secret: str) -> None:
    from urllib.parse import quote

    try:
        raise ValueError(f"no answer from http://nas/library?X-Plex-Token={quote(secret, safe='')}")
    except ValueError as error:
        raise RuntimeError(f"could not sign in with {secret!r}") from error


def test_the_redaction_takes_every_form_of_a_registered_secret() -> None:
    from library.redaction import register_secret

    secret = "canary Form/with+signs=1"
    register_secret(secret)
    text = " | ".join(sorted(forms_of({secret})))
    assert not [form for form in forms_of({secret}) if form in redact(text)]
