"""The command sign-in, against a fake of plex.tv and of a Plex server over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.home import Home
from library.library import Library
from library.secrets import Secrets
from library.settings import SourceSettings
from providers.ledger import NetworkLedger
from providers.plex_opening import PlexOpener
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import ANNA, HANNA, Device, FakePlexTv
from tests.fakes.plex_world import make_world
from tests.unit.cli.world import World


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(2, 0)) as fake:
        yield fake


@pytest.fixture
def plex_tv(world: World, home_path: Path, plex: FakePlex) -> Iterator[FakePlexTv]:
    cellar = Device("Cellar", plex.world.machine, [(plex.url, True, False)])
    with FakePlexTv(devices=[cellar], claimed_after=0) as fake:
        world.account = PlexOpener(home_path / "plex.json", NetworkLedger(), fake.sites).account
        yield fake


def sources(home_path: Path) -> tuple[SourceSettings, ...]:
    with Library.open(Home(home_path)) as library:
        return library.settings.load().sources


def test_the_link_is_shown_and_the_server_added(
    world: World, plex_tv: FakePlexTv, plex: FakePlex, home_path: Path
) -> None:
    status, out, err = world.call("sign-in")
    assert status == 0
    assert re.search(r"https://app\.plex\.tv/auth#\?clientID=\S+code=strongcode100", err)
    assert "Signed in as Hanna." in err
    assert f"Cellar is added; it answers at {plex.url}." in out
    (source,) = sources(home_path)
    assert (source.name, source.url, source.user, source.account) == ("Cellar", plex.url, "Hanna", "1")
    secrets, person = Secrets(Home(home_path)), plex_tv.person(HANNA)
    assert secrets.get(f"plex-account:{source.id}") == person.token
    assert secrets.get(f"source:{source.id}") == person.server_token(plex.world.machine)
    assert world.plex.tokens == [person.server_token(plex.world.machine)]
    assert person.token not in out + err


def test_a_second_time_the_source_stays_the_same(world: World, plex_tv: FakePlexTv, home_path: Path) -> None:
    world.call("sign-in")
    (before,) = sources(home_path)
    status, out, _ = world.call("sign-in", "--name", "Den", "--json")
    assert status == 0
    assert json.loads(out)["source"]["id"] == before.id
    assert [source.name for source in sources(home_path)] == ["Den"]


def test_of_several_servers_one_has_to_be_named(world: World, plex_tv: FakePlexTv, home_path: Path) -> None:
    plex_tv.devices.append(Device("Attic", "m2", [("http://127.0.0.1:1", True, False)], owner=ANNA, users=(HANNA,)))
    status, _, err = world.call("sign-in")
    assert status == 1
    assert "--server NAME" in err
    assert "Attic, shared by Anna" in err
    status, _, err = world.call("sign-in", "--server", "Garage")
    assert (status, "called “Garage”" in err) == (1, True)
    status, _, err = world.call("sign-in", "--server", "attic")
    assert (status, "nothing answers" in err) == (1, True)
    assert sources(home_path) == ()
    assert world.call("sign-in", "--server", "cellar")[0] == 0


def test_an_account_without_a_server_is_said(world: World, plex_tv: FakePlexTv) -> None:
    plex_tv.devices.clear()
    status, _, err = world.call("sign-in")
    assert (status, "no Plex server" in err) == (1, True)
