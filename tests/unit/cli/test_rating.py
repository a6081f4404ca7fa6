from __future__ import annotations

import pytest

from library.feedback import Block, Rating, Retraction, Skip
from library.home import find_home
from library.library import Library
from tests.unit.cli.world import World


def events() -> list[object]:
    with Library.open(find_home()) as library:
        return list(library.feedback.log())


def test_a_rating_is_one_row_and_counts_at_once(world: World) -> None:
    before = world.json("explain", "Heat (1995)")["expected"]["mean"]
    answer = world.json("rate", "Thief", "9.5")
    assert answer["action"] == "rating"
    assert answer["rating"] == 9.5
    assert answer["item"]["title"] == "Thief"
    [event] = events()
    assert isinstance(event, Rating)
    assert (event.id, event.value, event.item_id) == (answer["event"], 9.5, answer["item"]["id"])
    assert world.json("explain", "Heat (1995)")["expected"]["mean"] > before
    assert world.json("explain", "Thief")["rating"] == 9.5
    assert "You gave it 9.5." in world.text("explain", "Thief")


def test_rating_says_what_it_thought(world: World) -> None:
    assert world.text("rate", "Thief", "9").startswith("Thief (1981): 9. The guess was ")


def test_skip_block_and_unblock(world: World) -> None:
    world.json("rate", "Alien", "--skip")
    world.json("rate", "1917", "--block")
    assert [type(event) for event in events()] == [Skip, Block]
    titles = {pick["title"] for pick in world.json("recommend")["picks"]}
    assert titles.isdisjoint({"Alien", "1917"})
    assert world.json("explain", "1917")["blocked"] is True
    world.json("rate", "1917", "--unblock")
    assert "1917" in {pick["title"] for pick in world.json("recommend")["picks"]}
    assert world.json("rate", "1917", "--unblock", status=1)["error"] == "1917 (2019) is not blocked."


def test_undo_takes_back_one_answer_after_the_other(world: World) -> None:
    world.json("rate", "Thief", "9")
    world.json("rate", "Thief", "4")
    world.json("rate", "Alien", "--block")
    assert world.text("rate", "--undo") == "The block of Alien (1979) is taken back.\n"
    assert world.json("rate", "--undo")["taken_back"] == "rating"
    assert world.json("explain", "Thief")["rating"] == 9
    assert world.text("rate", "--undo") == "The rating 9 of Thief (1981) is taken back.\n"
    assert world.json("explain", "Thief")["rating"] is None
    assert "to take back" in world.json("rate", "--undo", status=1)["error"]
    assert sum(isinstance(event, Retraction) for event in events()) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("Thief",),
        (),
        ("Thief", "9", "--skip"),
        ("--skip",),
        ("Thief", "--undo"),
        ("Thief", "11"),
        ("Thief", "great"),
        ("--undo", "--block"),
        ("The", "Third", "Man", "9"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_before_anything_happens(
    world: World, arguments: tuple[str, ...]
) -> None:
    status, out, err = world.call("rate", *arguments)
    assert (status, out) == (2, "")
    assert "homereel rate --help" in err
    assert not find_home().database.exists()
