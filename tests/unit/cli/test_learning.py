from __future__ import annotations

from tests.unit.cli.world import World


def test_what_is_alike_waits_until_it_was_learned(world: World) -> None:
    status, _, err = world.call("similar", "Thief")
    assert status == 1
    assert "homereel learn" in err


def test_after_learning_the_most_alike_are_told_with_the_reason(world: World) -> None:
    learned = world.json("learn")
    assert (learned["titles"], learned["texts"], learned["similar"]) == (9, 9, 9)
    assert learned["graph"]["nodes"] > 9
    assert learned["self_test"] is None
    world.json("rate", "Heat (1995)", "9")
    answer = world.json("similar", "Thief", "-n", "3")
    assert answer["item"]["title"] == "Thief"
    first = answer["similar"][0]
    assert (first["title"], first["year"], first["rating"]) == ("Heat", 1995, 9.0)
    assert first["reason"].startswith("Both directed by Michael Mann")
    assert {"signal": "person", "name": "Michael Mann"} in first["shared"]
    assert len(answer["similar"]) == 3
    told = world.text("similar", "Thief")
    assert "Heat (1995)" in told
    assert "gave 9" in told


def test_learning_again_does_nothing_and_says_the_same(world: World) -> None:
    assert world.json("learn") == world.json("learn")
    assert "9 titles are learned" in world.text("learn")
