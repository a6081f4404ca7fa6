from __future__ import annotations

import math

import pytest

from cli.watching import points_words, rounded_to_sum
from tests.unit.cli.world import World


@pytest.mark.parametrize(
    "values",
    [[7.004, 0.333, 0.333, 0.333, -0.111], [0.005] * 7, [-0.004, -0.004, -0.004], [6.5], [1 / 3, -1 / 3, 5.0049]],
)
def test_what_is_shown_adds_up_to_the_total_that_is_shown(values: list[float]) -> None:
    shown = rounded_to_sum(values, math.fsum(values))
    assert round(sum(shown), 2) == round(math.fsum(values), 2)
    assert all(abs(a - b) < 0.01 for a, b in zip(shown, values, strict=True))


def test_points_have_a_sign() -> None:
    assert [points_words(value) for value in (0.5, -0.25, 0.0)] == ["+0.50", "−0.25", "+0.00"]


def test_with_nothing_configured_the_demo_library_answers(world: World) -> None:
    status, out, err = world.call("recommend", "-n", "3")
    assert status == 0
    assert "demo library" in err
    assert out.splitlines()[0].startswith("  1  ")
    assert "Chosen from 8 films." in out
    assert world.call("recommend")[2] == "", "it is said once"


def test_recommendations_carry_prediction_and_reasons(world: World) -> None:
    world.json("rate", "Thief", "9")
    answer = world.json("recommend", "--kind", "movies", "-n", "5")
    assert (answer["total"], answer["remaining"], answer["empty"]) == (7, 7, "")
    titles = [pick["title"] for pick in answer["picks"]]
    assert "Thief" not in titles
    assert len(titles) == 5
    heat = next(pick for pick in answer["picks"] if pick["id"] == world.id_of("Heat", 1995))
    assert 1 <= heat["mean"] <= 10
    assert heat["deviation"] > 0
    assert any("Thief" in reason["text"] for reason in heat["reasons"])
    assert heat["makers"] == ["Michael Mann"]


def test_filters_leave_what_was_asked_for(world: World) -> None:
    def titles(*wishes: str) -> set[str]:
        return {pick["title"] for pick in world.json("recommend", *wishes)["picks"]}

    assert titles("--minutes", "116") == {"Heat", "Arrival", "[bold]Odd\x1b[31m\u202e Title"}
    assert titles("--genre", "science fiction") == {"Alien", "Arrival"}
    assert titles("--decade", "90s") == {"Heat", "[bold]Odd\x1b[31m\u202e Title"}
    assert titles("--kind", "shows") == {"Fargo"}
    assert titles("--genre", "horror", "--decade", "1970") == {"Alien"}


def test_an_unknown_genre_names_those_there_are(world: World) -> None:
    status, out, err = world.call("recommend", "--genre", "Westernn")
    assert (status, out) == (1, "")
    assert "There are: Comedy, Crime, Drama, Horror, Romance, Science Fiction, War." in err


def test_nothing_left_is_said_and_is_no_error(world: World) -> None:
    assert "No films fit these wishes. 8 would without them." in world.text("recommend", "--minutes", "5")
    assert world.json("recommend", "--minutes", "5")["empty"] == "filtered"
    world.json("rate", "Fargo", "8")
    assert "You have rated or blocked all shows there are." in world.text("recommend", "--kind", "shows")


def test_search_finds_beginnings_without_accents_and_says_nothing_when_there_is_nothing(world: World) -> None:
    found = world.json("search", "amel")["results"]
    assert [item["title"] for item in found] == ["Amélie"]
    assert [item["title"] for item in world.json("search", "michael", "mann", "thi")["results"]] == ["Thief"]
    assert world.json("search", "zebra")["results"] == []
    assert "Nothing was found." in world.text("search", "zebra")
    assert world.json("search", "fargo", "--kind", "movies")["results"] == []


def test_the_ledger_adds_up(world: World) -> None:
    for title, value in (("Thief", "9"), ("Alien", "3"), ("1917", "6.5")):
        world.json("rate", title, value)
    answer = world.json("explain", "Heat (1995)")
    assert math.fsum(term["points"] for term in answer["ledger"]) == pytest.approx(answer["total"], abs=1e-6)
    assert answer["total"] == pytest.approx(answer["expected"]["mean"], abs=1e-6)
    thief = next(term for term in answer["ledger"] if term["signal"] == "person")
    assert "Michael Mann" in thief["text"]
    lines = world.text("explain", "Heat (1995)").splitlines()
    rows = [line.split()[0] for line in lines[lines.index("Points  From") + 1 :]]
    numbers = [float(number.replace("−", "-")) for number in rows]
    assert round(sum(numbers[:-1]), 2) == numbers[-1]


def test_odd_titles_are_printed_safely(world: World) -> None:
    out = world.text("search", "odd", "title")
    assert "[bold]Odd�[31m Title (1999)" in out
    assert "\x1b" not in out
