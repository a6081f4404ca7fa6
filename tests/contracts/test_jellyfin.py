"""Jellyfin keeps the contract of media servers, spoken to over real HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.settings import SourceSettings
from library.sources import MediaServer
from providers.http import Patience, ProviderSession
from providers.servers.jellyfin import JellyfinServer
from tests.contracts.media_server import Subject, VanishingContract, entries_of, items_of, library_called
from tests.fakes.jellyfin import ALBUM_IMAGE, FakeJellyfin
from tests.fakes.jellyfin_world import (
    EPOCH,
    MUSIC,
    TICKS,
    Marks,
    Thing,
    World,
    film_id,
    make_world,
    name_of,
    show_id,
    track_id,
    written,
)

QUICK = Patience(connect=2, read=4, overall=10, pause=0.01)


def open_server(jellyfin: FakeJellyfin, name: str = "Anna", token: str = "", url: str = "") -> JellyfinServer:
    user = jellyfin.world.person(name)
    source = SourceSettings("j1", "jellyfin", "Jellyfin at home", url or jellyfin.url, user=user.name, account=user.id)
    session = ProviderSession("Jellyfin at home", QUICK)
    return JellyfinServer(source, token or jellyfin.token_of(name), "homereel-1", session)


def fields(world: World, thing: Thing) -> dict[str, object]:
    """What must come back for an entry of the fake, said independently of the mapping that is tested."""
    kinds = {"Movie": MediaKind.MOVIE, "Series": MediaKind.SHOW, "Audio": MediaKind.TRACK}
    common = {
        "kind": kinds[thing.type],
        "title": thing.name,
        "year": thing.year,
        "release_date": f"{thing.year}-03-01",
        "runtime": thing.minutes,
        "genres": tuple(thing.genres),
        "keywords": tuple(thing.tags),
        "added_at": thing.added + 0.12345,
    }
    if thing.type == "Audio":
        recording = thing.provider_ids.get("MusicBrainzRecording")
        return common | {
            "artist": thing.artists[0],
            "album": thing.album,
            "track_number": thing.number,
            "credits": (Credit(thing.artists[0], CreditRole.ARTIST),),
            "external_ids": (ExternalId("musicbrainz", recording),) if recording else (),
            "files": tuple(thing.paths),
            "poster": f"/Items/{name_of(thing.album)}/Images/Primary?tag={ALBUM_IMAGE}",
            "viewing": viewing(world.marks.get((world.person("Anna").id, thing.id), Marks())),
        }
    actors = [person for person in thing.people if person["Type"] == "Actor"]
    others = {person["Type"]: person["Name"] for person in thing.people}
    return common | {
        "original_title": thing.original or None,
        "overview": thing.overview,
        "tagline": thing.tagline,
        "credits": (
            *(Credit(person["Name"], CreditRole.CAST, n, person["Role"]) for n, person in enumerate(actors)),
            Credit(others["Director"], CreditRole.DIRECTOR),
            Credit(others["Writer"], CreditRole.WRITER),
        ),
        "countries": tuple(thing.countries),
        "companies": tuple(thing.studios),
        "content_rating": thing.certificate,
        "vote_average": thing.vote,
        "poster": f"/Items/{thing.id}/Images/Primary?tag={thing.image}",
        **(show_fields(world, thing) if thing.type == "Series" else film_fields(world, thing)),
    }


def film_fields(world: World, film: Thing) -> dict[str, object]:
    ids = film.provider_ids
    return {
        "external_ids": (ExternalId("imdb", ids["Imdb"]), ExternalId("tmdb", ids["Tmdb"])),
        "files": tuple(film.paths),
        "viewing": viewing(world.marks.get((world.person("Anna").id, film.id), Marks())),
    }


def show_fields(world: World, show: Thing) -> dict[str, object]:
    episodes = world.episodes(show.id)
    anna = world.person("Anna").id
    left = [e for e in episodes if not world.marks.get((anna, e.id), Marks()).played]
    return {
        "status": show.status,
        "seasons": 2,
        "episodes": 7,
        "external_ids": (ExternalId("tvdb", show.provider_ids["Tvdb"]),),
        "files": (),
        "viewing": Viewing(
            favourite=False,
            watched_episodes=7 - len(left),
            unwatched=tuple(f"S{e.season:02d}E{e.number:02d}" for e in left),
        ),
    }


def viewing(marks: Marks) -> Viewing:
    return Viewing(
        view_count=marks.count if marks.played else None,
        view_offset=marks.ticks / TICKS or None,
        last_viewed_at=pytest.approx(_seconds(marks.last)) if marks.last else None,
        rating=marks.rating,
        liked=None if marks.rating is None else marks.rating >= 6.5,
        favourite=marks.favourite,
    )


def _seconds(text: str) -> float:
    import datetime

    return datetime.datetime.fromisoformat(text).timestamp()


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(25, 7, 30)) as server:
        yield server


class TestJellyfin(VanishingContract):
    @pytest.fixture
    def subject(self, jellyfin: FakeJellyfin) -> Subject:
        world, token = jellyfin.world, jellyfin.token_of("Anna")

        def change() -> tuple[str, str]:
            world.touch(film_id(3), overview="Another text.")
            return "Films", film_id(3)

        def remove() -> tuple[str, str]:
            world.remove(film_id(4))
            return "Films", film_id(4)

        def opened() -> MediaServer:
            return open_server(jellyfin, token=token)

        expected = {
            title: {thing.id: fields(world, thing) for thing in world.inside(view, kind)}
            for (view, title, _), kind in zip(world.views, ("Movie", "Series", "Audio"), strict=False)
        }
        return Subject(opened, expected, change, remove, token)

    def test_the_play_target_is_a_local_file_or_https(self, subject: Subject, jellyfin: FakeJellyfin) -> None:
        """A server in the house that has no https is opened by http: it is its own page, and holds no secret."""
        page = f"{jellyfin.url}/web/#/details?id={film_id(1)}"
        assert subject.server().play_target(film_id(1), ("/media/films/a.mkv",)) == page
        secure = open_server(jellyfin, url="https://media.example")
        assert (secure.play_target(film_id(1), ()) or "").startswith("https://media.example/web/#/details?id=")
        assert secure.play_target("../../elsewhere", ()) is None
        secure.close()
        assert not [seen for seen in jellyfin.requests if "details" in seen.raw]

    @pytest.mark.parametrize(
        "change",
        [
            {"rating": 9.0},
            {"rating": None},
            {"count": 8},
            {"ticks": TICKS},
            {"last": written(EPOCH + 1)},
            {"favourite": True},
            {"played": False},
        ],
    )
    def test_watching_and_rating_move_the_version(self, subject: Subject, jellyfin: FakeJellyfin, change: dict) -> None:
        marks = jellyfin.world.of(jellyfin.world.person("Anna").id, film_id(3))
        marks.rating = 4.0
        before = {e.key: e.version for e in entries_of(subject.server(), "Films")}
        for name, value in change.items():
            setattr(marks, name, value)
        after = {e.key: e.version for e in entries_of(subject.server(), "Films")}
        assert {key for key in after if after[key] != before[key]} == {film_id(3)}

    def test_watching_an_episode_moves_the_version_and_the_names(
        self, subject: Subject, jellyfin: FakeJellyfin
    ) -> None:
        server, world = subject.server(), jellyfin.world
        before = {e.key: e.version for e in entries_of(server, "Shows")}
        episode = world.episodes(show_id(0))[0]
        world.marks[world.person("Anna").id, episode.id] = Marks(True, 1)
        changed = [e for e in entries_of(server, "Shows") if e.version != before[e.key]]
        assert [entry.key for entry in changed] == [show_id(0)]
        jellyfin.forget()
        item = items_of(server, "Shows", changed)[show_id(0)]
        assert item.viewing.watched_episodes == 1
        assert item.viewing.unwatched == ("S01E02", "S01E03", "S01E04", "S02E01", "S02E02", "S02E03")
        parents = [
            seen.query["parentId"] for seen in jellyfin.requests if seen.query.get("includeItemTypes") == "Episode"
        ]
        assert parents == [show_id(0)]

    def test_what_somebody_else_did_is_not_seen(self, subject: Subject, jellyfin: FakeJellyfin) -> None:
        bert = open_server(jellyfin, "Bert")
        films = items_of(bert, "Films", entries_of(bert, "Films"))
        shows = items_of(bert, "Shows", entries_of(bert, "Shows"))
        bert.close()
        assert {item.viewing for item in films.values()} == {Viewing(favourite=False)}
        assert {item.viewing.watched_episodes for item in shows.values()} == {0}

    def test_every_poster_of_a_film_is_there_at_about_the_size_asked(self, subject: Subject) -> None:
        server = subject.server()
        item = items_of(server, "Films", entries_of(server, "Films"))[film_id(0)]
        picture = server.poster(item.poster or "", 200, 300)
        assert picture is not None
        assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (200, 300)

    @pytest.mark.parametrize("path", ["//evil.example/x", "/Items/../Users", "https://evil.example/", "/System/Info"])
    def test_a_poster_is_asked_for_nowhere_else(self, subject: Subject, jellyfin: FakeJellyfin, path: str) -> None:
        server = subject.server()
        jellyfin.forget()
        assert server.poster(path, 20, 30) is None
        assert not jellyfin.requests

    def test_the_sign_in_goes_in_one_header_and_not_to_pictures(self, subject: Subject, jellyfin: FakeJellyfin) -> None:
        server = subject.server()
        server.identify()
        items_of(server, "Shows", entries_of(server, "Shows"))
        server.poster(f"/Items/{film_id(0)}/Images/Primary?tag=1", 20, 30)
        assert not [seen for seen in jellyfin.requests if subject.secret in seen.raw]
        names = {name.lower() for seen in jellyfin.requests for name in seen.headers}
        assert not names & {"x-emby-token", "x-mediabrowser-token", "x-emby-authorization"}
        told = [seen for seen in jellyfin.requests if subject.secret in str(seen.headers)]
        assert {seen.headers["Authorization"] for seen in told} == {
            'MediaBrowser Client="Homereel", Device="Homereel", DeviceId="homereel-1", Version="0.1"'
            f', Token="{subject.secret}"'
        }
        assert not [seen for seen in told if "Images" in seen.path or "Public" in seen.path]
        pictures = [seen for seen in jellyfin.requests if "Images" in seen.path]
        assert pictures
        assert not [seen for seen in pictures if "Authorization" in seen.headers]
        host = os.uname().nodename
        assert not [value for seen in jellyfin.requests for value in seen.headers.values() if host in value]

    def test_films_and_shows_in_one_library_are_two(self, subject: Subject, jellyfin: FakeJellyfin) -> None:
        view = "c" * 32
        jellyfin.world.views = [(view, "Mixed", None), (MUSIC, "Music", "music"), ("b" * 32, "Home", "homevideos")]
        jellyfin.world.touch(film_id(0), view=view)
        jellyfin.world.touch(show_id(0), view=view)
        server = subject.server()
        offered = {library.title: library.kind for library in server.libraries()}
        assert offered == {
            "Mixed (films)": MediaKind.MOVIE,
            "Mixed (shows)": MediaKind.SHOW,
            "Music": MediaKind.TRACK,
        }
        assert [entry.key for entry in entries_of(server, "Mixed (films)")] == [film_id(0)]
        entries = entries_of(server, "Mixed (shows)")
        assert list(items_of(server, "Mixed (shows)", entries)) == [show_id(0)]


def test_ten_thousand_titles_take_few_requests() -> None:
    with FakeJellyfin(make_world(2000, 0, 8000)) as jellyfin:
        server = open_server(jellyfin)
        found = 0
        for title in ("Films", "Music"):
            found += len(items_of(server, title, entries_of(server, title)))
        server.close()
        assert found == 10_000
        assert len(jellyfin.requests) <= 118
        assert len([seen for seen in jellyfin.requests if "ids" not in seen.query]) <= 18
        assert max(len(seen.raw) for seen in jellyfin.requests) < 4000


@pytest.mark.parametrize("limit", [1, 7, 30])
def test_shorter_pages_than_asked_for_lose_nothing(limit: int) -> None:
    with FakeJellyfin(make_world(60, 6), page_limit=limit) as jellyfin:
        server = open_server(jellyfin)
        for title, count in (("Films", 60), ("Shows", 6)):
            entries = entries_of(server, title)
            assert len({entry.key for entry in entries}) == count
            items = items_of(server, title, entries)
            assert len(items) == count
        assert items[show_id(0)].viewing.unwatched[-1] == "S02E03"
        server.close()


@pytest.mark.parametrize("films", [0, 1, 999, 1000, 1001])
def test_a_server_that_never_says_the_total_is_read_to_the_end(films: int) -> None:
    with FakeJellyfin(make_world(films), says_total=False) as jellyfin:
        server = open_server(jellyfin)
        assert len({entry.key for entry in entries_of(server, "Films")}) == films
        server.close()


def test_a_list_that_moves_while_it_is_read_is_read_again() -> None:
    with FakeJellyfin(make_world(1200)) as jellyfin:
        pages = 0

        def watch(path: str) -> None:
            nonlocal pages
            pages += path == "/Items"
            if pages == 2 and path == "/Items":
                jellyfin.world.remove(film_id(10))  # everything behind it moves up by one: number 1000 would be missed

        server = open_server(jellyfin)
        library = library_called(server, "Films")
        jellyfin.watch = watch
        found = list(server.listing(library))
        keys = [entry.key for page in found for entry in page.entries]
        assert {thing.id for thing in jellyfin.world.things.values()} <= set(keys)
        assert len(keys) == len(set(keys))
        assert all(page.complete for page in found)
        server.close()


def test_a_list_that_never_stands_still_is_called_incomplete() -> None:
    with FakeJellyfin(make_world(2200)) as jellyfin:
        server = open_server(jellyfin)
        library = library_called(server, "Films")
        things = jellyfin.world.things
        jellyfin.watch = lambda path: things.pop(next(iter(things))) if path == "/Items" else None  # type: ignore[assignment]
        last = list(server.listing(library))[-1]
        assert not last.complete
        assert "changed while it was being read" in last.problems[0]
        server.close()


def test_damaged_entries_cost_only_themselves() -> None:
    with FakeJellyfin(make_world(300)) as jellyfin:
        jellyfin.world.touch(film_id(50), damage="error")
        jellyfin.world.touch(film_id(60), damage="nameless")
        server = open_server(jellyfin)
        entries = entries_of(server, "Films")
        assert len(entries) == 299
        batches = list(server.items(library_called(server, "Films"), entries))
        server.close()
    failures = {key: why for batch in batches for key, why in batch.failures.items()}
    assert set(failures) == {film_id(50)}
    assert "damaged" in failures[film_id(50)]
    assert sum(len(batch.items) for batch in batches) == 298


def test_a_line_that_breaks_every_page_is_skipped_and_said() -> None:
    with FakeJellyfin(make_world(120)) as jellyfin:
        jellyfin.world.touch(film_id(70), damage="error in lists")
        server = open_server(jellyfin)
        pages = list(server.listing(library_called(server, "Films")))
        server.close()
    keys = [entry.key for page in pages for entry in page.entries]
    assert set(keys) == {film_id(n) for n in range(120) if n != 70}
    assert not pages[-1].complete
    assert "One entry of Films could not be read" in pages[-1].problems[0]


def test_a_server_that_leaves_the_user_out_is_said_once() -> None:
    with FakeJellyfin(make_world(250), says_user=False) as jellyfin:
        server = open_server(jellyfin)
        batches = list(server.items(library_called(server, "Films"), entries_of(server, "Films")))
        server.close()
    problems = [problem for batch in batches for problem in batch.problems]
    assert problems == ["The server says nothing of what Anna watched and rated in Films."]
    assert {item.viewing for batch in batches for item in batch.items} == {Viewing()}


def test_a_title_with_nothing_known_leaves_everything_unknown() -> None:
    world = make_world(0)
    bare = Thing(track_id(1), "Audio", "Bare", MUSIC, minutes=0, image="")
    world.things[bare.id] = bare
    with FakeJellyfin(world) as jellyfin:
        server = open_server(jellyfin)
        item = items_of(server, "Music", entries_of(server, "Music"))[bare.id]
        server.close()
    assert (item.title, item.year, item.runtime, item.overview, item.poster) == ("Bare", None, None, None, None)
    assert (item.genres, item.credits, item.artist, item.album, item.track_number) == ((), (), None, None, None)
    assert item.viewing == Viewing(favourite=False)
