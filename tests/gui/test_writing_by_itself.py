"""What the window writes to servers without a question, once that was allowed: ratings, marks and the collection of the best."""

from __future__ import annotations

import time

import pytest

from gui.waiting_writes import WaitingWrites
from library.errors import ProviderUnavailable
from library.feedback import Retraction
from library.items import MediaKind
from library.journal import JournalState
from library.writing import WriteKind
from tests.gui.places import PATIENCE
from tests.gui.writing_place import Place, quiet


def test_a_rating_is_put_on_the_server_without_a_question_and_stands_in_the_journal(place: Place, qtbot) -> None:
    place.allow(ratings=True, watched=True)
    place.rate("Star 2", 5)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 9.0}
    assert place.server.state(WriteKind.WATCHED, "film-2")["watched"]
    assert place.server.written == 2
    entries = place.library.journal.page()
    assert {(entry.kind, entry.state, entry.automatic) for entry in entries} == {
        (WriteKind.RATING, JournalState.DONE, True),
        (WriteKind.WATCHED, JournalState.DONE, True),
    }


@pytest.mark.parametrize("chosen", [{}, {"allowed": False, "ratings": True}])
def test_nothing_is_put_there_unless_that_is_on(place: Place, qtbot, chosen: dict) -> None:
    place.allow(**chosen)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert place.server.written == 0
    assert place.library.journal.page() == []


def test_a_guests_rating_stays_here(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.controller.lend(True)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert place.library.journal.page() == []


def test_what_a_server_that_is_off_missed_is_written_later(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.window.show_tab("Activity")
    place.server.gone = ProviderUnavailable("Cellar", "Cellar does not answer.", "Is it on?")
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert place.waiting._later.isActive()
    (line,) = place.page.lines()
    assert (line.what, line.state, line.change) == ("Rate “Star 2”", "waiting", "9")
    assert line.reason == "Cellar does not answer. Is it on?"
    place.server.gone = None
    again = WaitingWrites(place.controller, place.preferences, place.worker)  # as after a restart
    again.start()
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 9.0}
    place.activity.refresh()
    assert place.page.lines()[0].state == "done"
    again.stop()


def test_a_rating_that_is_taken_back_is_taken_back_there_too(place: Place, qtbot) -> None:
    place.allow(ratings=True, auto_collect=True, collect_from=8.0)
    before = place.server.dump()
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert next(iter(place.server.lists_of[WriteKind.COLLECTION].values()))["items"] == ["film-2"]
    place.controller.engine.back(MediaKind.MOVIE)
    place.controller.feedback_given.emit(place.ids["Star 2"])
    quiet(place, qtbot)
    assert place.server.dump() == before
    assert {entry.state for entry in place.library.journal.page() if entry.undoes is None} == {JournalState.UNDONE}


def test_several_ratings_that_are_taken_back_leave_what_was_there_first(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.server.entries[WriteKind.RATING, "film-2"] = {"rating": 3.0}
    for value in (8, 9):
        place.rate("Star 2", value)
        quiet(place, qtbot)
    for event in place.library.feedback.log(item_id=place.ids["Star 2"]):
        place.library.feedback.append(Retraction(at=time.time(), retracts=event.id))
    place.controller.engine.refresh_feedback()
    place.controller.feedback_given.emit(place.ids["Star 2"])
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 3.0}


def test_taken_back_and_given_again_at_once_stays(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    place.waiting._soon.setInterval(60_000)
    place.controller.engine.back(MediaKind.MOVIE)
    place.controller.feedback_given.emit(place.ids["Star 2"])
    place.rate("Star 2", 9)
    place.waiting.write_now()
    place.waiting.stop()
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 9.0}
    assert place.server.written == 1
    assert place.library.journal.work() == []


def test_what_was_undone_by_hand_is_not_written_again_by_itself(place: Place, qtbot) -> None:
    place.allow(ratings=True, auto_collect=True)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    place.activity.undo([entry.id for entry in place.library.journal.page()])
    quiet(place, qtbot)
    before = place.server.dump()
    place.controller.learn_from(place.ids["Star 2"], False)
    quiet(place, qtbot)
    assert place.server.dump() == before
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": None}
    place.rate("Star 2", 7)
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 7.0}


def test_before_it_was_written_taking_it_back_only_calls_it_off(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.waiting._soon.setInterval(60_000)
    place.rate("Star 2", 9)
    place.controller.engine.back(MediaKind.MOVIE)
    place.controller.feedback_given.emit(place.ids["Star 2"])
    place.waiting.write_now()
    place.waiting.stop()
    quiet(place, qtbot)
    assert place.server.written == 0
    assert [entry.state for entry in place.library.journal.page()] == [JournalState.UNDONE]


def test_high_ratings_are_collected_from_the_threshold_on(place: Place, qtbot) -> None:
    place.allow(auto_collect=True, collect_from=8.0)
    for title, value in (("Star 2", 8), ("Star 4", 7.5), ("Heart 1", 9)):
        place.rate(title, value)
    quiet(place, qtbot)
    (held,) = place.server.lists_of[WriteKind.COLLECTION].values()
    assert held == {"title": "Homereel picks", "items": ["film-2", "film-1"]}
    assert {entry.kind for entry in place.library.journal.page()} == {WriteKind.COLLECTION}


def test_a_refusal_is_said_once_and_not_tried_again(place: Place, qtbot) -> None:
    place.allow(ratings=True)
    place.server.able = frozenset()
    with qtbot.waitSignal(place.waiting.refused, timeout=PATIENCE) as answer:
        place.rate("Star 2", 9)
    assert answer.args == ["Rate “Star 2”: your account on Cellar may not do that."]
    quiet(place, qtbot)
    assert not place.waiting._later.isActive()
    assert place.library.journal.work() == []


def test_an_old_rating_that_is_only_looked_at_again_is_not_written(place: Place, qtbot) -> None:
    place.waiting._began = time.time() + 60
    place.allow(ratings=True)
    place.rate("Star 2", 9)
    quiet(place, qtbot)
    assert place.library.journal.page() == []
