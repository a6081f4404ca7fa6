"""Subsonic keeps the contract of media servers, spoken to over real HTTP: as OpenSubsonic, and as an old server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from library.errors import ProviderReplyError
from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.settings import SignIn, SourceSettings
from library.sources import KnowsSound, MediaServer, Streams
from library.writing import WritableServer
from providers.http import Patience, ProviderSession
from providers.servers.subsonic import SubsonicServer
from tests.contracts.media_server import Subject, VanishingContract, entries_of, items_of, library_called
from tests.fakes.subsonic import KEY, PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import EPOCH, Song, World, make_world

QUICK = Patience(connect=2, read=2, overall=5, pause=0.01)


def source_of(server: FakeSubsonic, sign_in: SignIn = "password") -> SourceSettings:
    return SourceSettings(id="s", kind="subsonic", name="Navidrome", url=server.url, user=USER, sign_in=sign_in)


def open_server(server: FakeSubsonic, sign_in: SignIn = "password", secret: str = "") -> SubsonicServer:
    secret = secret or (KEY if sign_in == "api key" else PASSWORD)
    return SubsonicServer(source_of(server, sign_in), secret, ProviderSession("Navidrome", QUICK))


def fields(world: World, song: Song, *, open: bool) -> dict[str, object]:
    """What must come back for a song of the fake, said independently of the mapping that is tested."""
    did = world.of(USER, song.key)
    artists = [Credit(song.artist, CreditRole.ARTIST)] if song.artist else []
    writers = [Credit(name, CreditRole.WRITER) for name in song.writers] if open else []
    return {
        "kind": MediaKind.TRACK,
        "title": song.title,
        "artist": song.artist or None,
        "album": song.album or None,
        "track_number": song.track or None,
        "year": song.year or None,
        "runtime": song.seconds / 60 or None,
        "genres": song.genres if open else song.genres[:1],
        "moods": song.moods if open else (),
        "credits": tuple(artists + writers),
        "external_ids": (ExternalId("musicbrainz", song.musicbrainz),) if open and song.musicbrainz else (),
        "poster": song.cover or None,
        "files": (f"/{song.path}",),
        "added_at": song.created or None,
        "viewing": Viewing(
            view_count=did.plays,
            last_viewed_at=(did.played or None) if open else None,
            rating=did.stars * 2.0 or None,
            favourite=bool(did.starred),
        ),
    }


class SubsonicContract(VanishingContract):
    """What holds for servers old and new."""

    open = True

    @pytest.fixture
    def fake(self) -> Iterator[FakeSubsonic]:
        raise NotImplementedError

    @pytest.fixture
    def subject(self, fake: FakeSubsonic) -> Subject:
        def change() -> tuple[str, str]:
            fake.world.touch("so-1003", title="Another title")
            return "Music", "so-1003"

        def remove() -> tuple[str, str]:
            fake.world.remove("so-1004")
            return "Music", "so-1004"

        def opened() -> MediaServer:
            return open_server(fake, "password" if self.open else "legacy password")

        expected = {"Music": {song.key: fields(fake.world, song, open=self.open) for song in fake.world.songs}}
        return Subject(opened, expected, change, remove, PASSWORD)

    @pytest.mark.parametrize("change", [{"stars": 4}, {"stars": 0}, {"starred": EPOCH + 1.0}, {"plays": 99}])
    def test_hearing_rating_and_starring_move_the_version(
        self, subject: Subject, fake: FakeSubsonic, change: dict[str, float]
    ) -> None:
        did = fake.world.of(USER, "so-1000")
        did.stars, did.starred, did.plays = 2, 0.0, 5
        before = {e.key: e.version for e in entries_of(subject.server(), "Music")}
        for name, value in change.items():
            setattr(did, name, value)
        after = {e.key: e.version for e in entries_of(subject.server(), "Music")}
        assert {key for key in after if after[key] != before[key]} == {"so-1000"}

    def test_what_somebody_else_did_is_not_ours(self, subject: Subject, fake: FakeSubsonic) -> None:
        before = entries_of(subject.server(), "Music")
        fake.world.of("bob", "so-1000").stars = 1
        assert entries_of(subject.server(), "Music") == before

    def test_the_songs_of_a_listing_are_not_asked_for_again(self, subject: Subject, fake: FakeSubsonic) -> None:
        server = subject.server()
        library = library_called(server, "Music")
        entries = [entry for page in server.listing(library) for entry in page.entries]
        fake.forget()
        assert sum(len(batch.items) for batch in server.items(library, entries)) == len(entries)
        assert fake.requests == []

    def test_many_songs_asked_for_without_a_listing_are_listed_once(self, subject: Subject, fake: FakeSubsonic) -> None:
        library = library_called(subject.server(), "Music")
        entries = entries_of(subject.server(), "Music")
        fake.forget()
        server = subject.server()
        assert sum(len(batch.items) for batch in server.items(library, entries)) == len(entries)
        assert not [seen.path for seen in fake.requests if "getSong" in seen.path]

    def test_it_fits_what_may_be_done_with_it(self, subject: Subject) -> None:
        server = subject.server()
        assert isinstance(server, Streams)
        assert isinstance(server, KnowsSound)
        assert isinstance(server, WritableServer)

    def test_no_credentials_are_in_an_address(self, subject: Subject, fake: FakeSubsonic) -> None:
        server = subject.server()
        server.identify()
        items_of(server, "Music", entries_of(server, "Music"))
        server.poster("al-1", 20, 30)
        asked = [seen for seen in fake.requests if seen.method == "GET"]
        assert {tuple(sorted(seen.query)) for seen in asked} == {("c", "f", "v")}
        assert {seen.headers["User-Agent"].split("/")[0] for seen in fake.requests} == {"Homereel"}
        assert fake.most_in_flight == 1


class TestOpenSubsonic(SubsonicContract):
    @pytest.fixture
    def fake(self) -> Iterator[FakeSubsonic]:
        with FakeSubsonic(world=make_world(60)) as server:
            yield server

    def test_a_cover_comes_at_the_size_asked(self, subject: Subject) -> None:
        picture = subject.server().poster("al-1", 200, 300)
        assert picture is not None
        assert int.from_bytes(picture[16:20], "big") == 300


class TestOldServer(SubsonicContract):
    """A server as old as supysonic: no OpenSubsonic, no tokens, no scan status, and a search that finds nothing for nothing."""

    open = False

    @pytest.fixture
    def fake(self) -> Iterator[FakeSubsonic]:
        with FakeSubsonic(
            world=make_world(60), open=False, version="1.12.0", extensions=(), accepts=("password",), finds_all=False
        ) as server:
            yield server


@pytest.mark.parametrize("limit", [1, 7, 30])
def test_shorter_pages_than_asked_for_lose_nothing(limit: int) -> None:
    with FakeSubsonic(world=make_world(45), page_limit=limit) as fake:
        server = open_server(fake)
        assert len({entry.key for entry in entries_of(server, "Music")}) == 45
        server.close()


@pytest.mark.parametrize("songs", [0, 1, 499, 500, 501, 1000])
def test_a_list_is_read_to_its_end_whatever_its_length(songs: int) -> None:
    with FakeSubsonic(world=make_world(songs)) as fake:
        server = open_server(fake)
        assert len({entry.key for entry in entries_of(server, "Music")}) == songs
        server.close()


def test_several_folders_are_several_libraries_and_films_stay_out() -> None:
    world = make_world(30)
    world.folders = {"1": "Music", "7": "Audiobooks"}
    for song in world.songs[10:]:
        song.folder = "7"
    world.songs[0].video = True
    with FakeSubsonic(world=world) as fake:
        server = open_server(fake)
        assert len(entries_of(server, "Music")) == 9
        assert len(entries_of(server, "Audiobooks")) == 20
        server.close()


def test_an_album_in_two_folders_of_an_old_server_gives_each_song_once() -> None:
    world = make_world(24)
    world.folders = {"1": "Music", "7": "Audiobooks"}
    for song in world.songs[6:]:
        song.folder = "7"
    with FakeSubsonic(world=world, open=False, version="1.15.0", extensions=(), finds_all=False) as fake:
        server = open_server(fake)
        for _ in range(2):
            first, second = entries_of(server, "Music"), entries_of(server, "Audiobooks")
            assert not {entry.key for entry in first} & {entry.key for entry in second}
            assert {entry.key for entry in first + second} == {song.key for song in world.songs}
        server.close()


def test_a_list_that_moves_while_it_is_read_is_read_again() -> None:
    with FakeSubsonic(world=make_world(700)) as fake:
        pages = 0

        def watch(path: str) -> None:
            nonlocal pages
            pages += "search3" in path
            if pages == 2 and "search3" in path:
                fake.world.remove("so-1010")  # everything behind it moves up by one: one song would be missed

        server = open_server(fake)
        library = library_called(server, "Music")
        fake.watch = watch
        found = list(server.listing(library))
        keys = [entry.key for page in found for entry in page.entries]
        assert {song.key for song in fake.world.songs} <= set(keys)
        assert len(keys) == len(set(keys))
        assert all(page.complete for page in found)
        server.close()


def test_a_server_that_is_looking_through_its_files_is_not_believed_to_have_lost_any() -> None:
    with FakeSubsonic(world=make_world(20)) as fake:
        fake.world.scanning = True
        server = open_server(fake)
        last = list(server.listing(library_called(server, "Music")))[-1]
        assert not last.complete
        assert last.problems[0].startswith("The server is looking through its own files")
        server.close()


@pytest.mark.parametrize("code", [0, 10])
def test_an_old_server_that_refuses_to_search_for_nothing_is_read_by_album(code: int) -> None:
    with FakeSubsonic(world=make_world(30), open=False, version="1.15.0", extensions=()) as fake:
        fake.fail("code", path="search3", status=code)
        server = open_server(fake)
        assert len(entries_of(server, "Music")) == 30
        server.close()
        assert len([seen for seen in fake.requests if "search3" in seen.path]) == 1


def test_a_folder_that_is_gone_is_not_asked_for_in_small_bites() -> None:
    with FakeSubsonic(world=make_world(30)) as fake:
        server = open_server(fake)
        library = library_called(server, "Music")
        fake.fail("code", path="search3", status=70)
        with pytest.raises(ProviderReplyError):
            list(server.listing(library))
        server.close()
        assert len([seen for seen in fake.requests if "search3" in seen.path]) == 1


def test_a_file_that_lies_on_this_computer_is_opened_here(tmp_path: Path) -> None:
    with FakeSubsonic(world=make_world(3)) as fake:
        song = fake.world.songs[0]
        file = tmp_path / song.path
        file.parent.mkdir(parents=True)
        file.write_bytes(fake.sound)
        source = replace(source_of(fake), path_maps=(f"/={tmp_path}",))
        server = SubsonicServer(source, PASSWORD, ProviderSession("Navidrome", QUICK))
        items = items_of(server, "Music", entries_of(server, "Music"))
        targets = {key: server.play_target(key, item.files) for key, item in items.items()}
        server.close()
    assert targets == {"so-1000": str(file), "so-1001": None, "so-1002": None}


def test_a_song_that_breaks_the_server_is_skipped_and_the_rest_is_read() -> None:
    with FakeSubsonic(world=make_world(120)) as fake:
        server = open_server(fake)
        library = library_called(server, "Music")
        usual = fake.rest_search3

        def broken(question):
            first, count = int(question.one("songOffset")), int(question.one("songCount"))
            if first <= 50 < first + count:
                return fake._failed(0, "cannot scan NULL into a string")
            return usual(question)

        fake.rest_search3 = broken  # type: ignore[method-assign]
        pages = list(server.listing(library))
        keys = {entry.key for page in pages for entry in page.entries}
        assert keys == {song.key for song in fake.world.songs} - {"so-1050"}
        assert not pages[-1].complete
        assert "One part of Music" in pages[-1].problems[0]
        server.close()


def test_a_song_with_nothing_known_leaves_everything_unknown() -> None:
    with FakeSubsonic(world=World([Song("7", "Bare")])) as fake:
        server = open_server(fake)
        item = items_of(server, "Music", entries_of(server, "Music"))["7"]
        server.close()
    assert (item.title, item.artist, item.album, item.year, item.runtime, item.poster) == ("Bare", *[None] * 5)
    assert (item.genres, item.moods, item.credits, item.external_ids, item.track_number) == ((), (), (), (), None)
    assert item.viewing == Viewing(view_count=0, favourite=False)


@pytest.mark.parametrize("sign_in", [way for way in get_args(SignIn) if way != "token"])
@pytest.mark.parametrize("forms", [True, False])
def test_every_way_to_sign_in_works_with_and_without_forms(sign_in: SignIn, forms: bool) -> None:
    listed = ("formPost", "apiKeyAuthentication") if forms else ("apiKeyAuthentication",)
    with FakeSubsonic(world=make_world(5), extensions=listed, reads_forms=forms) as fake:
        server = open_server(fake, sign_in)
        assert server.identify().version == "0.58.0"
        assert len(entries_of(server, "Music")) == 5
        server.close()


def test_the_salt_is_another_one_in_every_request() -> None:
    with FakeSubsonic(world=make_world(5)) as fake:
        server = open_server(fake)
        server.identify()
        entries_of(server, "Music")
        server.close()
        bodies = [seen.body.decode() for seen in fake.requests if seen.method == "POST"]
    salts = {part for body in bodies for part in body.split("&") if part.startswith("s=")}
    assert len(salts) == len(bodies) >= 4
    assert not [body for body in bodies if PASSWORD in body or "p=" in body.split("&")]
