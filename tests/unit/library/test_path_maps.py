"""Where the files of a server lie on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.errors import SettingsError
from library.path_maps import Found, PathMap, checked_map, first_local, local_path, path_maps, try_out


@pytest.mark.parametrize(
    ("there", "here", "path", "wanted"),
    [
        ("/media", "/mnt/nas", "/media/films/a.mkv", "/mnt/nas/films/a.mkv"),
        ("/media/", "/mnt/nas/", "/media/films/a.mkv", "/mnt/nas/films/a.mkv"),
        ("/", "/mnt", "/films/a.mkv", "/mnt/films/a.mkv"),
        ("/media", "N:\\films", "/media/x/a.mkv", "N:\\films\\x\\a.mkv"),
        ("D:\\Films", "/mnt/nas", "d:\\films\\X\\A.mkv", "/mnt/nas/X/A.mkv"),
        ("\\\\nas\\films", "/mnt/nas", "\\\\NAS\\films\\a.mkv", "/mnt/nas/a.mkv"),
        ("/media", "\\\\nas\\films", "/media/a/b.mkv", "\\\\nas\\films\\a\\b.mkv"),
        ("/media", "/mnt", "/media2/a.mkv", None),
        ("/media", "/mnt", "/Media/a.mkv", None),
        ("/media", "/mnt", "/media", None),
        ("/media", "/mnt", "/media/../etc/passwd", None),
        ("/media", "/mnt", "/media/a\\b.mkv", "/mnt/a\\b.mkv"),
        ("/media", "/mnt", "/media/a..b.mkv", "/mnt/a..b.mkv"),
    ],
)
def test_a_path_is_mapped(there: str, here: str, path: str, wanted: str | None) -> None:
    assert PathMap(there, here).apply(path) == wanted


def test_the_longest_mapping_goes_first_and_what_is_none_is_left_out() -> None:
    maps = path_maps(["/media=/a", "/media/films=/b=c", "", "/x", "=/y"])
    assert [str(mapping) for mapping in maps] == ["/media/films=/b=c", "/media=/a"]
    assert local_path(maps, "/media/films/f.mkv") == "/b=c/f.mkv"
    assert local_path(maps, "/media/shows/s.mkv") == "/a/shows/s.mkv"
    assert local_path(maps, "/else/s.mkv") is None


def test_the_first_file_that_is_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.mkv").touch()
    maps = path_maps([f"/media={tmp_path}"])
    assert first_local(maps, ["/media/a.mkv", "/else/b.mkv", "/media/b.mkv"]) == str(tmp_path / "b.mkv")
    assert first_local(maps, ["/media/a.mkv"]) is None
    assert first_local((), ["/media/b.mkv"]) is None


def test_ten_files_are_tried_out() -> None:
    files = [f"/media/{number}.mkv" for number in range(12)] + ["/else/a.mkv"]
    found = try_out(path_maps(["/media=/here"]), files, exists=lambda path: path != "/here/3.mkv")
    assert len(found) == 10
    assert found[2:4] == (Found("/media/2.mkv", "/here/2.mkv", True), Found("/media/3.mkv", "/here/3.mkv", False))
    assert try_out((), ["/media/a.mkv"]) == (Found("/media/a.mkv", None, False),)


@pytest.mark.parametrize(
    ("there", "here", "part"),
    [
        ("", "/a", "missing"),
        ("/a", " ", "missing"),
        ("/a=b", "/a", "“=”"),
        ("media", "/a", "not a whole path"),
        ("/a", "N:films", "not a whole path"),
    ],
)
def test_what_cannot_be_a_mapping_is_said(there: str, here: str, part: str) -> None:
    with pytest.raises(SettingsError, match=part):
        checked_map(there, here)


@pytest.mark.parametrize("path", ["/media", "N:\\films", "N:/films", "\\\\nas\\films"])
def test_whole_paths_of_all_systems_are_taken(path: str) -> None:
    assert checked_map(f" {path} ", path) == PathMap(path, path)
