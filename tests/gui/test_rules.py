"""Rules hold at once, say what they hide, and say in place why they cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication

from gui.tabs.configuration.rules import LibraryChoice, RulesSection, hidden_words, library_choices
from gui.theme import Theme
from library.errors import StoreUnavailable
from library.settings import RuleSettings, Settings
from library.settings_store import SettingsStore
from recommender.rules import HiddenCount
from tests.gui.evening import Evening, open_evening
from tests.gui.places import demo_source, plex_source, press

FILMS = LibraryChoice("demo/films", "Films · Demo library")
SHOWS = LibraryChoice("demo/shows", "Shows · Demo library")


@pytest.fixture
def evening(home_path: Path, theme: Theme, qtbot) -> Iterator[Evening]:
    with open_evening(home_path, theme, qtbot) as evening:
        yield evening


@pytest.fixture
def section(evening: Evening, qtbot) -> RulesSection:
    section = RulesSection(evening.preferences)
    qtbot.addWidget(section)
    evening.preferences.changed.connect(lambda _: section.show_counts(evening.engine.hidden_counts()))
    section.show_choices(["Romance", "Science Fiction", "Sword & Sorcery"], [FILMS, SHOWS])
    section.show_counts(evening.engine.hidden_counts())
    section.resize(760, 700)
    section.show()
    qtbot.waitExposed(section)
    return section


def rules(evening: Evening) -> RuleSettings:
    return SettingsStore(evening.library.database).load().rules


def add_genre(section: RulesSection, name: str) -> None:
    section.fill_menu()
    next(action for action in section.menu.actions() if action.text() == name).trigger()


def test_what_is_hidden_is_said_in_words() -> None:
    assert hidden_words(None) == ""
    assert hidden_words(0) == "hides nothing now"
    assert hidden_words(1) == "hides 1 title now"
    assert hidden_words(1071) == "hides 1,071 titles now"


def test_libraries_are_named_with_their_source() -> None:
    titles = {("plex-1", "2"): "Shows", ("plex-1", "1"): "Films", ("demo", "films"): "Films"}
    choices = library_choices(titles, [plex_source("http://10.0.0.1:32400"), demo_source()])
    assert [choice.label for choice in choices] == ["Films · Cellar", "Films · Demo library", "Shows · Cellar"]
    assert [choice.key for choice in choices] == ["plex-1/1", "demo/films", "plex-1/2"]


def test_a_genre_is_left_out_with_its_count_and_let_in_again(evening: Evening, section: RulesSection) -> None:
    add_genre(section, "Romance")
    assert rules(evening).genres == ("Romance",)
    assert [chip.text() for chip in section.genre_chips()] == ["Romance · 20  ✕"]
    assert all(title.startswith("Star") for title in [evening.card(), *evening.shelf()][1:])
    section.fill_menu()
    assert [action.text() for action in section.menu.actions()] == ["Science Fiction", "Sword && Sorcery"]
    add_genre(section, "Sword && Sorcery")
    assert section.genre_chips()[1].text() == "Sword && Sorcery · 0  ✕"
    press(section.genre_chips()[0])
    assert rules(evening).genres == ("Sword & Sorcery",)
    assert len(section.genre_chips()) == 1


def test_lengths_are_stored_when_they_come_to_rest_and_count_what_they_hide(
    evening: Evening, section: RulesSection, qtbot
) -> None:
    assert section.shorter.text() == "Off"
    with qtbot.waitSignal(evening.preferences.changed):
        section.shorter.setValue(90)
    assert rules(evening).shorter_than == 90.0
    assert section.counts()["shorter"] == "hides 10 titles now"
    with qtbot.waitSignal(evening.preferences.changed):
        section.shorter.setValue(0)
    assert rules(evening).shorter_than is None
    assert "shorter" not in section.counts()


def test_lengths_that_would_hide_everything_are_refused_in_place(
    evening: Evening, section: RulesSection, qtbot
) -> None:
    with qtbot.waitSignal(evening.preferences.changed):
        section.longer.setValue(100)
    section.shorter.setValue(110)
    qtbot.waitUntil(lambda: "would hide every film" in section.problem.text())
    assert rules(evening) == RuleSettings(longer_than=100.0)
    evening.preferences.change(presets=())
    assert section.shorter.value() == 110
    with qtbot.waitSignal(evening.preferences.changed):
        section.shorter.setValue(85)
    assert section.problem.isHidden()
    assert rules(evening) == RuleSettings(shorter_than=85.0, longer_than=100.0)


def test_ages_seasons_and_libraries(evening: Evening, section: RulesSection) -> None:
    assert section.seasonal.isChecked()
    assert section.counts() == {"seasonal": "hides nothing now"}
    section.seasonal.click()
    section.age.setCurrentIndex(section.age.findText("12 years"))
    section.boxes["demo/shows"].click()
    assert rules(evening) == RuleSettings(seasonal=False, most_age=12, libraries=("demo/shows",))
    assert section.counts() == {"age": "hides nothing now", "library demo/shows": "hides 1 title now"}
    section.age.setCurrentIndex(0)
    section.boxes["demo/shows"].click()
    assert rules(evening) == RuleSettings(seasonal=False)


def test_what_was_set_before_is_shown_whatever_there_is_to_choose_from(evening: Evening, qtbot) -> None:
    evening.preferences.change(rules=RuleSettings(False, 15, ("Gone",), ("old/1",), None, 200.0))
    section = RulesSection(evening.preferences)
    qtbot.addWidget(section)
    section.show_choices([], [FILMS])
    assert section.age.currentText() == "15 years"
    assert section.longer.value() == 200
    assert section.boxes["old/1"].isChecked()
    assert section.boxes["old/1"].text() == "old/1 · not there now"
    section.show_counts([HiddenCount("genre Gone", 0), HiddenCount("library old/1", 0)])
    assert section.genre_chips()[0].text() == "Gone · 0  ✕"
    evening.preferences.change(rules=RuleSettings())
    assert section.age.currentText() == "Off"
    assert section.genre_chips() == []


def test_rules_that_cannot_be_stored_say_so_in_place(evening: Evening, section: RulesSection, monkeypatch) -> None:
    def full(_: Settings) -> None:
        raise StoreUnavailable("The disk is full.", "Make some room.")

    monkeypatch.setattr(evening.library.settings, "save", full)
    section.seasonal.click()
    assert section.problem.text() == "The disk is full. Make some room."
    assert rules(evening) == RuleSettings()


def test_the_wheel_over_a_rule_scrolls_the_page_and_changes_nothing(section: RulesSection) -> None:
    for box in (section.shorter, section.longer, section.age):
        box.clearFocus()
        turn = QWheelEvent(
            QPointF(5, 5),
            QPointF(box.mapToGlobal(QPoint(5, 5))),
            QPoint(0, 120),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, turn)
        assert not turn.isAccepted()
    assert (section.shorter.value(), section.longer.value(), section.age.currentIndex()) == (0, 0, 0)


def test_genres_break_into_lines_and_long_names_are_shortened(evening: Evening, section: RulesSection) -> None:
    long = "A Genre That Somebody Wrote a Whole Sentence Into, for Want of a Better Place to Put It & More"
    evening.preferences.change(rules=RuleSettings(genres=("Romance", long, "Horror", "Western", "History")))
    section.resize(500, 900)
    chips = section.genre_chips()
    assert all(chip.geometry().right() < section.width() for chip in chips)
    assert len({chip.y() for chip in chips}) > 1
    assert "…" in chips[1].text()
    assert long in chips[1].toolTip()
