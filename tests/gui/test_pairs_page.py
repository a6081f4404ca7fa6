"""Titles that may be the same, looked at in the real window."""

from __future__ import annotations

from library.items import Credit, CreditRole, MediaKind
from library.sources import ServerItem
from tests.gui.places import PATIENCE, press


def film(key: str, year: int, **more: object) -> ServerItem:
    credits = (Credit("Michael Mann", CreditRole.DIRECTOR),) if more.pop("made", True) else ()
    return ServerItem(
        key=key,
        version="1",
        kind=MediaKind.MOVIE,
        title="Ember Street",
        year=year,
        runtime=170,
        credits=credits,
        **more,
    )


def open_page(session):
    session.library.items.upsert("plex-1", "1", [film("a", 1995, files=("/media/Ember.mkv",))])
    session.library.items.upsert("folder-1", "f", [film("b", 1996, made=False, files=("/nas/ember (1996).mkv",))])
    session.background._show_pairs()
    session.window.show_tab("Configuration")
    sources = session.background.configuration.sources
    assert sources.pairs.text() == "One pair of titles may be the same: look at them"
    press(sources.pairs)
    return session.background.pairs.page


def test_a_pair_says_what_both_are_and_where_they_lie(session) -> None:
    page = open_page(session)
    (card,) = page.cards
    assert (card.shown.one.title, card.shown.other.title) == ("Ember Street (1995)", "Ember Street (1996)")
    assert "Michael Mann" in card.shown.one.facts
    assert (card.shown.one.places, card.shown.other.places) == ("plex-1: Ember.mkv", "folder-1: ember (1996).mkv")


def test_put_together_and_taken_apart_again(session, qtbot) -> None:
    page = open_page(session)
    count = session.library.items.count()
    press(page.cards[0].first)
    assert session.library.items.count() == count - 1
    assert session.background.configuration.sources.pairs.text() == "Titles that were put together"
    (card,) = page.cards
    assert card.first.text() == "Take apart"
    press(card.first)
    assert session.library.items.count() == count
    assert page.cards == []
    qtbot.waitUntil(lambda: page.quiet.isVisible(), timeout=PATIENCE)


def test_two_titles_are_not_asked_about_again(session) -> None:
    page = open_page(session)
    with_two = next(button for button in page.cards[0].findChildren(type(page.back)) if button.text() == "Two titles")
    press(with_two)
    assert page.cards == []
    assert session.library.pairs.waiting() == ()
