"""The Configuration tab: every section by hand, on a real store and a real worker."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog

from gui.background_trainer import Phase, TrainingState
from gui.phrases import ago, lasting, remaining, size, until
from gui.tabs.configuration.learning import RESET_SENTENCE, training_words
from gui.tabs.configuration.plex_form import PlexForm
from gui.tabs.configuration.recommending import BlockedTitle, adventure_words
from gui.tabs.configuration.source_card import result_words
from library.errors import SettingsError
from library.progress import Progress
from library.scan_history import ScanRecord, ScanStatus
from library.secrets import Secrets
from library.settings import MAX_COOLDOWN_HOURS, RecommendationSettings, SourceSettings
from library.settings_store import SettingsStore
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import Room, press

PATIENCE = 15_000


# Adding a Plex server


@pytest.fixture
def plex_form(room: Room) -> PlexForm:
    press(room.tab.sources.add_plex)
    form = room.tab.sources.form
    assert isinstance(form, PlexForm)
    return form


def test_nothing_is_called_wrong_before_anything_was_typed(plex_form: PlexForm) -> None:
    assert plex_form.address.message.isHidden()
    assert plex_form.token.message.isHidden()
    assert not plex_form.test.isEnabled()
    assert not plex_form.save.isEnabled()


@pytest.mark.parametrize(
    ("typed", "usable", "said"),
    [
        ("http://192.168.1.20:32400", True, ""),
        ("ftp://192.168.1.20:32400", False, "ftp"),
        ("https://app.plex.tv", False, "web site"),
        ("192.168.1.20:99999", False, "port"),
        ("192.168.1.20", True, "32400"),
    ],
)
def test_the_address_is_checked_while_one_types(plex_form: PlexForm, typed: str, usable: bool, said: str) -> None:
    plex_form.address.field.clear()
    QTest.keyClicks(plex_form.address.field, typed)
    assert plex_form.address.usable is usable
    assert said in plex_form.address.message.text()
    assert plex_form.address.field.property("problem") == ("false" if usable else "true")


def test_a_likelier_address_is_offered_and_taken(plex_form: PlexForm) -> None:
    plex_form.address.field.setText("http://192.168.1.20")
    press(plex_form.suggestion)
    assert plex_form.address.value == "http://192.168.1.20:32400"
    assert plex_form.suggestion.isHidden()


@pytest.mark.parametrize(
    ("typed", "usable"),
    [("abc", False), ("abcdefghijklmnopqrst", True), (" abcdefghij klmnopqrst ", True), ("ключключключ", False)],
)
def test_the_token_is_checked_while_one_types(plex_form: PlexForm, typed: str, usable: bool) -> None:
    plex_form.token.field.setText(typed)
    assert plex_form.token.usable is usable
    assert bool(plex_form.token.message.text()) is not usable


def test_the_form_says_where_to_find_the_token(plex_form: PlexForm) -> None:
    said = " ".join(label.text() for label in plex_form.findChildren(type(plex_form.verdict)))
    assert "X-Plex-Token" in said
    assert "View XML" in said


def test_a_wrong_port_is_said_at_the_address_and_a_wrong_token_at_the_token(
    plex_form: PlexForm, qtbot, expected_logs
) -> None:
    expected_logs("")
    plex_form.address.field.setText("http://127.0.0.1:1")
    plex_form.token.field.setText("abcdefghijklmnopqrst")
    press(plex_form.test)
    qtbot.waitUntil(lambda: "port 1" in plex_form.address.message.text(), timeout=PATIENCE)
    with FakePlex(make_world(3, 1)) as plex:
        plex_form.address.field.setText(plex.url)
        assert "port 1" not in plex_form.address.message.text()
        press(plex_form.test)
        qtbot.waitUntil(lambda: "token" in plex_form.token.message.text(), timeout=PATIENCE)
    assert not plex_form.save.isEnabled()


def test_chosen_libraries_are_used_and_the_token_lies_among_the_secrets(room: Room, plex_form: PlexForm, qtbot) -> None:
    with FakePlex(make_world(12, 3)) as plex:
        plex_form.address.field.setText(plex.url + "/web/index.html")
        plex_form.token.field.setText(plex.token)
        QTest.keyClick(plex_form.token.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: plex_form.save.isEnabled(), timeout=PATIENCE)
        assert "Fake Plex" in plex_form.verdict.text()
        boxes = plex_form.chooser.boxes()
        assert "Films" in boxes[0].text()
        for box in boxes[1:]:
            box.setChecked(False)
        boxes[0].setChecked(False)
        assert not plex_form.save.isEnabled()
        boxes[0].setChecked(True)
        with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE) as answer:
            press(plex_form.save)
    report = answer.args[1]
    assert report.added == 12
    source = room.preferences.settings.sources[0]
    assert source.libraries == ("1",)
    assert source.url == plex.url
    assert source.name == "Fake Plex"
    assert Secrets(room.home).get(f"source:{source.id}") == plex.token
    assert plex.token not in json.dumps(str(room.preferences.settings))


def test_a_changed_address_needs_a_new_test(plex_form: PlexForm, qtbot) -> None:
    with FakePlex(make_world(3, 1)) as plex:
        plex_form.address.field.setText(plex.url)
        plex_form.token.field.setText(plex.token)
        press(plex_form.test)
        qtbot.waitUntil(lambda: plex_form.save.isEnabled(), timeout=PATIENCE)
        plex_form.address.field.setText(plex.url + "1")
        assert not plex_form.save.isEnabled()
        assert plex_form.chooser.isHidden()


def test_cancel_closes_the_form_and_adds_nothing(room: Room, plex_form: PlexForm) -> None:
    press(plex_form.cancel)
    assert room.tab.sources.form is None
    assert room.tab.sources.add_plex.isVisible()
    assert room.preferences.settings.sources == ()


def test_the_tab_key_goes_from_the_token_to_the_buttons(plex_form: PlexForm) -> None:
    chain, widget = [], plex_form.address.field.nextInFocusChain()
    while widget is not plex_form.address.field:
        assert widget is not None
        if widget in (plex_form.token.field, plex_form.test, plex_form.save, plex_form.cancel):
            chain.append(widget)
        widget = widget.nextInFocusChain()
    assert chain == [plex_form.token.field, plex_form.test, plex_form.save, plex_form.cancel]


# Cards of sources


def test_the_demo_library_is_used_tested_for_and_removed(room: Room, qtbot) -> None:
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        press(room.tab.sources.use_demo)
    assert room.tab.sources.use_demo.isHidden()
    card = room.tab.sources.cards["demo"]
    qtbot.waitUntil(lambda: card.result.text().startswith("Scanned just now"))
    press(card.remove)
    assert "Your ratings stay" in card.removing.sentence()
    press(card.removing.no)
    assert card.removing.sentence() == ""
    press(card.remove)
    with qtbot.waitSignal(room.actions.removed, timeout=PATIENCE):
        press(card.removing.yes)
    assert room.preferences.settings.sources == ()
    assert room.library.items.count() == 0
    assert not room.tab.sources.cards


def test_a_card_tests_its_server_and_changes_its_libraries(room: Room, qtbot) -> None:
    with FakePlex(make_world(5, 2)) as plex:
        source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url=plex.url)
        with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
            room.actions.add(source, plex.token)
        card = room.tab.sources.cards["plex-1"]
        qtbot.waitUntil(lambda: card.scan.isEnabled())
        press(card.test)
        qtbot.waitUntil(lambda: "Fake Plex" in card.verdict.text(), timeout=PATIENCE)
        press(card.libraries)
        qtbot.waitUntil(lambda: bool(card.chooser.boxes()), timeout=PATIENCE)
        for box in card.chooser.boxes():
            box.setChecked("Shows" in box.text())
        with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
            press(card.chooser.chosen)
        source = room.preferences.source("plex-1")
        assert source.libraries == ("2",)


def test_a_server_that_is_off_leaves_its_sentence_on_the_card(room: Room, qtbot, expected_logs) -> None:
    expected_logs("")
    source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1")
    with qtbot.waitSignal(room.actions.went_wrong, timeout=PATIENCE):
        room.actions.add(source, "abcdefghijklmnopqrst")
    card = room.tab.sources.cards["plex-1"]
    qtbot.waitUntil(lambda: card.result.text().startswith("The last scan failed"))
    assert card.scan.isEnabled()


def test_an_id_is_never_used_twice(room: Room) -> None:
    first = room.actions.new_id("plex")
    time.sleep(0.002)
    assert room.actions.new_id("plex") != first


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "Not scanned yet."),
        (ScanRecord(source_id="a", started_at=0, finished_at=None), "The last scan was stopped"),
        (ScanRecord(source_id="a", started_at=0, status=ScanStatus.FAILED, message="No answer."), "No answer."),
        (ScanRecord(source_id="a", started_at=0, status=ScanStatus.PARTIAL, message="5 titles"), "in part"),
    ],
)
def test_the_last_result_is_said_in_words(record: ScanRecord | None, said: str) -> None:
    assert said in result_words(record)


# The other sections


def test_the_slider_and_the_hours_are_stored_when_they_come_to_rest(room: Room, qtbot) -> None:
    section = room.tab.recommendations
    with qtbot.waitSignal(room.preferences.changed):
        section.adventure.setValue(30)
        section.cooldown.setValue(12.5)
    assert room.preferences.settings.recommendation == RecommendationSettings(1.5, 12.5)
    assert section.number.text() == "1.5"
    assert SettingsStore(room.library.database).load().recommendation.adventure == 1.5
    section.cooldown.setValue(9999)
    assert section.cooldown.value() == MAX_COOLDOWN_HOURS
    qtbot.waitUntil(lambda: room.preferences.settings.recommendation.cooldown_hours == MAX_COOLDOWN_HOURS)


def test_every_adventure_has_its_words() -> None:
    assert len({adventure_words(value / 20) for value in range(41)}) == 6
    assert adventure_words(0.3) == "A good mix of safe and new"


def test_a_setting_that_cannot_be_stored_is_taken_back(room: Room, qtbot, monkeypatch) -> None:
    def refuse(_: object) -> None:
        raise SettingsError("No.")

    monkeypatch.setattr(room.library.settings, "save", refuse)
    with qtbot.waitSignal(room.tab.recommendations.went_wrong):
        room.tab.recommendations.adventure.setValue(40)
    assert room.tab.recommendations.number.text() == "0.3"


def test_blocked_titles_are_listed_unblocked_and_reset(room: Room, qtbot) -> None:
    section = room.tab.blocked
    assert section.reset_button.isHidden()
    section.show_titles([BlockedTitle(7, "Alien", 1979, time.time()), BlockedTitle(8, "Untitled", None, 0.0)])
    assert [button.accessibleName() for button in section.buttons] == ["Unblock Alien (1979)", "Unblock Untitled"]
    with qtbot.waitSignal(section.unblocked) as answer:
        press(section.buttons[0])
    assert answer.args == [7]
    press(section.reset_button)
    assert "All 2 titles" in section.sure.sentence()
    with qtbot.waitSignal(section.reset):
        press(section.sure.yes)


def test_reset_model_says_first_what_it_forgets_and_what_it_keeps(room: Room, qtbot) -> None:
    section = room.tab.model
    with qtbot.assertNotEmitted(section.reset):
        press(section.button)
    assert section.sure.sentence() == RESET_SENTENCE
    for word in ("forgets", "keeps", "backup", "blocked titles"):
        assert word in RESET_SENTENCE
    press(section.sure.no)
    press(section.button)
    with qtbot.waitSignal(section.reset):
        press(section.sure.yes)
    assert not section.button.isEnabled()
    section.show_result("The model is reset.")
    assert section.button.isEnabled()


@pytest.mark.parametrize(
    ("state", "heading", "detail"),
    [
        (TrainingState(), "Up to date", ""),
        (TrainingState(phase=Phase.RUNNING, step=Progress("Reading texts", 5, 2000)), "Reading texts: 5 of 2,000", ""),
        (TrainingState(phase=Phase.RUNNING), "Starting", ""),
        (TrainingState(seconds=14, finished_at=1000.0), "Up to date", "14 seconds"),
        (TrainingState(phase=Phase.FAILED, failure="No.", retry_at=1120.0), "It did not work", "2 minutes"),
        (TrainingState(phase=Phase.PAUSED), "Paused", "your ratings count"),
        (TrainingState(phase=Phase.WAITING), "Beginning in a moment", ""),
    ],
)
def test_the_training_is_said_in_words(state: TrainingState, heading: str, detail: str) -> None:
    said = training_words(state, now=1001.0)
    assert said[0] == heading
    assert detail in said[1]


def test_training_is_paused_and_gone_on_with(room: Room, qtbot) -> None:
    section = room.tab.training
    section.show_state(TrainingState(phase=Phase.RUNNING, step=Progress("Reading texts", 1, 4)))
    assert section.bar.isVisible()
    press(section.pause)
    assert room.preferences.settings.training.paused
    section.show_state(TrainingState(phase=Phase.PAUSED))
    assert section.pause.text() == "Go on"
    press(section.pause)
    assert not room.preferences.settings.training.paused
    section.show_state(TrainingState(phase=Phase.FAILED, failure="The disk is full.", retry_at=time.time() + 60))
    assert section.failure.text() == "The disk is full."
    with qtbot.waitSignal(section.wanted):
        press(section.again)


def test_the_text_model_is_checked_while_one_types(room: Room, qtbot) -> None:
    section = room.tab.text_model
    assert section.name.value == "all-MiniLM-L6-v2"
    assert not section.use.isEnabled()
    section.name.field.setText("nonsense")
    assert "not on this computer" in section.name.message.text()
    assert not section.use.isEnabled()
    section.name.field.setText("my-model")
    press(section.use)
    assert room.preferences.settings.text_model.name == "my-model"
    assert "read again" in section.result.text()
    press(section.built_in)
    assert room.preferences.settings.text_model.name == "all-MiniLM-L6-v2"
    assert section.built_in.isHidden()


def test_backups_are_listed_and_restoring_asks_first(room: Room, qtbot) -> None:
    from library.backups import back_up

    section = room.tab.data
    assert section.none.isVisibleTo(section)
    with qtbot.waitSignal(section.backup_wanted):
        press(section.back_up)
    backup = back_up(room.library)
    section.show_result("The backup is made.")
    assert section.backups.count() == 1
    assert "made by you" in section.backups.itemText(0)
    press(section.restore)
    assert "backed up first" in section.sure.sentence()
    with qtbot.waitSignal(section.restore_wanted) as answer:
        press(section.sure.yes)
    assert answer.args == [backup.path]


def test_ratings_are_exported_to_the_place_that_is_picked(room: Room, tmp_path: Path, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.json"), ""))
    with qtbot.waitSignal(room.tab.data.export_wanted) as answer:
        press(room.tab.data.json)
    assert answer.args == [tmp_path / "mine.json", "json"]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    room.tab.data.show_result("Done.")
    with qtbot.assertNotEmitted(room.tab.data.export_wanted):
        press(room.tab.data.csv)


def test_the_theme_is_chosen_by_a_click(room: Room) -> None:
    room.tab.appearance.choices["light"].click()
    assert room.preferences.settings.appearance.theme == "light"


def test_the_list_on_the_left_leads_to_each_section(room: Room) -> None:
    for link, section in zip(room.tab._links, room.tab.sections, strict=True):
        press(link)
        assert room.tab.current_section() == section.title
        assert section.visibleRegion().boundingRect().height() > 0


def test_every_control_can_be_reached_and_has_a_name(room: Room) -> None:
    from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSlider

    press(room.tab.sources.add_plex)
    for kind in (QAbstractButton, QLineEdit, QSlider, QComboBox):
        for widget in room.tab.findChildren(kind):
            if widget.isVisibleTo(room.tab) and not widget.objectName().startswith("qt_"):
                named = widget.accessibleName() or getattr(widget, "text", str)()
                assert named, widget
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.parent().inherits("QLineEdit"), named


# Words for times and sizes


def test_times_and_sizes_are_said_as_people_say_them() -> None:
    now = time.mktime((2024, 5, 10, 21, 0, 0, 0, 0, -1))
    assert ago(now - 5, now) == "just now"
    assert ago(now - 61, now) == "1 minute ago"
    assert ago(now - 7300, now) == "today at 18:58"
    assert ago(now - 86400, now) == "yesterday at 21:00"
    assert ago(now - 40 * 86400, now) == "on 31 March 2024"
    assert until(now + 300, now) == "in 5 minutes"
    assert until(now - 300, now) == "in a moment"
    assert lasting(0.2) == "1 second"
    assert lasting(7200) == "2 hours"
    assert remaining(14.4) == "about 14 s"
    assert remaining(600) == "about 10 min"
    assert [size(n) for n in (999, 3_400, 3_400_000, 5_000_000_000)] == ["999 bytes", "3.4 kB", "3.4 MB", "5.0 GB"]
