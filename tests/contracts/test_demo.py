"""The demo library keeps the contract of media servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from library.errors import ProviderUnavailable
from library.items import Credit, CreditRole, MediaKind, Viewing
from providers.servers.demo import DemoServer
from tests.contracts.media_server import MediaServerContract, Subject, entries_of, items_of

BLANK = {
    "original_title": None,
    "keywords": [],
    "countries": [],
    "language": None,
    "collection": None,
    "cast": [],
    "writers": [],
}
FILM = BLANK | {
    "title": "L’Été d’un chat",
    "year": 1934,
    "runtime": 71,
    "genres": ["Drama", "Comedy"],
    "directors": ["Anna Almond"],
    "writers": ["Bo Birch"],
    "cast": ["Cy Cedar", "Di Dogwood"],
    "keywords": ["cat"],
    "countries": ["France"],
    "language": "fr",
    "overview": "A cat walks through a summer.",
}
OTHER_FILM = BLANK | {
    "title": "Rain",
    "year": 2001,
    "runtime": 90,
    "genres": ["Drama"],
    "directors": [],
    "overview": "It rains.",
}
SHOW = BLANK | {
    "title": "The Ferry",
    "year": 1999,
    "end_year": 2003,
    "status": "Ended",
    "seasons": 3,
    "episodes": 30,
    "runtime": 45,
    "genres": ["Crime"],
    "creators": ["Eve Elm"],
    "networks": ["Canal 9"],
    "overview": "Two towns share a ferry and a secret.",
}
FILM_KEY, SHOW_KEY = "movie-lete-dun-chat-1934", "show-the-ferry-1999"


def write(path: Path, *facts: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(fact, ensure_ascii=False) + "\n" for fact in facts), "utf-8")


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    write(tmp_path / "films_old.jsonl", FILM)
    write(tmp_path / "films_new.jsonl", OTHER_FILM)
    write(tmp_path / "shows.jsonl", SHOW)
    return tmp_path


class TestDemo(MediaServerContract):
    @pytest.fixture
    def subject(self, demo: Path) -> Subject:
        def change() -> tuple[str, str]:
            write(demo / "films_old.jsonl", FILM | {"runtime": 72})
            return "Films", FILM_KEY

        film = {
            "kind": MediaKind.MOVIE,
            "title": "L’Été d’un chat",
            "original_title": None,
            "year": 1934,
            "runtime": 71,
            "genres": ("Drama", "Comedy"),
            "keywords": ("cat",),
            "countries": ("France",),
            "language": "fr",
            "collection": None,
            "overview": "A cat walks through a summer.",
            "credits": (
                Credit("Anna Almond", CreditRole.DIRECTOR, 0),
                Credit("Bo Birch", CreditRole.WRITER, 0),
                Credit("Cy Cedar", CreditRole.CAST, 0),
                Credit("Di Dogwood", CreditRole.CAST, 1),
            ),
            "vote_average": None,
            "vote_count": None,
            "viewing": Viewing(),
            "poster": None,
            "files": (),
        }
        show = {
            "kind": MediaKind.SHOW,
            "end_year": 2003,
            "status": "Ended",
            "seasons": 3,
            "episodes": 30,
            "companies": ("Canal 9",),
            "credits": (Credit("Eve Elm", CreditRole.CREATOR, 0),),
        }
        expected = {"Films": {FILM_KEY: film, "movie-rain-2001": {"title": "Rain"}}, "Shows": {SHOW_KEY: show}}
        return Subject(lambda: DemoServer(demo), expected, change)

    def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_there(self, demo: Path) -> None:
        with (demo / "films_new.jsonl").open("a") as file:
            file.write('{"title": "Half a li\n[]\n\n')
        server = DemoServer(demo)
        pages = list(server.listing(server.libraries()[0]))
        assert {entry.key for page in pages for entry in page.entries} == {FILM_KEY, "movie-rain-2001"}
        assert pages[-1].problems == (
            "Line 2 of films_new.jsonl in the demo library cannot be read.",
            "Line 3 of films_new.jsonl in the demo library cannot be read.",
        )
        assert not pages[-1].complete

    def test_missing_files_are_said_with_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(ProviderUnavailable, match="missing") as raised:
            DemoServer(tmp_path / "nowhere").identify()
        assert raised.value.hint

    def test_it_is_drawn_and_not_played(self, demo: Path) -> None:
        server = DemoServer(demo)
        assert server.play_target(FILM_KEY, ()) is None
        assert server.poster("anything", 10, 10) is None

    def test_a_new_version_of_the_files_gives_the_same_keys(self, demo: Path) -> None:
        before = items_of(server := DemoServer(demo), "Films", entries_of(server, "Films"))
        write(demo / "films_old.jsonl", FILM | {"overview": "Another text."})
        after = items_of(server := DemoServer(demo), "Films", entries_of(server, "Films"))
        assert before.keys() == after.keys()
        assert before[FILM_KEY].version != after[FILM_KEY].version
