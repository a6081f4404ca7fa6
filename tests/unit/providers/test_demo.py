"""The facts of the demo library that is shipped: enough of them, complete, and within what the format allows."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from library.items import CreditRole
from library.sources import ServerItem
from providers.servers.demo import DemoServer

DIRECTORY = Path(__file__).resolve().parents[3] / "resources" / "demo"
USA = "United States of America"
GENRES = {
    *("Action", "Adventure", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Family", "Fantasy", "History"),
    *("Horror", "Music", "Mystery", "Romance", "Science Fiction", "Thriller", "War", "Western"),
}
SHOW_GENRES = GENRES | {"Kids", "Reality", "Talk", "Soap"}


@pytest.fixture(scope="module")
def items() -> dict[str, list[ServerItem]]:
    server = DemoServer(DIRECTORY)
    found: dict[str, list[ServerItem]] = {}
    for library in server.libraries():
        pages = list(server.listing(library))
        assert all(page.complete and not page.problems for page in pages)
        entries = [entry for page in pages for entry in page.entries]
        found[library.title] = [item for batch in server.items(library, entries) for item in batch.items]
        assert len(found[library.title]) == len(entries)
    return found


@pytest.fixture(scope="module")
def everything(items: dict[str, list[ServerItem]]) -> list[ServerItem]:
    return [item for shelf in items.values() for item in shelf]


def test_there_is_enough_to_choose_from(items: dict[str, list[ServerItem]]) -> None:
    assert len(items["Films"]) >= 300
    assert len(items["Shows"]) >= 80


def test_every_line_became_an_item(items: dict[str, list[ServerItem]]) -> None:
    lines = [
        line for path in DIRECTORY.glob("*.jsonl") for line in path.read_text("utf-8").splitlines() if line.strip()
    ]
    assert len(lines) == sum(len(shelf) for shelf in items.values())


def test_films_are_from_every_decade_and_shows_from_many(items: dict[str, list[ServerItem]]) -> None:
    now = time.localtime().tm_year
    assert all(1920 <= (film.year or 0) <= now for film in items["Films"])
    assert all(1950 <= (show.year or 0) <= now for show in items["Shows"])
    assert {(film.year or 0) // 10 for film in items["Films"]} >= set(range(192, 203))
    assert {(show.year or 0) // 10 for show in items["Shows"]} >= set(range(195, 203))


def test_a_third_comes_from_outside_the_usa(items: dict[str, list[ServerItem]]) -> None:
    for title, share in (("Films", 1 / 3), ("Shows", 0.4)):
        elsewhere = [item for item in items[title] if USA not in item.countries]
        assert len(elsewhere) >= share * len(items[title]), title
    assert len({country for film in items["Films"] for country in film.countries}) >= 30


def test_no_title_is_there_twice(everything: list[ServerItem]) -> None:
    twice = [name for name, n in Counter((i.kind, i.title.casefold(), i.year) for i in everything).items() if n > 1]
    assert not twice
    assert not [key for key, n in Counter(item.key for item in everything).items() if n > 1]


def test_genres_are_from_the_list(items: dict[str, list[ServerItem]]) -> None:
    for title, allowed in (("Films", GENRES), ("Shows", SHOW_GENRES)):
        wrong = {
            item.title: item.genres
            for item in items[title]
            if not 1 <= len(item.genres) <= 4 or set(item.genres) - allowed
        }
        assert not wrong
    assert {genre for film in items["Films"] for genre in film.genres} == GENRES


def test_nothing_that_should_be_known_is_missing(everything: list[ServerItem]) -> None:
    for item in everything:
        assert item.title.strip() == item.title
        assert item.original_title is None or item.original_title != item.title, item.title
        assert 1 <= (item.runtime or 0) <= 600, item.title
        assert item.countries, item.title
        assert len(item.language or "") == 2, item.title
        assert len(item.keywords) >= 3, item.title
        assert all(word == word.lower() for word in item.keywords), (item.title, item.keywords)
        for texts in (item.genres, item.keywords, item.countries, item.people(CreditRole.CAST)):
            assert len(set(texts)) == len(texts), (item.title, texts)
        assert all(credit.name.strip() == credit.name != "" for credit in item.credits), item.title


def test_every_film_has_its_director_and_most_titles_their_cast(items: dict[str, list[ServerItem]]) -> None:
    assert not [film.title for film in items["Films"] if not film.people(CreditRole.DIRECTOR)]
    silent = [
        film.title for film in items["Films"] if not film.people(CreditRole.CAST) and "Documentary" not in film.genres
    ]
    assert len(silent) <= 6, silent


def test_shows_say_how_long_they_are_and_when_they_ended(items: dict[str, list[ServerItem]]) -> None:
    for show in items["Shows"]:
        assert show.status in {"Ended", "Canceled", "Continuing"}, show.title
        assert 1 <= (show.seasons or 0) <= (show.episodes or 0), show.title
        assert (show.end_year is None) == (show.status == "Continuing"), show.title
        assert show.end_year is None or show.end_year >= (show.year or 0), show.title


def test_overviews_are_two_or_three_sentences(everything: list[ServerItem]) -> None:
    for item in everything:
        words = len((item.overview or "").split())
        assert 20 <= words <= 65, (item.title, words)
        assert "!" not in (item.overview or ""), item.title
    assert len({item.overview for item in everything}) == len(everything)


def test_nothing_is_made_up_about_votes(everything: list[ServerItem]) -> None:
    assert {(item.vote_average, item.vote_count, item.popularity) for item in everything} == {(None, None, None)}
    assert {item.viewing.rating for item in everything} == {None}


def test_people_series_and_words_connect_titles(items: dict[str, list[ServerItem]]) -> None:
    films = items["Films"]
    directors = Counter(name for film in films for name in film.people(CreditRole.DIRECTOR))
    series = Counter(film.collection for film in films if film.collection)
    words = Counter(word for film in films for word in film.keywords)
    assert sum(n > 1 for n in directors.values()) >= 40
    assert sum(n > 1 for n in series.values()) >= 10
    assert sum(n > 4 for n in words.values()) >= 80


def test_it_opens_at_once() -> None:
    times = []
    for _ in range(3):
        start = time.process_time()
        server = DemoServer(DIRECTORY)
        for library in server.libraries():
            entries = [entry for page in server.listing(library) for entry in page.entries]
            assert sum(len(batch.items) for batch in server.items(library, entries)) == len(entries)
        times.append(time.process_time() - start)
    assert min(times) < 0.1
