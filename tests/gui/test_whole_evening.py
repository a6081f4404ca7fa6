"""All pages of the whole window, with everything behind them: each leads to the next, and each has its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.models import DialChoice, FilterChoice
from gui.session import Session
from gui.tabs.taste.tab import KNOWING, MAP, PREFERENCES, RATINGS
from gui.training_state import Phase
from gui.widgets.dial import STEPS
from library.feedback import Rating, Skip
from library.items import Item, MediaKind
from library.library import Library
from library.settings import RuleSettings, TextModelSettings
from library.wishes import Subject
from recommender.memory import AT_ONCE
from tests.gui.places import PATIENCE, press, settled

LEFT = Qt.MouseButton.LeftButton
LENGTH = 3
"""Which dial it is."""


@pytest.fixture
def evening(session: Session, qtbot) -> Session:
    """A session that has learned all there is, with enough ratings for a taste."""
    liked = {"Arrival": 9, "Blade Runner": 9, "Alien": 8, "Interstellar": 8, "Titanic": 3, "Amélie": 4, "Casablanca": 5}
    rate(session, {item.id: liked[item.title] for item in films(session) if item.title in liked})
    session.controller.start_afresh()
    session.background.trainer.begin_now()
    qtbot.waitUntil(lambda: whole(session), timeout=3 * PATIENCE)
    settled(session, qtbot)
    session.window.activateWindow()
    return session


def films(session: Session) -> Iterable[Item]:
    return session.library.items.all(MediaKind.MOVIE)


def rate(session: Session, values: dict[int, float]) -> None:
    for item_id, value in values.items():
        session.controller.engine.rate(item_id, value)


def whole(session: Session) -> bool:
    snapshot = session.controller.engine.snapshot
    return snapshot.whole and snapshot.graph is not None and session.controller.engine.taste_points() is not None


def wait_for(qtbot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=PATIENCE)


def key(pressed: Qt.Key) -> None:
    """Where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), pressed)


def test_the_taste_tab_shows_each_of_its_pages_and_leads_back_to_the_titles(evening: Session, qtbot) -> None:
    evening.window.show_tab("Taste")
    taste = evening.background.taste
    wait_for(qtbot, lambda: len(taste.preferences.genres.rows()) > 5)
    points = {one.name: one.points for one in taste.preferences.genres.rows()}
    assert points["Science Fiction"] > points["Romance"]
    taste.go_to(MAP)
    wait_for(qtbot, lambda: taste.map.picture is not None)
    assert len(taste.map.picture.titles) == len(evening.controller.engine.taste_points().ids)
    assert int(taste.map.picture.points.rated.sum()) == evening.controller.engine.ratings
    taste.go_to(KNOWING)
    assert taste.knowing.quiet.isVisible()  # seven ratings are too few for a test
    taste.go_to(RATINGS)
    assert len(taste.ratings.titles.lines()) == evening.controller.engine.ratings
    for choose, choice in (
        (lambda: taste.genre_chosen.emit("Horror"), FilterChoice(genre="Horror")),
        (lambda: taste.decade_chosen.emit(1980), FilterChoice(decade=1980)),
        (lambda: taste.person_chosen.emit("Ridley Scott"), FilterChoice(text="Ridley Scott")),
    ):
        evening.window.show_tab("Taste")
        choose()
        assert evening.window.current_tab() == "Movies"
        assert evening.movies.filters.choice == choice
        shown = evening.library.items.get(evening.movies.card.item_id)
        people = [credit.name for credit in shown.credits]
        fits = ("Horror" in shown.genres, shown.year // 10 == 198, "Ridley Scott" in people)
        assert fits[(choice.genre, choice.decade, choice.text).index(choice.genre or choice.decade or choice.text)]
    taste.chosen.emit(next(item.id for item in evening.library.items.all(MediaKind.SHOW) if item.title == "The Wire"))
    assert evening.window.current_tab() == "TV Shows"
    assert evening.shows.card.title == "The Wire"


def test_suggestions_come_from_what_was_drawn_around(evening: Session) -> None:
    picks = evening.controller.engine.recommend(MediaKind.MOVIE).picks
    chosen = tuple(pick.item_id for pick in picks[4:7])
    evening.window.show_tab("Taste")
    evening.background.taste.lasso_chosen.emit(chosen)
    assert evening.window.current_tab() == "Movies"
    shown = [evening.movies.card.item_id, *(entry.item_id for entry in evening.movies.shelf.entries())]
    assert sorted(shown) == sorted(chosen)
    evening.movies.filters.clear()
    assert len(evening.movies.shelf.entries()) == 10


def test_ratings_that_no_longer_count_are_learned_by_the_trainer(evening: Session, qtbot) -> None:
    more = [item.id for item in films(evening) if "Western" in item.genres or "War" in item.genres][: AT_ONCE + 1]
    rate(evening, dict.fromkeys(more, 10))
    engine = evening.controller.engine
    evening.window.show_tab("Taste")
    taste = evening.background.taste
    taste.go_to(RATINGS)
    before = engine.taste
    taste.learning_wanted.emit(tuple(more), False)
    assert engine.taste is before
    assert evening.background.trainer.state.phase is not Phase.IDLE
    wait_for(qtbot, lambda: engine.taste is not before)
    assert not set(engine.taste.rows.tolist()) & set(engine.snapshot.rows_of(more).tolist())
    wait_for(qtbot, lambda: "What you would give" in taste.ratings.texts()[1])
    settled(evening, qtbot)
    assert engine.snapshot.event_id >= max(rating.id for rating in engine.rated())


def test_tonight_begins_takes_answers_and_ends_where_one_was(evening: Session, qtbot) -> None:
    tonight = evening.background.title_pages.tonight
    QTest.keyClick(evening.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert evening.window.laid_pages() == (tonight.page,)
    press(tonight.page.chooser.start)
    first = tonight.page.card.card.item_id
    key(Qt.Key.Key_Left)
    assert [event.item_id for event in evening.library.feedback.log() if isinstance(event, Skip)] == [first]
    assert tonight.page.card.card.item_id != first
    key(Qt.Key.Key_Escape)
    assert evening.window.laid_pages() == ()
    assert evening.movies.card.item_id != first
    press(evening.window._tonight)  # it goes on where it was
    assert tonight.page.card.card.item_id == tonight.evening.card


def test_more_like_this_leads_to_the_graph_and_step_by_step_back(evening: Session, qtbot) -> None:
    pages = evening.background.title_pages
    from_shelf = evening.movies.shelf.entries()[1].item_id
    evening.movies.shelf.similar_wanted.emit(from_shelf)
    assert pages.kin.page.title.text().startswith(evening.library.items.get(from_shelf).title)
    key(Qt.Key.Key_Escape)
    card = evening.movies.card
    press(evening.movies.stage.similar)
    kin = pages.kin.page
    assert kin.title.text().startswith(card.title)
    assert len(kin.shown()) == 60
    assert all(entry.kin.reason for entry in kin.shown()[:5])
    other = kin.grid.active.entry.item_id
    key(Qt.Key.Key_9)
    assert evening.controller.engine.rating_of(other) == 9.0
    key(Qt.Key.Key_C)
    graph = pages.graph.page
    wait_for(qtbot, lambda: bool(graph.canvas.spots()))
    assert evening.window.laid_pages() == (kin, graph)
    middle = {spot.spot.item_id for spot in graph.canvas.spots()}
    assert {card.item_id, other} <= middle
    assert any("you gave" in line for line in graph.lines())
    graph.chosen.emit(other)
    assert evening.window.laid_pages() == ()
    assert evening.movies.card.item_id == other or evening.shows.card.item_id == other
    with Library.open(evening.home) as library:
        assert [rating.value for rating in library.feedback.current().ratings if rating.item_id == other] == [9.0]


def test_a_dial_sorts_anew_is_kept_and_can_be_put_back(evening: Session, qtbot) -> None:
    press(evening.movies.filters.dials)
    slider = evening.movies.dials.dials[LENGTH].slider
    before = lengths(evening)
    QTest.mousePress(slider, LEFT, pos=slider.rect().center())
    slider.setSliderPosition(-STEPS)
    QTest.mouseRelease(slider, LEFT, pos=slider.rect().center())
    assert np.mean(lengths(evening)) < np.mean(before) - 20
    assert evening.shows.dials.choice == evening.movies.dials.choice
    wait_for(qtbot, lambda: evening.preferences.settings.dials.long == -1.0)
    QTest.mouseDClick(slider, LEFT, pos=slider.rect().center())
    assert evening.movies.dials.choice == DialChoice()
    wait_for(qtbot, lambda: evening.preferences.settings.dials.long == 0.0)


def lengths(session: Session) -> list[float]:
    ids = [session.movies.card.item_id, *(entry.item_id for entry in session.movies.shelf.entries())]
    return [item.runtime for item in session.library.items.many(ids)]


def test_a_wish_holds_is_listed_and_can_be_taken_back(evening: Session, qtbot) -> None:
    wishes = evening.background.configuration.wishes
    subject = Subject("genre", "Science Fiction")
    evening.movies.wished.emit(subject, "never")
    assert [wish.subject for wish in evening.controller.engine.wishes()] == [subject]
    assert not any("Science Fiction" in entry.genres for entry in evening.movies.shelf.entries())
    evening.window.show_tab("Configuration")
    wait_for(qtbot, lambda: len(wishes.buttons) == 1)
    press(wishes.buttons[0])
    assert evening.controller.engine.wishes() == ()
    wait_for(qtbot, lambda: wishes.buttons == [])
    evening.window.show_tab("Movies")
    assert any("Science Fiction" in entry.genres for entry in evening.movies.shelf.entries())


def test_rules_say_what_they_hide(evening: Session, qtbot) -> None:
    rules = evening.background.configuration.rules
    total = evening.movies.filters.count_text()
    evening.preferences.change(rules=RuleSettings(genres=("Horror",)))
    hidden = {count.rule: count.titles for count in evening.controller.engine.hidden_counts()}["genre Horror"]
    assert hidden > 5
    words = f"hides {hidden} titles now"
    evening.window.show_tab("Configuration")
    wait_for(qtbot, lambda: [chip.accessibleDescription() for chip in rules.genre_chips()] == [words])
    assert evening.movies.filters.count_text() != total


def test_a_guest_changes_nothing(evening: Session, qtbot) -> None:
    engine = evening.controller.engine
    before, ratings = engine.taste, engine.ratings
    evening.movies.guest_wanted.emit(True)
    assert evening.movies.guest.isVisible()
    first = evening.movies.card.item_id
    evening.movies.ratings.card_changed()
    QTest.mouseClick(evening.movies.ratings.buttons()[0], LEFT)
    assert evening.movies.card.item_id != first
    evening.window.show_tab("TV Shows")
    assert evening.shows.guest.isVisible()
    evening.shows.guest.ended.emit()
    assert not evening.shows.guest.isVisible()
    assert (engine.ratings, engine.rating_of(first)) == (ratings, None)
    settled(evening, qtbot)
    assert np.allclose(engine.taste.mean, before.mean, atol=1e-5)


def test_the_pause_of_the_strip_and_that_of_the_configuration_are_one(evening: Session, qtbot) -> None:
    training, trainer = evening.background.configuration.training, evening.background.trainer
    evening.background._pause_training()
    assert (training.pause.text(), trainer.state.phase) == ("Go on", Phase.PAUSED)
    evening.window.show_tab("Configuration")
    press(training.pause)
    assert training.pause.text() == "Pause"
    assert trainer.state.phase is not Phase.PAUSED
    press(training.pause)
    assert trainer.state.phase is Phase.PAUSED
    evening.window.messages.action_button().click()
    assert trainer.state.phase is not Phase.PAUSED


@pytest.mark.parametrize("page", [PREFERENCES, MAP])
def test_closing_ends_everything_within_two_seconds_whatever_is_going_on(evening: Session, qtbot, page: str) -> None:
    background = evening.background
    evening.preferences.change(text_model=TextModelSettings("slow model"))
    wait_for(qtbot, lambda: background.trainer.state.phase is Phase.RUNNING)
    evening.window.show_tab("Taste")
    background.taste.go_to(page)
    evening.movies.similar_requested.emit(evening.movies.card.item_id)
    background.title_pages.graph.open(evening.movies.card.item_id)
    began = time.monotonic()
    evening.window.close()
    assert time.monotonic() - began < 2.0
    threads = (background.worker, background.poster_worker, background.asking_worker, background.trainer)
    assert all(thread.isFinished() for thread in threads)
    assert evening.controller.engine is None


def test_what_was_rated_tonight_is_there_the_next_evening(start, qtbot) -> None:
    first = start()
    rated = first.movies.card.item_id
    first.background.title_pages.kin.open(rated)
    first.background.title_pages.kin.page.rated.emit(rated, 8.0)
    first.window.close()
    second = start()
    assert second.controller.engine.rating_of(rated) == 8.0
    assert [event.value for event in second.library.feedback.log() if isinstance(event, Rating)] == [8.0]
