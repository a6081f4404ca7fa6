"""A training cycle that is killed at any moment leaves everything whole, and the next one goes on."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from library.feedback import Rating
from library.home import find_home
from library.library import Library
from library.settings import TextModelSettings
from recommender.snapshot import Snapshot, load_snapshot
from recommender.weights import load_weights
from tests.unit.recommender.shelf import ids_by_title, open_shelf

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARIES, KILLS, FILMS, RATINGS = 4, 20, 40, 24
LONGEST = 0.05


def fill(home_path: Path) -> None:
    with open_shelf(home_path, FILMS) as library:
        # The slow encoder spreads the texts over a second, so that a kill can hit every stage.
        settings = replace(library.settings.load(), text_model=TextModelSettings("slow"))
        library.settings.save(settings)
        for title, item_id in list(ids_by_title(library).items())[:RATINGS]:
            value = 9.0 if title.startswith("Star") else 2.0 + item_id % 3
            library.feedback.append(Rating(at=float(item_id), item_id=item_id, value=value))


def begin(home_path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "tests" / "gui" / "learn_quickly.py"), str(home_path), "--threads", "1"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def to_the_end(home_path: Path) -> tuple[Snapshot, int]:
    """Let a cycle come to its end: what it brought, and in how many lines it told of it."""
    with begin(home_path) as process:
        assert process.stdout is not None
        said = process.stdout.read().splitlines()
    assert said[-1] == b'{"done": true}'
    snapshot = load_snapshot(find_home(home_path).snapshot, load_weights())
    assert snapshot is not None
    assert snapshot.whole
    return snapshot, len(said)


def state_of(snapshot: Snapshot | None) -> tuple[bool, ...]:
    """How far a killed cycle had come."""
    if snapshot is None:
        return ()
    near = snapshot.near
    mapped = near is not None and near.layout is not None
    networks = bool(snapshot.features.dense["graph"].any())
    return snapshot.texts > 0, snapshot.graph is not None, near is not None, networks, mapped, snapshot.whole


def test_cycles_killed_at_twenty_moments_are_whole_and_go_on(tmp_path: Path) -> None:
    numbers = random.Random(20)
    fill(tmp_path / "undisturbed")
    expected, lines = to_the_end(tmp_path / "undisturbed")
    found: set[tuple[bool, ...]] = set()
    for number in range(LIBRARIES):
        home = tmp_path / f"disturbed {number}"
        fill(home)
        for _ in range(KILLS // LIBRARIES):
            with begin(home) as process:
                assert process.stdout is not None
                for _ in range(numbers.randint(1, lines // 3)):
                    process.stdout.readline()
                time.sleep(numbers.uniform(0.0, LONGEST))
                process.kill()
            found.add(state_of(load_snapshot(find_home(home).snapshot, load_weights())))
            with Library.open(find_home(home)) as library:
                assert len(library.feedback.current().ratings) == RATINGS
        after, _ = to_the_end(home)
        assert after.texts == expected.texts == FILMS + 1
        assert after.self_test == expected.self_test
        assert after.near is not None
        assert expected.near is not None
        assert np.array_equal(after.features.text, expected.features.text)
        assert np.array_equal(after.near.vectors, expected.near.vectors)
        assert np.array_equal(after.near.neighbours.kept, expected.near.neighbours.kept)
        assert after.near.layout is not None
    assert len(found) > 2, found
