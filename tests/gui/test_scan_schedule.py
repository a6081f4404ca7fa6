"""Sources are looked through again by themselves: when their time has come, and without a word where there is nothing to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.scan_schedule import ScanSchedule, is_due
from library.scan_history import ScanRecord, ScanStatus
from library.settings import NetworkSettings, ScanSettings, SourceSettings
from tests.gui.places import PATIENCE, Room, plex_source

HOUR = 3600.0


def ended(status: ScanStatus, hours_ago: float, now: float = 1e9) -> ScanRecord:
    at = now - hours_ago * HOUR
    return ScanRecord(source_id="s", started_at=at, finished_at=at, status=status)


@pytest.mark.parametrize(
    ("record", "hours", "due"),
    [
        (None, 24, False),
        (ended(ScanStatus.SUCCESS, 25), 24, True),
        (ended(ScanStatus.SUCCESS, 23), 24, False),
        (ended(ScanStatus.SUCCESS, 900), 0, False),
        (ended(ScanStatus.PARTIAL, 25), 24, True),
        (ended(ScanStatus.FAILED, 2), 24, True),
        (ended(ScanStatus.FAILED, 0.5), 24, False),
        (ended(ScanStatus.INTERRUPTED, 2), 168, True),
    ],
)
def test_when_a_scan_is_due(record: ScanRecord | None, hours: int, due: bool) -> None:
    assert is_due(record, hours, 1e9) is due


@pytest.fixture
def folder(tmp_path: Path, room: Room, qtbot) -> SourceSettings:
    """A folder that was scanned just now."""
    films = tmp_path / "films"
    films.mkdir()
    (films / "Heat (1995).mkv").touch()
    source = SourceSettings(id="f", kind="folder", name="Films", paths=(str(films),))
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.add(source)
    qtbot.waitUntil(lambda: room.actions.running_scan("f") is None, timeout=PATIENCE)
    return source


def later(room: Room, hours: float) -> ScanSchedule:
    record = room.actions.last_scan("f")
    assert record is not None
    return ScanSchedule(room.actions, room.preferences, lambda: record.started_at + hours * HOUR, room.tab)


def test_what_is_due_is_scanned_without_being_asked(room: Room, folder: SourceSettings, qtbot) -> None:
    Path(folder.paths[0], "Ran (1985).mkv").touch()
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as scanned:
        assert later(room, 25).scan_what_is_due() == ["f"]
        assert room.actions.is_unasked("f")
    assert scanned.args[1].added == 1
    qtbot.waitUntil(lambda: not room.actions.is_unasked("f"), timeout=PATIENCE)


def test_what_is_not_due_is_left_alone(room: Room, folder: SourceSettings) -> None:
    assert later(room, 23).scan_what_is_due() == []


def test_the_user_says_how_often(room: Room, folder: SourceSettings) -> None:
    often = room.tab.sources.often.choice
    often.setCurrentIndex(often.findText("only when I ask"))
    often.activated.emit(often.currentIndex())
    assert room.preferences.settings.scanning == ScanSettings(0)
    assert later(room, 9000).scan_what_is_due() == []


def test_a_server_that_is_off_is_no_news(room: Room, folder: SourceSettings, qtbot, expected_logs) -> None:
    expected_logs("Films")
    expected_logs("folder")
    for file in Path(folder.paths[0]).iterdir():
        file.unlink()
    Path(folder.paths[0]).rmdir()
    told: list[object] = []
    room.actions.went_wrong.connect(told.append)
    later(room, 25).scan_what_is_due()
    qtbot.waitUntil(lambda: room.actions.running_scan("f") is None, timeout=PATIENCE)
    assert told == []


def test_offline_no_server_is_scanned_unasked(room: Room) -> None:
    source = plex_source("http://127.0.0.1:1")
    room.preferences.change(sources=(source,), network=NetworkSettings("none"))
    scan = room.library.scans.begin(source.id, 1.0)
    room.library.scans.note(ScanRecord(source_id=source.id, id=scan, started_at=1.0, finished_at=2.0))
    assert ScanSchedule(room.actions, room.preferences, lambda: 1e9, room.tab).scan_what_is_due() == []
