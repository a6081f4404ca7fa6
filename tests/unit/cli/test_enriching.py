from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.home import Home
from library.secrets import Secrets
from providers.catalogs.tmdb import TmdbCatalog
from providers.catalogs.tvdb import TvdbCatalog
from providers.http import Patience
from tests.fakes.tmdb import READ_TOKEN, FakeTmdb, Title
from tests.fakes.tvdb import FakeTvdb
from tests.unit.cli.world import World

QUICK = Patience(connect=1, read=1, overall=2, attempts=1, pause=0.01)
TITLES = [
    Title(949, "Heat", 1995, runtime=170),
    Title(2, "Thief", 1981, runtime=123, keywords=("safe",)),
    Title(60622, "Fargo", 2014, kind="tv"),
]


@pytest.fixture
def tmdb(world: World) -> Iterator[FakeTmdb]:
    with FakeTmdb(titles=list(TITLES)) as fake:
        world.catalogs["tmdb"] = lambda key, pin, language: TmdbCatalog(
            key, language, patience=QUICK, limit=5000, url=fake.url
        )
        yield fake


def switch_on(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str = READ_TOKEN, name: str = "tmdb"
) -> tuple[int, str]:
    monkeypatch.setenv("THE_KEY", key)
    status, out, err = world.call("enrich", "--switch-on", name, "--key-from-env", "THE_KEY")
    assert key not in out + err
    return status, out + err


def test_without_a_catalogue_it_says_how_to_have_one(world: World) -> None:
    status, _, err = world.call("enrich")
    assert status == 1
    assert "--switch-on tmdb" in err
    assert world.call("enrich", "--key-from-env", "X")[0] == 2


def test_it_looks_up_once_and_says_what_it_found(world: World, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    world.call("scan", "--demo", "--no-texts")
    status, said = switch_on(world, monkeypatch)
    assert status == 0
    assert "TMDB answers" in said
    assert "3 of 9 titles found, 6 unknown there" in said
    assert "not endorsed or certified by TMDB" in said
    assert world.json("search", "safe")["results"][0]["title"] == "Thief"
    asked = len(tmdb.requests)
    (again,) = world.json("enrich")["catalogs"]
    assert (again["asked"], len(tmdb.requests)) == (0, asked)


def test_a_refused_key_is_not_kept(world: World, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch, home_path) -> None:
    status, said = switch_on(world, monkeypatch, "wrong.key.altogether")
    assert status == 1
    assert "does not take this key" in said
    assert Secrets(Home(home_path)).get("catalog:tmdb") is None
    assert world.call("enrich")[0] == 1


def test_what_failed_is_told_and_tried_again(
    world: World, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch, expected_logs
) -> None:
    expected_logs("Thief")
    world.call("scan", "--demo", "--no-texts")
    tmdb.fail("status", path="/3/movie/2", status=500)
    status, said = switch_on(world, monkeypatch)
    assert status == 0
    assert "“Thief”" in said
    tmdb.recover()
    (again,) = world.json("enrich")["catalogs"]
    assert (again["asked"], again["found"], again["failed"]) == (1, 1, 0)


def test_one_catalogue_out_of_order_does_not_stop_the_other(
    world: World, tmdb: FakeTmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.call("scan", "--demo", "--no-texts")
    with FakeTvdb() as tvdb:
        world.catalogs["tvdb"] = lambda key, pin, language: TvdbCatalog(
            key, pin, language, patience=QUICK, limit=5000, url=tvdb.url
        )
        assert switch_on(world, monkeypatch, "6e0e3a0c-canary-tvdb-key", "tvdb")[0] == 0
        tmdb.fail("status", path="/3/search", status=401)
        status, said = switch_on(world, monkeypatch)
        assert status == 1
        assert "does not take this key" in said
        assert "TVDB: nothing to look up" in said
        (first, second) = world.json("enrich", status=1)["catalogs"]
    assert (first["catalog"], second["catalog"]) == ("tmdb", "tvdb")
    assert "error" in first
    assert "error" not in second
