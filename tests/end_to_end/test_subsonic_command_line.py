"""The command line with a Subsonic server: added by password or API key, the password itself only when that was agreed to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.home import find_home
from library.library import Library
from library.secrets import Secrets
from library.settings import SourceSettings
from main import main
from tests.fakes.subsonic import KEY, PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world


@pytest.fixture
def fake() -> Iterator[FakeSubsonic]:
    with FakeSubsonic(world=make_world(12)) as server:
        yield server


@pytest.fixture
def old() -> Iterator[FakeSubsonic]:
    with FakeSubsonic(
        world=make_world(12), open=False, version="1.12.0", accepts=("password",), extensions=()
    ) as server:
        yield server


def add(monkeypatch: pytest.MonkeyPatch, server: FakeSubsonic, secret: str, *more: str) -> int:
    monkeypatch.setenv("SECRET_OF_MINE", secret)
    where = ("--subsonic", f"{server.url}/app/#/login", "--token-from-env", "SECRET_OF_MINE", "--no-texts", "--json")
    return main(["scan", *where, *more])


def kept(home_path: Path) -> tuple[tuple[SourceSettings, ...], str | None]:
    home = find_home(home_path)
    with Library.open(home) as library:
        sources = library.settings.load().sources
    return sources, Secrets(home).get(f"source:{sources[0].id}") if sources else None


def test_a_server_is_added_by_password(
    fake: FakeSubsonic, home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, fake, PASSWORD, "--user", USER) == 0
    assert json.loads(capsys.readouterr().out)["library"]["tracks"] == 12
    (source,), secret = kept(home_path)
    assert (source.kind, source.name, source.url) == ("subsonic", "Navidrome", fake.url)
    assert (source.user, source.sign_in, secret) == (USER, "password", PASSWORD)
    assert main(["scan", "--no-texts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sources"][0]["added"] == 0


def test_a_server_is_added_by_api_key(fake: FakeSubsonic, home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert add(monkeypatch, fake, KEY) == 0
    (source,), secret = kept(home_path)
    assert (source.user, source.sign_in, secret) == ("", "api key", KEY)


def test_the_password_itself_is_sent_only_when_that_is_said(
    old: FakeSubsonic, home_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, old, PASSWORD, "--user", USER) == 1
    said = capsys.readouterr()
    assert "the password itself" in said.out + said.err
    assert "--send-password" in said.out + said.err
    assert kept(home_path) == ((), None)
    sent = b"".join(seen.body + seen.raw.encode() for seen in old.requests)
    assert PASSWORD.encode().hex().encode() not in sent
    assert add(monkeypatch, old, PASSWORD, "--user", USER, "--send-password") == 0
    (source,), secret = kept(home_path)
    assert (source.sign_in, secret) == ("legacy password", PASSWORD)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--subsonic", "http://192.168.1.20:4533", "--plex", "http://192.168.1.20:32400", "--token-from-stdin"],
        ["--send-password", "--demo"],
        ["--user", "ada"],
        ["--subsonic", "not an address at all://", "--user", "ada", "--token-from-stdin"],
    ],
)
def test_what_does_not_belong_together_is_refused(
    arguments: list[str], home_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.readline", lambda: "x", raising=False)
    assert main(["scan", *arguments]) != 0
    assert kept(home_path) == ((), None)
