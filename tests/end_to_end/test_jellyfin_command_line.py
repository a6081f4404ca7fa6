"""A Jellyfin server added and scanned from the command line: what is kept, what is asked, and what is never kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.commands import run
from library.home import Home
from library.library import Library
from library.secrets import Secrets
from main import command_ports
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import film_id, make_world

SECRET = "s3cret-of-Anna"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often whether a code was typed in."""
    monkeypatch.setattr("providers.servers.jellyfin_sign_in._EVERY", 0.2)


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(12, 3, 5)) as server:
        yield server


def scan(monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = SECRET) -> int:
    monkeypatch.setenv("THE_PASSWORD", password)
    return run(("scan", "--no-texts", "--json", *arguments), command_ports())


def add(monkeypatch: pytest.MonkeyPatch, jellyfin: FakeJellyfin, user: str = "anna", password: str = SECRET) -> int:
    where = ("--jellyfin", f"{jellyfin.url}/web/index.html#!/home", "--user", user)
    return scan(monkeypatch, *where, "--token-from-env", "THE_PASSWORD", password=password)


def test_a_server_is_added_by_name_and_password_and_only_its_token_is_kept(
    jellyfin: FakeJellyfin, home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, jellyfin) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["library"] == {"movies": 12, "shows": 3, "tracks": 5}
    home = Home(home_path)
    with Library.open(home) as library:
        source = library.settings.load().sources[0]
    assert (source.kind, source.name, source.url) == ("jellyfin", "Fake Jellyfin", jellyfin.url)
    assert (source.user, source.account, source.sign_in) == ("Anna", jellyfin.world.person("Anna").id, "password")
    token = Secrets(home).get(f"source:{source.id}")
    assert jellyfin.tokens[token or ""] == source.account
    files = [path.read_bytes() for path in home_path.rglob("*") if path.is_file()]
    assert files
    assert not [content for content in files if SECRET.encode() in content]

    jellyfin.world.of(source.account, film_id(1)).rating = 9.0
    jellyfin.forget()
    assert scan(monkeypatch) == 0
    again = json.loads(capsys.readouterr().out)["sources"][0]
    assert (again["added"], again["changed"], again["ratings"]) == (0, 1, 1)
    assert not [seen for seen in jellyfin.requests if "Authenticate" in seen.path]


def test_signing_in_again_takes_the_same_source(
    jellyfin: FakeJellyfin, home_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add(monkeypatch, jellyfin) == 0
    assert add(monkeypatch, jellyfin) == 0
    with Library.open(Home(home_path)) as library:
        assert len(library.settings.load().sources) == 1


def test_a_wrong_password_is_said_and_nothing_is_kept(
    jellyfin: FakeJellyfin, home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, jellyfin, password="wrong-Pass-99") == 1
    out = capsys.readouterr()
    assert "does not know anna with this password" in out.out + out.err
    assert "wrong-Pass-99" not in out.out + out.err
    with Library.open(Home(home_path)) as library:
        assert not library.settings.load().sources


@pytest.mark.parametrize(
    "arguments",
    [
        ("--jellyfin", "http://a"),
        ("--jellyfin", "http://a", "--user", "Anna", "--quick-connect"),
        ("--user", "Anna"),
        ("--quick-connect",),
        ("--jellyfin", "http://a", "--plex", "http://b"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scan(monkeypatch, *arguments) == 2
    assert "--jellyfin" in json.loads(capsys.readouterr().out)["error"]


def test_a_code_that_is_typed_in_elsewhere_signs_in_and_two_people_are_two_sources(
    jellyfin: FakeJellyfin, home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("Anna", "Bert", "Anna"):
        people = jellyfin.world

        def confirm(path: str, name: str = name) -> None:
            if path == "/QuickConnect/Connect" and not list(jellyfin.codes.values())[-1]["Authenticated"]:
                jellyfin.confirm(list(jellyfin.codes.values())[-1]["Code"], name)

        jellyfin.watch = confirm
        assert scan(monkeypatch, "--jellyfin", jellyfin.url, "--quick-connect", "--name", f"{name}'s") == 0
        assert "Type 48151" in capsys.readouterr().err
    with Library.open(Home(home_path)) as library:
        sources = library.settings.load().sources
    assert sorted((source.name, source.account) for source in sources) == [
        ("Anna's", people.person("Anna").id),
        ("Bert's", people.person("Bert").id),
    ]
