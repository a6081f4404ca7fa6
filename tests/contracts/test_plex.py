"""Plex keeps the contract of media servers, spoken to over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import MediaServer
from providers.http import Patience, ProviderSession
from providers.servers.plex import PlexServer
from tests.contracts.media_server import Subject, VanishingContract, entries_of, items_of, library_called
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import EPOCH, Episode, Title, Track, World, make_world

QUICK = Patience(connect=2, read=2, overall=5, pause=0.01)


def open_server(plex: FakePlex, token: str | None = None) -> PlexServer:
    session = ProviderSession("Plex at home", QUICK)
    return PlexServer("plex1", "Plex at home", plex.url, plex.token if token is None else token, "client-1", session)


def fields(title: Title) -> dict[str, object]:
    """What must come back for a title of the fake, said independently of the mapping that is tested."""
    people = [(CreditRole.CAST, title.cast), (CreditRole.DIRECTOR, title.directors), (CreditRole.WRITER, title.writers)]
    pairs = [(role, n, who) for role, names in people for n, who in enumerate(names)]
    show = title.kind == "show"
    kind = MediaKind.SHOW if show else MediaKind.MOVIE
    ids = [guid.split("://") for guid in title.guids] + [["plex", f"{title.kind}/{int(title.key):024x}"]]
    return {
        "kind": kind,
        "title": title.title,
        "original_title": title.original_title or None,
        "year": title.year,
        "runtime": float(title.minutes),
        "overview": title.summary,
        "genres": tuple(title.genres),
        "credits": tuple(
            Credit(who[0], role, n, who[1]) if isinstance(who, tuple) else Credit(who, role, n)
            for role, n, who in pairs
        ),
        "countries": tuple(title.countries),
        "companies": (title.studio,),
        "collection": title.collection or None,
        "content_rating": title.content_rating,
        "vote_average": title.vote[1] if title.vote else None,
        "vote_count": None,
        "seasons": len({e.season for e in title.episodes}) if show else None,
        "episodes": len(title.episodes) if show else None,
        "external_ids": tuple(ExternalId(scheme, value) for scheme, value in ids),
        "files": () if show else (title.file,),
        "added_at": float(title.added_at),
        "viewing": Viewing(
            view_count=title.view_count or None,
            view_offset=title.view_offset / 60_000 or None,
            last_viewed_at=float(title.last_viewed_at) if title.last_viewed_at else None,
            rating=title.user_rating,
            watched_episodes=title.watched_episodes if show else None,
            unwatched=title.unwatched() if show else (),
        ),
    }


def track_fields(track: Track) -> dict[str, object]:
    """What must come back for a track of the fake."""
    album = track.album
    artist = track.artist or album.artist
    ids = [("musicbrainz", guid.removeprefix("mbid://")) for guid in track.guids]
    ids.append(("plex", f"track/{int(track.key):024x}"))
    return {
        "kind": MediaKind.TRACK,
        "title": track.title,
        "original_title": None,
        "artist": artist,
        "album": album.title,
        "track_number": track.number,
        "year": album.year,
        "runtime": track.seconds / 60,
        "genres": tuple(track.genres or album.genres),
        "moods": tuple(track.moods or album.moods),
        "styles": tuple(album.styles),
        "companies": (album.studio,),
        "credits": tuple(
            Credit(name, CreditRole.ARTIST, n) for n, name in enumerate(dict.fromkeys((artist, album.artist)))
        ),
        "external_ids": tuple(ExternalId(scheme, value) for scheme, value in ids),
        "files": (track.file,),
        "added_at": float(track.added_at),
        "viewing": Viewing(
            view_count=track.view_count or None,
            last_viewed_at=float(track.last_viewed_at) if track.last_viewed_at else None,
            rating=track.user_rating,
        ),
    }


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    with FakePlex(make_world(25, 7, tracks=70)) as server:
        yield server


class TestPlex(VanishingContract):
    @pytest.fixture
    def subject(self, plex: FakePlex) -> Subject:
        def change() -> tuple[str, str]:
            plex.world.touch("1003", summary="Another text.")
            return "Films", "1003"

        def remove() -> tuple[str, str]:
            plex.world.remove("1004")
            return "Films", "1004"

        def opened() -> MediaServer:
            return open_server(plex)

        world = plex.world
        expected = {
            "Films": {title.key: fields(title) for title in world.films},
            "Shows": {title.key: fields(title) for title in world.shows},
            "Music": {track.key: track_fields(track) for track in world.tracks},
        }
        return Subject(opened, expected, change, remove, plex.token)

    @pytest.mark.parametrize(
        "change",
        [
            {"user_rating": 9.0},
            {"user_rating": None},
            {"view_count": 8},
            {"view_offset": 60_000},
            {"last_viewed_at": EPOCH + 1},
        ],
    )
    def test_watching_and_rating_move_the_version(self, subject: Subject, plex: FakePlex, change: dict) -> None:
        plex.world.touch("1000", user_rating=4.0)
        before = {e.key: e.version for e in entries_of(subject.server(), "Films")}
        plex.world.touch("1000", **change)
        after = {e.key: e.version for e in entries_of(subject.server(), "Films")}
        assert {key for key in after if after[key] != before[key]} == {"1000"}

    def test_watching_an_episode_moves_the_version_and_the_names(self, subject: Subject, plex: FakePlex) -> None:
        server = subject.server()
        before = {e.key: e.version for e in entries_of(server, "Shows")}
        show = plex.world.touch("100000", episodes=[Episode("5", 1, 1, True), Episode("6", 0, 3), Episode("7", 12, 10)])
        changed = [e for e in entries_of(server, "Shows") if e.version != before[e.key]]
        plex.forget()
        items = items_of(server, "Shows", changed)
        assert items[show.key].viewing.unwatched == ("S00E03", "S12E10")
        assert items[show.key].viewing.watched_episodes == 1
        paths = [seen.path for seen in plex.requests]
        assert paths.count("/library/metadata/100000/allLeaves") == 1
        assert not [seen for seen in plex.requests if seen.query.get("type") == "4"]

    def test_every_poster_of_a_film_is_there_at_about_the_size_asked(self, subject: Subject) -> None:
        server = subject.server()
        item = items_of(server, "Films", entries_of(server, "Films"))["1000"]
        picture = server.poster(item.poster or "", 200, 300)
        assert picture is not None
        assert (int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")) == (200, 300)

    def test_a_server_that_cannot_scale_sends_the_poster_as_it_is(self, subject: Subject, plex: FakePlex) -> None:
        plex.can_scale = False
        picture = subject.server().poster(f"/library/metadata/1000/thumb/{EPOCH}", 200, 300)
        assert picture is not None
        assert int.from_bytes(picture[16:20], "big") == 400

    def test_the_play_target_opens_plexs_own_page_for_the_title(self, subject: Subject, plex: FakePlex) -> None:
        server = subject.server()
        assert server.play_target("1000", ()) is None
        server.libraries()
        page = "details?key=%2Flibrary%2Fmetadata%2F1000"
        assert server.play_target("1000", ()) == f"https://app.plex.tv/desktop/#!/server/{plex.world.machine}/{page}"

    def test_photographs_are_not_offered(self, subject: Subject) -> None:
        assert [library.kind for library in subject.server().libraries()] == [
            MediaKind.MOVIE,
            MediaKind.SHOW,
            MediaKind.TRACK,
        ]

    def test_tracks_that_come_and_go_and_change_are_seen(self, subject: Subject, plex: FakePlex) -> None:
        before = {e.key: e.version for e in entries_of(subject.server(), "Music")}
        plex.world.touch("1000003", user_rating=7.5)
        plex.world.touch("1000004", skip_count=9)
        plex.world.remove("1000005")
        after = {e.key: e.version for e in entries_of(subject.server(), "Music")}
        assert set(before) - set(after) == {"1000005"}
        assert {key for key in after if after[key] != before[key]} == {"1000003"}

    def test_albums_are_read_many_at_a_time_and_once(self, subject: Subject, plex: FakePlex) -> None:
        server = subject.server()
        entries = entries_of(server, "Music")
        plex.forget()
        items_of(server, "Music", entries)
        asked = [seen.path.rpartition("/")[2].split(",") for seen in plex.requests if "/metadata/" in seen.path]
        assert sorted(len(keys) for keys in asked) == [6, 70]
        again = subject.server()  # one that never saw the list asks only for the albums of what it reads
        assert items_of(again, "Music", entries[:2])["1000000"].styles == tuple(plex.world.albums[0].styles)

    def test_a_track_whose_album_cannot_be_had_comes_with_less(self, subject: Subject, plex: FakePlex) -> None:
        plex.world.albums.pop(0)
        server = subject.server()
        items = items_of(server, "Music", entries_of(server, "Music"))
        assert len(items) == 70
        assert (items["1000001"].genres, items["1000001"].year) == ((), 1960)
        assert items["1000013"].genres == tuple(plex.world.albums[0].genres)

    def test_the_token_goes_in_a_header_and_the_computers_name_does_not_go_at_all(
        self, subject: Subject, plex: FakePlex
    ) -> None:
        server = subject.server()
        server.identify()
        items_of(server, "Shows", entries_of(server, "Shows"))
        server.poster(f"/library/metadata/1000/thumb/{EPOCH}", 20, 30)
        assert not [seen.raw for seen in plex.requests if plex.token in seen.raw]
        assert {seen.headers["X-Plex-Client-Identifier"] for seen in plex.requests} == {"client-1"}
        assert {seen.headers["User-Agent"].split("/")[0] for seen in plex.requests} == {"Homereel"}
        host = os.uname().nodename
        assert not [value for seen in plex.requests for value in seen.headers.values() if host in value]
        identity = [seen for seen in plex.requests if seen.path == "/identity"]
        assert identity
        assert not [seen for seen in identity if "X-Plex-Token" in seen.headers]


@pytest.mark.parametrize("limit", [1, 7, 30])
def test_shorter_pages_than_asked_for_lose_nothing(limit: int) -> None:
    with FakePlex(make_world(60, 6), page_limit=limit) as plex:
        server = open_server(plex)
        for title, count in (("Films", 60), ("Shows", 6)):
            entries = entries_of(server, title)
            assert len({entry.key for entry in entries}) == count
            assert len(items_of(server, title, entries)) == count
        server.close()


@pytest.mark.parametrize("films", [0, 1, 499, 500, 501, 1000])
def test_a_server_that_never_says_the_total_is_read_to_the_end(films: int) -> None:
    with FakePlex(make_world(films), says_total=False) as plex:
        server = open_server(plex)
        assert len({entry.key for entry in entries_of(server, "Films")}) == films
        server.close()


def test_a_list_that_moves_while_it_is_read_is_read_again() -> None:
    with FakePlex(make_world(700)) as plex:
        pages = 0

        def watch(path: str) -> None:
            nonlocal pages
            pages += path.endswith("/all")
            if pages == 2 and path.endswith("/all"):
                plex.world.remove("1010")  # everything behind it moves up by one: 1500 would be missed

        server = open_server(plex)
        library = library_called(server, "Films")
        plex.watch = watch
        found = list(server.listing(library))
        keys = [entry.key for page in found for entry in page.entries]
        assert {title.key for title in plex.world.films} <= set(keys)
        assert len(keys) == len(set(keys))
        assert all(page.complete for page in found)
        server.close()


def test_a_list_that_never_stands_still_is_called_incomplete() -> None:
    with FakePlex(make_world(1200)) as plex:
        server = open_server(plex)
        library = library_called(server, "Films")
        plex.watch = lambda path: plex.world.films.pop(0) if path.endswith("/all") else None  # type: ignore[assignment]
        last = list(server.listing(library))[-1]
        assert not last.complete
        assert "changed while it was being read" in last.problems[0]
        server.close()


def test_plexapi_is_imported_only_when_a_server_is_asked_and_its_own_settings_stay_out() -> None:
    code = (
        "import os, sys, providers.servers.plex as p;"
        "assert 'plexapi' not in sys.modules;"
        "from providers.servers.plex_client import _plexapi; _plexapi();"
        "import plexapi;"
        "assert plexapi.CONFIG.get('plexapi.autoreload') == 'false', 'autoreload';"
        "assert plexapi.CONFIG_PATH == os.devnull;"
        "assert plexapi.CONFIG.get('auth.server_token') is None"
    )
    env = {**os.environ, "PLEXAPI_AUTH_SERVER_TOKEN": "somebody-elses", "PLEXAPI_LOG_SHOW_SECRETS": "true"}
    result = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_a_title_with_nothing_known_leaves_everything_unknown() -> None:
    bare = Title(key="7", kind="movie", title="Bare", minutes=0, has_poster=False)
    with FakePlex(World([bare], [])) as plex:
        server = open_server(plex)
        item = items_of(server, "Films", entries_of(server, "Films"))["7"]
        server.close()
    assert (item.title, item.year, item.runtime, item.overview, item.poster) == ("Bare", None, None, None, None)
    assert (item.genres, item.credits, item.collection, item.vote_average) == ((), (), None, None)
    assert item.viewing == Viewing()
