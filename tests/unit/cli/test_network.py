"""The command network: who was contacted, and how far the program may reach."""

from __future__ import annotations

import json

import pytest

from library.errors import ProviderOffline
from library.home import find_home
from library.library import Library
from tests.unit.cli.world import World


def contacts(world: World, *arguments: str) -> dict:
    return json.loads(world.text("network", "--json", *arguments))


def test_nobody_was_contacted(world: World) -> None:
    assert "No computer was talked to in the last 7 days." in world.text("network")
    assert contacts(world) == {"reach": "all", "days": 7, "contacts": []}


def test_what_a_command_does_is_kept_and_shown_by_the_next(world: World) -> None:
    world.network.record("nas.local", "192.168.1.2", 3000, sent=200, purpose="Your media server")
    world.text("info")
    assert world.network.fresh() == ()
    (row,) = contacts(world)["contacts"]
    assert (row["host"], row["where"], row["purpose"], row["requests"], row["sent_bytes"], row["received_bytes"]) == (
        "nas.local", "local network", "Your media server", 1, 200, 3000,
    )  # fmt: skip
    line = next(line for line in world.text("network").splitlines() if "nas.local" in line)
    assert "Your media server" in line


def test_the_reach_is_kept_and_holds_for_the_next_command(world: World) -> None:
    assert contacts(world, "--reach", "none")["reach"] == "none"
    with Library.open(find_home()) as library:
        assert library.settings.load().network.reach == "none"
    world.network.reach = "all"
    world.text("info")
    with pytest.raises(ProviderOffline):
        world.network.permit("TMDB", "api.example.org")
    assert "stays on this computer" in world.text("network")


def test_an_unknown_reach_is_misuse(world: World) -> None:
    status, _, err = world.call("network", "--reach", "far")
    assert status == 2
    assert "Traceback" not in err
