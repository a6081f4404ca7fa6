"""The form of folders: looked for while one types, by a thread that may wait, added and changed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from gui import jobs
from gui.tabs.configuration.folder_form import FOUND, LOOKING, NO_ANSWER, FolderForm
from library.settings import SourceSettings
from tests.gui.places import PATIENCE, Heartbeat, Room, press


@pytest.fixture
def form(room: Room) -> FolderForm:
    press(room.tab.sources.add_folder)
    form = room.tab.sources.form
    assert isinstance(form, FolderForm)
    return form


@pytest.fixture
def films(room: Room, tmp_path: Path, qtbot) -> SourceSettings:
    """A source of two folders with a film each, scanned."""
    for folder, name in (("Films", "Solaris (1972)"), ("More", "Stalker (1979)")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.mkv").write_bytes(b"film")
    source = SourceSettings("folder-1", "folder", "Shelf", paths=(str(tmp_path / "Films"), str(tmp_path / "More")))
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        room.actions.add(source)
    return source


def type_path(form: FolderForm, text: str, qtbot) -> str:
    """Type a path, wait for what is found, and return what is said about it."""
    form.path.field.setText(text)
    qtbot.waitUntil(lambda: not form.path.waiting, timeout=PATIENCE)
    return form.path.message.text()


def edit(room: Room, source: SourceSettings) -> FolderForm:
    press(room.tab.sources.cards[source.id].edit)
    form = room.tab.sources.form
    assert isinstance(form, FolderForm)
    return form


def test_a_folder_must_exist_and_be_a_folder(form: FolderForm, tmp_path: Path, qtbot) -> None:
    assert "no such folder" in type_path(form, str(tmp_path / "nowhere"), qtbot)
    assert not form.save.isEnabled()
    (tmp_path / "file.txt").write_text("")
    assert "not a folder" in type_path(form, str(tmp_path / "file.txt"), qtbot)
    assert type_path(form, f'"{tmp_path}"', qtbot) == FOUND.sentence
    assert form.save.isEnabled()


def test_a_dead_drive_is_waited_for_by_a_thread_while_the_window_goes_on(
    form: FolderForm, room: Room, tmp_path: Path, qtbot, monkeypatch
) -> None:
    connected = threading.Event()
    asked: list[str] = []

    def look(path: str) -> str:
        asked.append(path)
        connected.wait(10)
        return ""

    monkeypatch.setattr(jobs, "folder_problem", look)
    form._patience.setInterval(200)
    heartbeat = Heartbeat()
    QTest.keyClicks(form.path.field, str(tmp_path))
    assert form.path.message.text() == LOOKING.sentence
    assert form.path.message.property("look") == "note"
    assert form.path.field.property("problem") == "false"
    assert not form.save.isEnabled()
    qtbot.waitUntil(lambda: form.path.message.text() == NO_ANSWER, timeout=PATIENCE)
    assert heartbeat.stop() < 0.5
    connected.set()
    qtbot.waitUntil(lambda: form.path.usable, timeout=PATIENCE)
    assert asked == [str(tmp_path)], "one look after the last letter, not one for each"


def test_an_answer_about_what_was_typed_before_is_not_taken_for_one(
    form: FolderForm, tmp_path: Path, qtbot, monkeypatch
) -> None:
    first = threading.Event()

    def look(path: str) -> str:
        if path == str(tmp_path):
            first.wait(10)
            return ""
        return "Not this one."

    monkeypatch.setattr(jobs, "folder_problem", look)
    form.path.field.setText(str(tmp_path))
    form._look()
    form.path.field.setText(str(tmp_path / "other"))
    first.set()
    qtbot.waitUntil(lambda: not form.path.waiting, timeout=PATIENCE)
    assert form.path.message.text() == "Not this one."
    assert not form.path.usable


def test_a_form_that_is_closed_while_somebody_looks_is_left_in_peace(
    form: FolderForm, room: Room, tmp_path: Path, qtbot, monkeypatch
) -> None:
    looked = threading.Event()
    monkeypatch.setattr(jobs, "folder_problem", lambda path: f"{looked.wait(10)}")
    form.path.field.setText(str(tmp_path))
    form._look()
    ticket = form._looking
    press(form.cancel)
    with qtbot.waitSignal(ticket.ended, timeout=PATIENCE):
        looked.set()
    assert room.tab.sources.form is None


def test_enter_puts_a_folder_on_the_list_as_soon_as_it_is_found(form: FolderForm, tmp_path: Path, qtbot) -> None:
    QTest.keyClicks(form.path.field, str(tmp_path))
    QTest.keyClick(form.path.field, Qt.Key.Key_Return)
    assert form.paths() == ()
    qtbot.waitUntil(lambda: form.paths() == (str(tmp_path),), timeout=PATIENCE)
    assert form.path.value == ""
    assert form.save.isEnabled()


def test_enter_looks_again_for_a_folder_that_was_not_there(form: FolderForm, tmp_path: Path, qtbot) -> None:
    late = tmp_path / "late"
    assert "no such folder" in type_path(form, str(late), qtbot)
    late.mkdir()
    QTest.keyClick(form.path.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.paths() == (str(late),), timeout=PATIENCE)


def test_several_folders_are_scanned_as_one_source(
    room: Room, form: FolderForm, tmp_path: Path, qtbot, monkeypatch
) -> None:
    for name in ("Films", "More"):
        (tmp_path / name).mkdir()
    (tmp_path / "Films" / "Solaris (1972).mkv").write_bytes(b"film")
    (tmp_path / "More" / "Stalker (1979).mkv").write_bytes(b"film")
    type_path(form, str(tmp_path / "Films"), qtbot)
    press(form.more)
    assert form.path.value == ""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "More"))
    press(form.pick)
    qtbot.waitUntil(form.save.isEnabled, timeout=PATIENCE)
    assert form.paths() == (str(tmp_path / "Films"), str(tmp_path / "More"))
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        press(form.save)
    assert sorted(item.title for item in room.library.items.all()) == ["Solaris", "Stalker"]
    card = next(iter(room.tab.sources.cards.values()))
    qtbot.waitUntil(lambda: "2 new" in card.result.text())


def test_a_folder_can_be_taken_off_the_list(form: FolderForm, tmp_path: Path, qtbot) -> None:
    type_path(form, str(tmp_path), qtbot)
    press(form.more)
    form.chosen.setCurrentRow(0)
    press(form.take_out)
    assert form.paths() == ()
    assert not form.save.isEnabled()


def test_edited_folders_keep_their_titles_and_bring_new_ones(
    room: Room, films: SourceSettings, tmp_path: Path, qtbot
) -> None:
    before = {item.title: item.id for item in room.library.items.all()}
    (tmp_path / "Third").mkdir()
    (tmp_path / "Third" / "Mirror (1975).mkv").write_bytes(b"film")
    form = edit(room, films)
    assert form.paths() == films.paths
    assert room.tab.sources.cards[films.id].isHidden()
    form.name.field.setText("Three shelves")
    type_path(form, str(tmp_path / "Third"), qtbot)
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as answer:
        press(form.save)
    assert answer.args[0] == films.id
    assert room.preferences.source(films.id).name == "Three shelves"
    assert room.preferences.source(films.id).paths == (*films.paths, str(tmp_path / "Third"))
    after = {item.title: item.id for item in room.library.items.all()}
    assert before.items() <= after.items()
    assert set(after) - set(before) == {"Mirror"}
    assert room.tab.sources.cards[films.id].isVisible()


def test_folders_that_are_all_gone_are_not_kept(
    room: Room, films: SourceSettings, tmp_path: Path, qtbot, expected_logs
) -> None:
    expected_logs("")
    form = edit(room, films)
    form.chosen.setCurrentRow(0)
    press(form.take_out)
    (tmp_path / "More").rename(tmp_path / "Away")
    press(form.save)
    qtbot.waitUntil(form.save.isEnabled, timeout=PATIENCE)
    assert "More" in form.verdict.text()
    assert room.preferences.source(films.id) == films


def test_a_source_is_renamed_without_a_scan_and_without_its_drive(
    room: Room, films: SourceSettings, tmp_path: Path, qtbot
) -> None:
    qtbot.waitUntil(lambda: room.actions.running_scan(films.id) is None)
    (tmp_path / "Films").rename(tmp_path / "Away")
    form = edit(room, films)
    form.name.field.clear()
    assert not form.save.isEnabled()
    form.name.field.setText("Summer house")
    with qtbot.assertNotEmitted(room.actions.scan_began):
        press(form.save)
    assert room.preferences.source(films.id).name == "Summer house"
    assert room.tab.sources.cards[films.id].accessibleName() == "Source Summer house"
