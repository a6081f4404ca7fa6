"""What the configuration says about the background training, and what one can choose there."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui.computer import threads_for, usable_cores
from gui.tabs.configuration.learning import training_words
from gui.training_state import Phase, TrainingState
from library.progress import Progress
from library.settings import TrainingSettings
from tests.gui.places import Room

STAGES = {"Starting": 0.8, "Reading texts": 95.0}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1210, "The next look is in about 20 minutes."), (40, "The next look is in 40 seconds."), (-5, "in a moment.")],
)
def test_the_next_look_is_said(seconds: float, said: str) -> None:
    assert said in training_words(TrainingState(next_at=1000.0 + seconds), now=1000.0)[1]


def test_waiting_is_said_with_its_reason() -> None:
    state = TrainingState(phase=Phase.HELD, held="the computer runs on battery")
    heading, detail = training_words(state)
    assert heading == "Waiting: the computer runs on battery"
    assert "by itself" in detail
    assert "your ratings count" in detail


def test_the_first_cycle_says_that_one_need_not_wait() -> None:
    assert "Suggestions go on" in training_words(TrainingState(phase=Phase.RUNNING))[1]


def test_what_is_done_now_is_shown_with_the_time_it_still_takes(room: Room) -> None:
    section = room.tab.training
    step = Progress("Reading texts", 500, 2000)
    section.show_state(TrainingState(phase=Phase.RUNNING, step=step, eta=134))
    assert section.bar.isVisible()
    assert section.left.text() == "about 2 min left"
    assert section.again.isHidden()
    section.show_state(TrainingState(phase=Phase.RUNNING, step=step))
    assert section.left.isHidden()
    section.show_state(TrainingState(phase=Phase.HELD, held="the computer is in use"))
    assert section.bar.isHidden()
    assert section.again.isHidden()


def test_the_stages_of_the_last_cycle_are_listed(room: Room) -> None:
    section = room.tab.training
    assert section.stages.isHidden()
    section.show_state(TrainingState(stages=STAGES))
    assert section.stages.isVisible()
    assert section.stages.lines() == ("Starting: 0.8 s", "Reading texts: 1 min 35 s")
    section.show_state(TrainingState(stages={"Reading texts": 3.0}))
    assert section.stages.lines() == ("Reading texts: 3.0 s",)


def test_learning_now_is_asked_for_when_there_is_nothing_going_on(room: Room, qtbot) -> None:
    section = room.tab.training
    section.show_state(TrainingState())
    assert section.again.text() == "Learn now"
    with qtbot.waitSignal(section.wanted):
        QTest.mouseClick(section.again, Qt.MouseButton.LeftButton)


def test_each_choice_is_stored_at_once(room: Room) -> None:
    card = room.tab.training.schedule
    assert card.schedules["always"].isChecked()
    card.schedules["night"].click()
    card.on_battery.click()
    card.full_screen.click()
    expected = TrainingSettings(schedule="night", on_battery=True, full_screen=True)
    assert room.preferences.settings.training == expected
    assert room.library.settings.load().training == expected


def test_the_share_of_the_processor_is_said_in_cores(room: Room, qtbot) -> None:
    card = room.tab.training.schedule
    cores = usable_cores()
    assert card.meaning.text().startswith(f"50%: {threads_for(0.5, cores)} of {cores} core")
    QTest.keyClick(card.share, Qt.Key.Key_End)
    assert card.meaning.text().startswith(f"100%: {cores} of {cores} core")
    qtbot.waitUntil(lambda: room.preferences.settings.training.share == 1.0)
    QTest.keyClick(card.share, Qt.Key.Key_Home)
    assert card.share.value() == 1
    qtbot.waitUntil(lambda: room.preferences.settings.training.share == 0.25)


def test_what_was_chosen_elsewhere_is_shown(room: Room) -> None:
    room.preferences.change(training=TrainingSettings(schedule="idle", share=0.75, on_battery=True))
    card = room.tab.training.schedule
    assert card.schedules["idle"].isChecked()
    assert card.share.value() == 3
    assert card.on_battery.isChecked()
    assert not card.full_screen.isChecked()
