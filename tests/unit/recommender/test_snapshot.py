from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from library.items import MediaKind
from library.library import Library
from recommender.engine import Engine
from recommender.snapshot import Snapshot, load_snapshot
from recommender.weights import load_weights
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def snapshot(library: Library) -> Snapshot:
    return snapshot_of(library)


def test_what_is_saved_comes_back(snapshot: Snapshot, tmp_path: Path) -> None:
    taste = snapshot.taste.update(2, 9.0).update(5, 2.0)
    replace(snapshot, taste=taste, event_id=7, text_model="m").save(tmp_path)
    loaded = load_snapshot(tmp_path, load_weights())
    assert loaded is not None
    assert (loaded.event_id, loaded.text_model, loaded.revision) == (7, "m", snapshot.revision)
    assert loaded.columns.titles == snapshot.columns.titles
    assert np.array_equal(loaded.taste.mean, taste.mean)
    assert loaded.taste.update(7, 8.0).predict(11) == pytest.approx(taste.update(7, 8.0).predict(11))


def test_the_newest_save_wins_and_the_old_one_goes(snapshot: Snapshot, tmp_path: Path) -> None:
    snapshot.save(tmp_path)
    replace(snapshot, event_id=3).save(tmp_path)
    loaded = load_snapshot(tmp_path, load_weights())
    assert loaded is not None
    assert loaded.event_id == 3
    assert len(list(tmp_path.glob("snapshot-*"))) == 1


def test_a_title_that_is_no_text_survives(library: Library, tmp_path: Path) -> None:
    library.items.upsert("demo", "films", [film(77, space=True, key="odd", title="Amélie \u2603 “quoted”")])
    snapshot_of(library).save(tmp_path)
    loaded = load_snapshot(tmp_path, load_weights())
    assert loaded is not None
    assert loaded.columns.titles[-1] == "Amélie \u2603 “quoted”"


def test_no_snapshot_and_other_weights_give_none(snapshot: Snapshot, tmp_path: Path) -> None:
    assert load_snapshot(tmp_path / "nowhere", load_weights()) is None
    snapshot.save(tmp_path)
    assert load_snapshot(tmp_path, replace(load_weights(), noise=9.0)) is None


def test_only_the_taste_is_written_again_after_a_rating(snapshot: Snapshot, tmp_path: Path) -> None:
    snapshot.save(tmp_path)
    before = {path.name: path.stat().st_ino for path in next(tmp_path.glob("snapshot-*")).iterdir()}
    replace(snapshot, taste=snapshot.taste.update(3, 9.0), event_id=1).save(tmp_path)
    after = {path.name: path.stat().st_ino for path in next(tmp_path.glob("snapshot-*")).iterdir()}
    same = {name for name in before if before[name] == after[name]}
    assert {"view_text.npy", "indices.npy", "words.json"} <= same
    assert not any(name.startswith("taste_") or name == "facts.json" for name in same)
    loaded = load_snapshot(tmp_path, load_weights())
    assert loaded is not None
    assert (loaded.taste.rows.tolist(), loaded.taste.values.tolist()) == ([3], [9.0])


def test_another_picture_is_written_whole(snapshot: Snapshot, library: Library, tmp_path: Path) -> None:
    snapshot.save(tmp_path)
    library.items.upsert("demo", "films", [film(500, space=True, title="New Here")])
    snapshot_of(library).save(tmp_path)
    loaded = load_snapshot(tmp_path, load_weights())
    assert loaded is not None
    assert loaded.columns.titles[-1] == "New Here"


@pytest.mark.parametrize("victim", ["facts.json", "words.json", "indices.npy", "taste_mean.npy", "column_seen.npy"])
@pytest.mark.parametrize("damage", ["cut", "garbage", "missing"])
def test_a_damaged_snapshot_is_left_alone(snapshot: Snapshot, tmp_path: Path, victim: str, damage: str) -> None:
    snapshot.save(tmp_path)
    path = next(tmp_path.glob("snapshot-*")) / victim
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage == "cut" else b"\x93NUMPY garbage")
    assert load_snapshot(tmp_path, load_weights()) is None
    snapshot.save(tmp_path)
    assert load_snapshot(tmp_path, load_weights()) is not None


@pytest.mark.parametrize("seed", range(4))
def test_no_flipped_byte_keeps_the_program_from_starting(snapshot: Snapshot, tmp_path: Path, seed: int) -> None:
    replace(snapshot, taste=snapshot.taste.update(2, 9.0)).save(tmp_path)
    chance = random.Random(seed)
    files = sorted(next(tmp_path.glob("snapshot-*")).iterdir())
    for _ in range(150):
        path = chance.choice(files)
        content = path.read_bytes()
        damaged = bytearray(content)
        damaged[chance.randrange(min(300, len(content)))] = chance.randrange(256)
        path.write_bytes(damaged)
        with np.errstate(all="ignore"):  # numbers of any size may come out; no check sum says so
            loaded = load_snapshot(tmp_path, load_weights())
            if loaded is not None:
                loaded.taste.predict(11)
        path.write_bytes(content)


def test_nothing_in_a_snapshot_can_be_written_to(snapshot: Snapshot) -> None:
    arrays = [*snapshot.features.arrays().values(), snapshot.columns.seen, snapshot.taste.mean, snapshot.taste.variance]
    assert not any(values.flags.writeable for values in arrays)


def test_rows_are_found_by_item_id(snapshot: Snapshot) -> None:
    ids = snapshot.features.ids
    assert snapshot.row_of(int(ids[3])) == 3
    assert snapshot.row_of(int(ids[-1]) + 1) is None
    assert snapshot.rows_of([int(ids[5]), int(ids[1]), 10**9]).tolist() == [1, 5]
    assert snapshot.rows_of([]).tolist() == []


def test_vanished_titles_teach_but_are_not_suggested(library: Library) -> None:
    ids = ids_by_title(library)
    library.items.mark_removed("demo", "films", ["film-2"], 1.0)
    engine = Engine(library, snapshot_of(library))
    assert ids["Star 2"] not in {pick.item_id for pick in engine.recommend(MediaKind.MOVIE, count=40).picks}
    before = engine.predict(ids["Star 4"])
    engine.rate(ids["Star 2"], 10)
    after = engine.predict(ids["Star 4"])
    assert before is not None
    assert after is not None
    assert after.mean > before.mean
