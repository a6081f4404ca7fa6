"""Where the files lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.errors import StoreUnavailable
from library.home import find_home


def test_what_is_said_on_the_command_line_counts_first(tmp_path: Path, home_path: Path) -> None:
    assert find_home(tmp_path / "chosen").path == tmp_path / "chosen"
    assert find_home().path == home_path


def test_without_any_word_it_is_the_platforms_place(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.delenv("HOMEREEL_HOME")
    assert find_home().path == Path(platformdirs.user_data_dir("homereel", appauthor=False))


def test_all_directories_are_made_for_the_owner_alone(tmp_path: Path) -> None:
    home = find_home(tmp_path / "deep" / "chosen")
    for directory in (home.path, home.backups, home.snapshot, home.posters, home.logs):
        assert directory.stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be used: it is a file") as told:
        find_home(tmp_path / "file")
    assert "--home" in told.value.hint
