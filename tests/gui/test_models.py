"""The words on a card are right, and what is unknown leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from gui.models import (
    FilterChoice,
    count_words,
    facts_line,
    length_words,
    make_card,
    make_shelf_entry,
    points_words,
    prediction_words,
    rating_words,
)
from gui.theme import Theme
from gui.widgets.ledger_chart import LedgerPanel
from library.items import Credit, CreditRole, Item, MediaKind, Place, Viewing
from recommender.explain import Ledger, LedgerTerm, Prediction
from tests.gui.samples import ARRIVAL, EXPLANATION

FILM = Item(
    id=1,
    kind=MediaKind.MOVIE,
    title="Arrival",
    year=2016,
    runtime=116,
    genres=("Drama", "Science Fiction", "Mystery", "Thriller"),
    credits=(Credit("Denis Villeneuve", CreditRole.DIRECTOR), Credit("Amy Adams", CreditRole.CAST)),
)
SHOW = Item(
    id=2,
    kind=MediaKind.SHOW,
    title="The Wire",
    year=2002,
    end_year=2008,
    status="Ended",
    seasons=5,
    episodes=60,
    genres=("Crime", "Drama"),
    credits=(Credit("David Simon", CreditRole.CREATOR),),
)


def seen(item: Item, **viewing: object) -> Item:
    place = Place(source_id="a", library_key="1", key="k", version="1", viewing=Viewing(**viewing))
    return replace(item, places=(place,))


def test_the_facts_of_a_film() -> None:
    assert facts_line(FILM) == "2016 · 1h 56m · Drama, Science Fiction, Mystery · Denis Villeneuve"
    assert facts_line(Item(id=3, kind=MediaKind.MOVIE, title="Unknown")) == ""
    assert facts_line(seen(FILM, view_offset=42.0)).endswith(" · stopped at 42m")


def test_the_facts_of_a_show() -> None:
    assert facts_line(SHOW) == "2002–2008 · 5 seasons · 60 episodes · ended · Crime, Drama · David Simon"
    running = replace(SHOW, end_year=None, status="Continuing", seasons=1, episodes=None, genres=(), credits=())
    assert facts_line(running) == "since 2002 · 1 season · still running"
    assert facts_line(seen(SHOW, watched_episodes=3, unwatched=("S01E04", "S01E05"))).endswith(" · next: S01E04")
    assert facts_line(seen(SHOW, watched_episodes=60)).endswith(" · all seen")


@pytest.mark.parametrize(
    ("minutes", "words"), [(117.0, "1h 57m"), (120.0, "2h"), (45.0, "45m"), (59.6, "1h"), (None, ""), (0.0, "")]
)
def test_lengths_are_said_as_people_say_them(minutes: float | None, words: str) -> None:
    assert length_words(minutes) == words


def test_a_card_holds_what_is_known() -> None:
    card = make_card(FILM, ARRIVAL.explanation, ratings=3)
    assert (card.item_id, card.title, card.cast, card.tagline, card.ratings) == (1, "Arrival", ("Amy Adams",), "", 3)
    assert make_shelf_entry(FILM).label == "Arrival (2016)"
    assert make_shelf_entry(replace(FILM, year=None)).label == "Arrival"


def test_a_prediction_is_said_with_its_uncertainty() -> None:
    assert prediction_words(ARRIVAL) == ("You would give it 8.1", "± 0.9 · usual for you: 6.8") or prediction_words(
        ARRIVAL
    ) == ("You would give it 8.0", "± 0.9 · usual for you: 6.8")
    sentence, spread = prediction_words(replace(ARRIVAL, ratings=0))
    assert sentence.startswith("A first guess: 8")
    assert "usual for you" not in spread
    assert prediction_words(replace(ARRIVAL, explanation=None)) == ("", "")


def test_points_always_have_a_sign() -> None:
    assert [points_words(points) for points in (0.94, -0.2, 0.02, -0.02, 0.0)] == [
        "+0.9",
        "−0.2",
        "+0.02",
        "−0.02",
        "+0.0",
    ]


def test_ratings_and_counts_have_words() -> None:
    assert rating_words(8) == "8 · very good"
    assert count_words(318, 1942, MediaKind.MOVIE) == "318 of 1,942 films"
    assert count_words(1942, 1942, MediaKind.SHOW) == "1,942 shows"
    assert count_words(1, 1, MediaKind.SHOW) == "1 show"


def test_finishing_in_time_counts_from_now() -> None:
    evening = FilterChoice(finish_by=time(22, 30))
    assert evening.minutes(datetime(2024, 5, 1, 20, 30)) == 120
    assert evening.minutes(datetime(2024, 5, 1, 22, 45)) == 23 * 60 + 45
    assert FilterChoice(max_minutes=90.0).minutes(datetime(2024, 5, 1)) == 90
    assert FilterChoice().minutes(datetime(2024, 5, 1)) is None
    assert evening.active
    assert not FilterChoice().active


def test_more_than_ten_is_not_said_and_the_ledger_tells_why(qtbot, theme: Theme) -> None:
    ledger = Ledger((LedgerTerm("usual", "your usual rating", 12.9),), 12.9)
    beyond = replace(EXPLANATION, prediction=Prediction(12.9, 1.0, 6.2), ledger=ledger)
    assert prediction_words(replace(ARRIVAL, explanation=beyond))[0] == "You would give it 10.0"
    panel = LedgerPanel(theme)
    qtbot.addWidget(panel)
    panel.show_ledger(ledger)
    assert panel.heading() == "How 12.9, beyond the end of the scale, comes about: 1 term"
