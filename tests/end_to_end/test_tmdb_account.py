"""A past from an account at TMDB, from the command line: a page to agree on, piles, and the way back; no secret anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.home import find_home
from library.past.tmdb import AccountPast, PastAccount
from library.progress import Job
from library.secrets import Secrets
from providers.catalogs.tmdb_account import TmdbAccount
from providers.http import Patience
from tests.fakes.tmdb import READ_TOKEN, FakeTmdb
from tests.unit.cli.world import World

QUICK = Patience(connect=1, read=1, overall=2, attempts=1, pause=0.01)


@pytest.fixture
def tmdb() -> Iterator[FakeTmdb]:
    with FakeTmdb() as fake:
        fake.account.lists = {
            ("rated", "movies"): [(949, "Heat", 1995, 9.0), (11524, "Thief", 1980, 8.0), (8195, "Ronin", 1998, 2.0)],
            ("rated", "tv"): [(60622, "Fargo", 2014, 9.5)],
            ("favorite", "tv"): [(60622, "Fargo", 2014, 0.0)],
            ("watchlist", "movies"): [(348, "Alien", 1979, 0.0)],
        }
        yield fake


@pytest.fixture
def world(capsys: pytest.CaptureFixture[str], tmdb: FakeTmdb, home_path: Path) -> World:
    """Commands over a few titles; the owner of the account agrees as soon as they are shown where."""

    class AtOnce(TmdbAccount):
        def past(self, pause: float = 0.01, wait: float = 600.0) -> Job[AccountPast]:
            return super().past(pause, wait)

    def open_account(key: str, language: str) -> PastAccount:
        return AtOnce(key, language, ledger=world.network, patience=QUICK, limit=5000, url=tmdb.url)

    world = World(capsys, past_account=open_account)
    world.json("recommend")
    return world


def put_key() -> None:
    Secrets(find_home()).put("catalog:tmdb", READ_TOKEN)


def test_from_the_page_to_the_piles_and_back(world: World, tmdb: FakeTmdb) -> None:
    put_key()
    dry = world.json("import", "--tmdb-account", "--dry-run")
    assert (dry["id"], dry["ratings"], dry["wishes"], dry["left_out"]) == (None, 4, 1, 1)
    status, out, err = world.call("import", "--tmdb-account")
    assert status == 0
    assert "https://www.themoviedb.org/authenticate/request-canary-" in err
    assert "It is good for 10 minutes. Waiting for you …" in err
    assert "Rated films (TMDB ratings): 3 lines." in out
    assert "6 lines: 4 ratings, 0 plays, 1 on a watchlist, 1 left out." in out
    (found,) = world.json("imports")["imports"]
    assert (found["from"], found["name"]) == ("TMDB", "ada's account")
    assert found["piles"] == {"sure": 2, "unsure": 1, "not owned": 1, "wish": 1}
    assert "There was nothing new in it." in world.text("import", "--tmdb-account")
    assert "taken back: ada's account." in world.text("import", "--take-back", str(found["id"]))
    assert (tmdb.account.sessions, len(tmdb.account.ended)) == (set(), 3)
    log = "".join(path.read_text() for path in find_home().logs.iterdir())
    for secret in (READ_TOKEN, *tmdb.account.ended):
        assert secret not in out + err + log


def test_what_does_not_work_is_said(world: World, tmdb: FakeTmdb) -> None:
    answer = world.json("import", "--tmdb-account", status=1)
    assert answer["error"] == "TMDB is not asked without a key."
    assert "homereel enrich --switch-on tmdb" in answer["hint"]
    put_key()
    tmdb.account.decision = "refuse"
    assert "refused" in world.json("import", "--tmdb-account", status=1)["error"]
    assert "--tmdb-account" in world.json("import", "x.csv", "--tmdb-account", status=2)["error"]
    assert world.json("imports") == {"imports": []}


def test_stopped_while_it_waits_nothing_is_left_there(
    world: World, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_key()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    tmdb.account.decision = ""
    monkeypatch.setattr("cli.output.Output.note", lambda self, text: stop() if "authenticate" in text else None)
    assert world.call("import", "--tmdb-account")[0] == 130
    assert (tmdb.account.sessions, tmdb.account.looks) == (set(), 0)
