"""The poster cache: right bytes, bounded size, nothing told by file names, never an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from library.posters import PosterCache


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "posters"


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_what_is_put_is_got_by_source_path_and_size(directory: Path) -> None:
    cache = PosterCache(directory)
    assert cache.get("s", "/thumb/1") is None
    cache.put("s", "/thumb/1", b"one")
    cache.put("t", "/thumb/1", b"two")
    cache.put("s", "/thumb/1", b"small", 100, 150)
    again = PosterCache(directory)
    assert [again.get("s", "/thumb/1"), again.get("t", "/thumb/1"), again.get("s", "/thumb/1", 100, 150)] == [
        b"one",
        b"two",
        b"small",
    ]
    assert cache.size() == again.size() == 11


def test_names_tell_nothing_and_stay_inside(directory: Path) -> None:
    cache = PosterCache(directory)
    cache.put("s", "/../../etc/thumb?X-Plex-Token=abcdef\udcff", b"x")
    (file,) = files(directory)
    assert "abcdef" not in str(file)
    assert directory in file.parents


def test_the_longest_unused_give_way(directory: Path) -> None:
    cache = PosterCache(directory, limit_bytes=1000)
    for number in range(10):
        cache.put("s", str(number), bytes(100))
    for age, file in enumerate(sorted(files(directory))):
        os.utime(file, (1000 + age, 1000 + age))
    assert cache.get("s", "3") == bytes(100)
    cache.put("s", "new", bytes(100))
    assert cache.size() <= 900
    assert cache.get("s", "3") is not None
    assert cache.get("s", "new") is not None
    assert sum(path.stat().st_size for path in files(directory)) == cache.size()


def test_putting_again_does_not_count_twice(directory: Path) -> None:
    cache = PosterCache(directory)
    cache.put("s", "1", bytes(100))
    cache.put("s", "1", bytes(300))
    assert cache.size() == 300


def test_a_disk_that_refuses_makes_it_forgetful_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "posters").write_text("in the way")
    cache = PosterCache(tmp_path / "posters")
    cache.put("s", "1", b"x")
    assert cache.get("s", "1") is None
    assert cache.size() == 0


def test_what_an_interrupted_write_left_is_cleared_away(directory: Path) -> None:
    cache = PosterCache(directory)
    cache.put("s", "1", b"x")
    left = files(directory)[0].with_suffix(".999.part")
    left.write_bytes(b"half")
    os.utime(left, (1, 1))
    assert PosterCache(directory).size() == 1
    assert not left.exists()
