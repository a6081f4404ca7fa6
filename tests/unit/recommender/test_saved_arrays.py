from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender import saved_arrays
from recommender.saved_arrays import Arrays, Facts, load_arrays, save_arrays

Both = tuple[Arrays, Facts]


def both(arrays: Arrays, facts: Facts) -> Both:
    return arrays, facts


def numbered(number: int) -> Arrays:
    return {"counts": np.full(500, number), "places": np.full((40, 2), number / 8, np.float32)}


def save(directory: Path, number: int) -> None:
    save_arrays(directory, numbered(number), {"number": number})


def number_in(directory: Path) -> int | None:
    """Which number was saved, after a look that all parts are of this one."""

    def build(arrays: Arrays, facts: Facts) -> int:
        number = int(facts["number"])
        assert sorted(arrays) == ["counts", "places"]
        assert all(np.array_equal(arrays[name], values) for name, values in numbered(number).items())
        return number

    return load_arrays(directory, build)


def folder_of(directory: Path) -> Path:
    return directory / (directory / "current").read_text(encoding="utf-8")


def test_arrays_come_back_mapped_and_closed(tmp_path: Path) -> None:
    save(tmp_path / "some" / "where", 7)
    loaded = load_arrays(tmp_path / "some" / "where", both)
    assert loaded is not None
    arrays, facts = loaded
    assert facts == {"number": 7}
    for name, values in numbered(7).items():
        assert np.array_equal(arrays[name], values)
        assert arrays[name].dtype == values.dtype
        assert isinstance(arrays[name].base, np.memmap)
        with pytest.raises(ValueError, match="read-only"):
            arrays[name][0] = 1


def test_there_may_be_none(tmp_path: Path) -> None:
    assert load_arrays(tmp_path / "nowhere", both) is None
    assert load_arrays(tmp_path, both) is None


def test_the_newest_is_found_and_the_older_one_is_gone(tmp_path: Path) -> None:
    place = tmp_path / "counts"
    save(place, 1)
    save(place, 2)
    assert number_in(place) == 2
    assert sorted(place.iterdir()) == sorted([place / "current", folder_of(place)])


@pytest.mark.parametrize("broken_off_at", ["save", "dumps", "replace"])
def test_a_save_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_off_at: str
) -> None:
    save(tmp_path, 1)
    before = sorted(tmp_path.rglob("*"))
    module = {"save": np, "dumps": json, "replace": os}[broken_off_at]
    real = getattr(module, broken_off_at)
    calls: list[Any] = []

    def fails(*args: Any, **kwargs: Any) -> object:
        calls.append(args)
        if broken_off_at == "save" and len(calls) == 1:
            return real(*args, **kwargs)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(module, broken_off_at, fails)
        with pytest.raises(OSError, match="No space left"):
            save(tmp_path, 2)
    assert calls
    assert sorted(tmp_path.rglob("*")) == before
    assert number_in(tmp_path) == 1


def test_what_an_ended_program_wrote_by_half_is_not_read_and_later_cleared_away(tmp_path: Path) -> None:
    save(tmp_path, 1)
    half = tmp_path / "saved-half"
    half.mkdir()
    np.save(half / "counts.npy", np.zeros(3))
    (half / "current").write_text(half.name, encoding="utf-8")
    assert number_in(tmp_path) == 1
    save(tmp_path, 2)
    assert not half.exists()
    assert number_in(tmp_path) == 2


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("current", b""),
        ("current", b"saved-nowhere"),
        ("current", b"\xff\xfe"),
        ("current", b"\x00"),
        ("saved/facts.json", b"{"),
        ("saved/facts.json", b"\xe4"),
        ("saved/facts.json", b"{}"),
        ("saved/counts.npy", b""),
        ("saved/counts.npy", b"nonsense"),
        ("saved/counts.npy", b"\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (500"),
        ("saved/counts.npy", None),
        ("saved/facts.json", None),
    ],
)
def test_damage_is_none_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, content: bytes | None
) -> None:
    save(tmp_path, 1)
    place = tmp_path / "current" if path == "current" else folder_of(tmp_path) / path.removeprefix("saved/")
    if content is None:
        place.unlink()
    else:
        place.write_bytes(content)

    def build(arrays: Arrays, facts: Facts) -> int:
        return int(facts["number"]) + int(arrays["counts"][-1])

    with caplog.at_level(logging.INFO, saved_arrays.__name__):
        assert load_arrays(tmp_path, build) is None
    assert [record.levelname for record in caplog.records] == ["INFO"]
    save(tmp_path, 2)
    assert number_in(tmp_path) == 2


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_file_cut_off_is_damage(tmp_path: Path, share: float) -> None:
    save(tmp_path, 1)
    place = folder_of(tmp_path) / "counts.npy"
    whole = place.read_bytes()
    place.write_bytes(whole[: int(share * len(whole))])
    assert load_arrays(tmp_path, both) is None


def test_arrays_with_objects_in_them_are_not_read(tmp_path: Path) -> None:
    save(tmp_path, 1)
    np.save(folder_of(tmp_path) / "counts.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert load_arrays(tmp_path, both) is None


def test_an_error_in_our_own_code_is_not_taken_for_damage(tmp_path: Path) -> None:
    save(tmp_path, 1)

    def build(arrays: Arrays, facts: Facts) -> int:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        load_arrays(tmp_path, build)


def test_arrays_in_use_stay_when_others_take_their_place(tmp_path: Path) -> None:
    save(tmp_path, 1)
    loaded = load_arrays(tmp_path, both)
    assert loaded is not None
    save(tmp_path, 2)
    assert all(np.array_equal(loaded[0][name], values) for name, values in numbered(1).items())


@pytest.mark.parametrize("taken_away", [("counts.npy",), ("facts.json",), ("counts.npy", "places.npy", "facts.json")])
def test_a_reader_whose_files_are_taken_away_finds_the_newer_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_away: tuple[str, ...]
) -> None:
    save(tmp_path, 1)
    real = saved_arrays._read
    turn: list[Path] = []

    def read(current: Path) -> tuple[Arrays, Facts]:
        if len(turn) < 2:  # twice others are saved between the look where they lie and the reading
            turn.append(current)
            save(tmp_path, 1 + len(turn))
            current.mkdir()
            for name, values in numbered(len(turn)).items():
                if f"{name}.npy" not in taken_away:
                    np.save(current / f"{name}.npy", values)
            if "facts.json" not in taken_away:
                (current / "facts.json").write_text(f'{{"number": {len(turn)}}}', encoding="ascii")
        return real(current)

    monkeypatch.setattr(saved_arrays, "_read", read)

    def build(arrays: Arrays, facts: Facts) -> int:
        assert arrays["counts"][0] == arrays["places"][0, 0] * 8 == facts["number"]
        return int(facts["number"])

    assert load_arrays(tmp_path, build) == 3
    assert len(turn) == 2


def test_a_reader_beside_a_writer_never_finds_nothing_nor_half(tmp_path: Path) -> None:
    save(tmp_path, 0)
    last = 150

    def write() -> None:
        for number in range(1, last + 1):
            save(tmp_path, number)

    writer = threading.Thread(target=write, name="writer")
    writer.start()
    found: list[int | None] = []
    while writer.is_alive():
        found.append(number_in(tmp_path))
    writer.join()
    found.append(number_in(tmp_path))
    assert None not in found
    assert found == sorted(number for number in found if number is not None)
    assert found[-1] == last
