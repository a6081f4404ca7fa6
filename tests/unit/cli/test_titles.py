from __future__ import annotations

import pytest

from tests.unit.cli.world import World


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("thief", "Thief", 1981),
        ("Heat (1972)", "Heat", 1972),
        ("heat 1995", "Heat", 1995),
        ("amelie", "Amélie", 2001),
        ("le fabuleux destin d'amelie poulain", "Amélie", 2001),
        ("1917", "1917", 2019),
        ("arriv", "Arrival", 2016),
    ],
)
def test_a_title_is_found_as_people_type_it(world: World, text: str, title: str, year: int) -> None:
    found = world.json("explain", text)["item"]
    assert (found["title"], found["year"]) == (title, year)


def test_an_id_is_an_id(world: World) -> None:
    item_id = world.id_of("Alien")
    assert world.json("explain", str(item_id))["item"]["title"] == "Alien"
    assert world.json("explain", f"id:{item_id}")["item"]["title"] == "Alien"


def test_several_of_one_name_are_listed_with_their_ids(world: World) -> None:
    first, second = world.id_of("Heat", 1995), world.id_of("Heat", 1972)
    status, out, err = world.call("rate", "Heat", "9")
    assert (status, out) == (1, "")
    assert "“Heat” could be several titles." in err
    assert f"{first}  Heat (1995), film" in err
    assert f"{second}  Heat (1972), film" in err
    answer = world.json("rate", "Heat", "9", status=1)
    assert {item["id"] for item in answer["candidates"]} == {first, second}
    assert world.json("info")["feedback"]["rated"] == 0


@pytest.mark.parametrize(
    "text", ["Nosuch", "id:999999", "99999999999999999999999", "linguist", "id:0", "\udcff\udcfe", "–"]
)
def test_what_is_not_there_is_said(world: World, text: str) -> None:
    answer = world.json("explain", text, status=1)
    assert answer["error"]
    assert "search" in answer["hint"]
