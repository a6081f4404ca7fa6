"""The dials: the shelf follows while they move, the best title comes when they are let go, and presets are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from gui.dials_desk import FRAME, REST
from gui.models import DialChoice
from gui.theme import Theme
from gui.widgets.dial import STEPS, number_words
from gui.widgets.dials import DialsPanel
from library.errors import StoreUnavailable
from library.settings import DialPreset, DialSettings, RecommendationSettings, Settings
from library.settings_store import SettingsStore
from tests.gui.evening import Evening, open_evening
from tests.gui.places import press

LEFT = Qt.MouseButton.LeftButton
LENGTH = 3  # place of the dial from short to long
QUIET = DialPreset("Quiet evening", adventure=0.1, long=-0.5)


@pytest.fixture
def evening(home_path: Path, theme: Theme, qtbot) -> Iterator[Evening]:
    with open_evening(home_path, theme, qtbot) as evening:
        evening.movies.filters.dials.click()
        yield evening


@pytest.fixture
def panel(evening: Evening) -> DialsPanel:
    return evening.movies.dials


def drag(panel: DialsPanel, place: int, value: float) -> None:
    """Take the handle of a dial and move it there, without letting it go."""
    slider = panel.dials[place].slider
    QTest.mousePress(slider, LEFT, pos=slider.rect().center())
    slider.setSliderPosition(round(value * STEPS))


def let_go(panel: DialsPanel, place: int) -> None:
    slider = panel.dials[place].slider
    QTest.mouseRelease(slider, LEFT, pos=slider.rect().center())


def lengths(evening: Evening, titles: list[str]) -> list[float]:
    known = {item.title: item.runtime or 0.0 for item in evening.library.items.all(evening.movies.kind)}
    return [known[title] for title in titles]


def moved_by_dials(evening: Evening) -> bool:
    """Whether the dials have a part in the place of the card that is shown."""
    return any(term.signal == "dial" for term in evening.movies.card.explanation.order)


def pick(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_a_choice_counts_what_is_turned_and_fits_into_the_settings() -> None:
    assert DialChoice.of(Settings()).turned == 0
    choice = DialChoice(0.5, dark=-1.0)
    assert choice.turned == 2
    assert choice.sections(Settings(recommendation=RecommendationSettings(0.3, 7.0))) == {
        "recommendation": RecommendationSettings(0.5, 7.0),
        "dials": DialSettings(dark=-1.0),
    }
    assert DialChoice.of_preset(choice.named("Dark")) == choice


@pytest.mark.parametrize(
    ("value", "signed", "words"), [(0.3, False, "0.3"), (0.45, True, "+0.45"), (-1.0, True, "−1"), (0.0, True, "0")]
)
def test_numbers_are_small_and_have_their_sign(value: float, signed: bool, words: str) -> None:
    assert number_words(value, signed) == words


def test_the_shelf_follows_and_the_card_stays_until_the_dial_is_let_go(
    evening: Evening, panel: DialsPanel, qtbot
) -> None:
    card, before = evening.card(), evening.shelf()
    drag(panel, LENGTH, 1.0)
    assert evening.card() == card
    assert sum(lengths(evening, evening.shelf())) > sum(lengths(evening, before))
    assert panel.dials[LENGTH].number() == "+1"
    assert evening.movies.filters.dials.text() == "Dials · 1"
    assert evening.movies.filters.dials.property("chosen") is True
    assert evening.preferences.settings.dials == DialSettings()
    let_go(panel, LENGTH)
    assert evening.card() != card
    assert lengths(evening, [evening.card()])[0] > 110
    qtbot.waitUntil(lambda: evening.preferences.settings.dials.long == 1.0, timeout=4 * REST)
    assert SettingsStore(evening.library.database).load().dials == DialSettings(long=1.0)


def test_while_it_is_dragged_the_shelf_is_sorted_once_in_a_while(evening: Evening, panel: DialsPanel, qtbot) -> None:
    neutral = evening.shelf()
    drag(panel, LENGTH, 1.0)
    long = evening.shelf()
    panel.dials[LENGTH].slider.setSliderPosition(-STEPS)
    assert evening.shelf() == long != neutral
    qtbot.waitUntil(lambda: evening.shelf() != long, timeout=10 * FRAME)
    assert sum(lengths(evening, evening.shelf())) < sum(lengths(evening, neutral))
    let_go(panel, LENGTH)


def test_one_set_of_dials_for_both_tabs(evening: Evening, panel: DialsPanel) -> None:
    drag(panel, LENGTH, -0.5)
    let_go(panel, LENGTH)
    assert evening.shows.dials.choice == DialChoice(long=-0.5)
    assert evening.shows.filters.dials.text() == "Dials · 1"


def test_keys_turn_a_dial_and_neither_rate_nor_skip(evening: Evening, panel: DialsPanel, qtbot) -> None:
    slider = panel.dials[LENGTH].slider
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(slider.hasFocus)
    card = evening.card()
    with qtbot.assertNotEmitted(evening.movies.rated), qtbot.assertNotEmitted(evening.movies.skipped):
        QTest.keyClick(slider, Qt.Key.Key_Right)
        QTest.keyClick(slider, Qt.Key.Key_PageUp)
        assert panel.choice == DialChoice(long=0.3)
        assert evening.card() == card
        with qtbot.waitSignal(panel.released, timeout=4 * REST):
            QTest.keyClick(slider, Qt.Key.Key_0)
    assert panel.choice == DialChoice()
    assert slider.accessibleDescription() == "neutral"


def test_a_double_click_and_reset_go_back_to_neutral(evening: Evening, panel: DialsPanel) -> None:
    for place in (0, LENGTH):
        drag(panel, place, 1.0)
        let_go(panel, place)
    assert panel.choice.turned == 2
    assert moved_by_dials(evening)
    slider = panel.dials[LENGTH].slider
    QTest.mouseDClick(slider, LEFT, pos=QPoint(5, slider.height() // 2))
    assert panel.choice == DialChoice(1.0)
    press(panel.reset)
    assert panel.choice == DialChoice()
    assert not moved_by_dials(evening)
    assert not panel.reset.isEnabled()
    assert evening.movies.filters.dials.text() == "Dials"


def test_a_click_beside_the_handle_takes_it_there(panel: DialsPanel) -> None:
    slider = panel.dials[LENGTH].slider
    QTest.mouseClick(slider, LEFT, pos=QPoint(slider.width() - 2, slider.height() // 2))
    assert panel.choice.long == 1.0


def test_the_open_ledger_tells_of_the_dials(evening: Evening, panel: DialsPanel) -> None:
    view = evening.movies.card_view
    view.open_ledger()
    drag(panel, LENGTH, 1.0)
    assert "the dials favour long titles" in [text for text, _ in view.ledger.chart.order_rows()]
    let_go(panel, LENGTH)


def test_the_panel_opens_below_the_filters_and_is_left_with_escape(evening: Evening, panel: DialsPanel, qtbot) -> None:
    button = evening.movies.filters.dials
    assert panel.isVisible()
    button.click()
    assert not panel.isVisible()
    tall = evening.movies.stage.height()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(panel.first().hasFocus)
    qtbot.waitUntil(lambda: evening.movies.stage.height() < tall)
    QTest.keyClick(panel.first(), Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert button.hasFocus()
    qtbot.waitUntil(lambda: evening.movies.stage.height() == tall)


def test_what_is_set_elsewhere_is_shown(evening: Evening, panel: DialsPanel) -> None:
    evening.preferences.change(recommendation=RecommendationSettings(1.5))
    assert panel.dials[0].value == 1.5
    assert evening.movies.filters.dials.text() == "Dials · 1"


def test_other_settings_do_not_turn_a_dial_back_that_is_being_moved(evening: Evening, panel: DialsPanel) -> None:
    drag(panel, LENGTH, 1.0)
    evening.preferences.change(presets=(QUIET,))
    assert panel.choice == DialChoice(long=1.0)
    assert lengths(evening, evening.shelf())[0] > 105
    let_go(panel, LENGTH)
    assert lengths(evening, [evening.card()])[0] > 110


def test_dials_that_cannot_be_stored_go_back(evening: Evening, panel: DialsPanel, qtbot, monkeypatch) -> None:
    def full(_: Settings) -> None:
        raise StoreUnavailable("The disk is full.", "Make some room.")

    monkeypatch.setattr(evening.library.settings, "save", full)
    drag(panel, LENGTH, 1.0)
    let_go(panel, LENGTH)
    qtbot.waitUntil(lambda: "The disk is full." in evening.window.messages.message(), timeout=4 * REST)
    assert panel.choice == DialChoice()
    assert evening.movies.filters.dials.text() == "Dials"
    assert not moved_by_dials(evening)


def test_dials_are_stored_when_the_window_closes_at_once(evening: Evening, panel: DialsPanel) -> None:
    drag(panel, LENGTH, 0.5)
    let_go(panel, LENGTH)
    evening.controller.stop()
    assert SettingsStore(evening.library.database).load().dials == DialSettings(long=0.5)


# Presets


def test_a_preset_is_saved_chosen_renamed_and_deleted(evening: Evening, panel: DialsPanel, qtbot) -> None:
    drag(panel, LENGTH, -0.5)
    let_go(panel, LENGTH)
    panel.fill_menu()
    pick(panel.menu, "Save as a preset …")
    QTest.keyClicks(panel.form.field, "Short & sweet")
    QTest.keyClick(panel.form.field, Qt.Key.Key_Return)
    assert evening.preferences.settings.presets == (DialPreset("Short & sweet", long=-0.5),)
    assert panel.form.isHidden()
    assert panel.presets.text() == "Short && sweet ▾"
    press(panel.reset)
    assert panel.presets.text() == "Presets ▾"
    panel.fill_menu()
    pick(panel.menu, "Short && sweet")
    assert panel.choice == DialChoice(long=-0.5)
    panel.fill_menu()
    pick(panel.menu, "Rename “Short && sweet” …")
    assert panel.form.field.text() == "Short & sweet"
    panel.form.field.setText("Brief")
    press(panel.form.save)
    assert [preset.name for preset in evening.preferences.settings.presets] == ["Brief"]
    assert evening.shows.dials.preset_in_use().name == "Brief"
    panel.fill_menu()
    pick(panel.menu, "Delete “Brief”")
    assert evening.preferences.settings.presets == ()
    assert panel.choice == DialChoice(long=-0.5)
    press(evening.window.messages.action_button())
    assert [preset.name for preset in evening.preferences.settings.presets] == ["Brief"]


def test_what_is_wrong_with_a_name_is_said_at_the_name(evening: Evening, panel: DialsPanel) -> None:
    evening.preferences.change(presets=(QUIET,))
    panel.form.ask_for_name()
    press(panel.form.save)
    assert "needs a name" in panel.form.problem.text()
    panel.form.field.setText("Quiet evening")
    press(panel.form.save)
    assert "same name" in panel.form.problem.text()
    assert panel.form.field.property("problem") == "true"
    assert evening.preferences.settings.presets == (QUIET,)
    QTest.keyClick(panel.form.field, "x")
    assert panel.form.problem.text() == ""
    QTest.keyClick(panel.form.field, Qt.Key.Key_Escape)
    assert panel.form.isHidden()
    assert panel.isVisible()


def test_digits_in_a_name_do_not_rate(evening: Evening, panel: DialsPanel, qtbot) -> None:
    panel.form.ask_for_name()
    qtbot.waitUntil(panel.form.field.hasFocus)
    with qtbot.assertNotEmitted(evening.movies.rated):
        QTest.keyClicks(panel.form.field, "Top 10")
    assert panel.form.field.text() == "Top 10"


# Room


@pytest.mark.parametrize(("width", "scale"), [(1232, 1.0), (912, 1.0), (912, 1.5), (1232, 1.5)])
def test_every_word_has_room(theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch, width: int, scale: float) -> None:
    monkeypatch.setattr("gui.theme._system_scale", lambda: scale)
    theme.refresh()
    panel = DialsPanel(theme)
    qtbot.addWidget(panel)
    panel.show_presets([DialPreset("A quiet evening with the children of the neighbours & their dog")])
    panel.resize(width, panel.sizeHint().height())
    panel.show()
    qtbot.waitExposed(panel)
    for dial in panel.dials:
        for label in (dial._low, dial._high, dial._number):
            assert label.width() >= label.sizeHint().width(), label.text()
        assert dial.slider.width() >= 60
    for button in (panel.presets, panel.reset):
        assert button.width() >= button.sizeHint().width()
        right = button.mapTo(panel, QPoint(button.width(), 0)).x()
        assert right <= panel.width()
