"""Writing to a Subsonic server: everything is read back, and a playlist is never half written under its own name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.progress import run
from library.settings import SourceSettings
from library.write_states import UNFINISHED
from library.writing import State, WriteKind, Written
from providers.http import Patience, ProviderSession
from providers.servers.subsonic import SubsonicServer
from providers.servers.subsonic_writing import CHUNK
from tests.fakes.subsonic import PASSWORD, USER, FakeSubsonic
from tests.fakes.subsonic_world import make_world

QUICK = Patience(connect=1, read=1, overall=3, pause=0.01)
KEYS = [f"so-{1000 + number}" for number in range(200)]


@pytest.fixture
def fake() -> Iterator[FakeSubsonic]:
    with FakeSubsonic(world=make_world(200)) as server:
        yield server


@pytest.fixture
def server(fake: FakeSubsonic) -> Iterator[SubsonicServer]:
    opened = open_server(fake)
    yield opened
    opened.close()


def open_server(fake: FakeSubsonic) -> SubsonicServer:
    source = SourceSettings(id="s", kind="subsonic", name="Navidrome", url=fake.url, user=USER, sign_in="password")
    return SubsonicServer(source, PASSWORD, ProviderSession("Navidrome", QUICK))


def write(server: SubsonicServer, kind: WriteKind, target: str, after: State | None) -> Written:
    before = server.state(kind, target) if target else None
    return run(server.write(kind, target, before, after))


def create(server: SubsonicServer, keys: list[str], **more: object) -> Written:
    return write(server, WriteKind.PLAYLIST, "", {"title": "Evening", "items": keys, **more})


def names(fake: FakeSubsonic) -> list[str]:
    return sorted(one.name for one in fake.world.playlists.values())


def always_whole(fake: FakeSubsonic, key: str, *wholes: list[str]) -> None:
    """Look at a list before each answer: it must hold one of these completely, from its beginning or to its end."""

    def look(_path: str) -> None:
        songs = fake.world.playlists[key].songs
        assert any(songs[: len(whole)] == whole or songs[-len(whole) :] == whole for whole in wholes), len(songs)

    fake.watch = look


@pytest.mark.parametrize(("value", "stars"), [(10.0, 5), (9.0, 5), (8.4, 4), (5.0, 3), (1.0, 1), (None, 0)])
def test_a_rating_is_written_in_whole_stars_and_read_back(
    server: SubsonicServer, fake: FakeSubsonic, value: float | None, stars: int
) -> None:
    fake.world.of(USER, KEYS[0]).stars = 2
    written = write(server, WriteKind.RATING, KEYS[0], {"rating": value})
    assert fake.world.of(USER, KEYS[0]).stars == stars
    assert written.state == {"rating": stars * 2.0 or None}


@pytest.mark.parametrize("kind", [WriteKind.RATING, WriteKind.LIKED])
def test_what_was_written_is_undone_to_the_byte(server: SubsonicServer, fake: FakeSubsonic, kind: WriteKind) -> None:
    did = fake.world.of(USER, KEYS[3])
    did.stars, did.starred = 4, 7.0
    dump = fake.dump()
    before = server.state(kind, KEYS[3])
    after = {"rating": 2.0} if kind is WriteKind.RATING else {"liked": False}
    written = run(server.write(kind, KEYS[3], before, after))
    assert written.state == after
    assert fake.dump() != dump
    assert run(server.write(kind, KEYS[3], written.state, before)).state == before
    assert fake.dump() == dump


@pytest.mark.parametrize("fault", ["after effect", "reset after effect"])
@pytest.mark.parametrize(
    ("kind", "after", "method"),
    [(WriteKind.RATING, {"rating": 8.0}, "setRating"), (WriteKind.LIKED, {"liked": True}, "star")],
)
def test_a_failure_after_the_effect_is_none(
    server: SubsonicServer, fake: FakeSubsonic, fault: str, kind: WriteKind, after: State, method: str
) -> None:
    fake.world.did.clear()
    fake.fail(fault, path=f"/{method}")
    assert write(server, kind, KEYS[0], after).state == after
    assert len([seen for seen in fake.requests if f"/{method}." in seen.path]) == 1


def test_a_failure_without_effect_is_one(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.fail("status", path="/setRating")
    with pytest.raises(ProviderReplyError):
        write(server, WriteKind.RATING, KEYS[0], {"rating": 8.0})


def test_a_success_without_effect_is_a_failure(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.world.did.clear()
    fake.rest_setRating = lambda question: {}  # type: ignore[method-assign]
    with pytest.raises(ProviderReplyError, match="did something else"):
        write(server, WriteKind.RATING, KEYS[0], {"rating": 8.0})


def test_a_song_that_is_gone_has_no_state(server: SubsonicServer) -> None:
    assert server.state(WriteKind.RATING, "so-9") is None
    assert server.state(WriteKind.LIKED, "so-9") is None
    assert server.state(WriteKind.PLAYLIST, "pl-9") is None


def test_what_cannot_be_undone_is_not_offered(server: SubsonicServer) -> None:
    assert server.can_write() == {WriteKind.RATING, WriteKind.LIKED, WriteKind.PLAYLIST}
    for kind in (WriteKind.WATCHED, WriteKind.COLLECTION, WriteKind.WATCHLIST):
        with pytest.raises(ProviderDenied):
            server.state(kind, KEYS[0])
        with pytest.raises(ProviderDenied):
            run(server.write(kind, KEYS[0], None, {}))
    assert server.lists(WriteKind.COLLECTION) == ()


@pytest.mark.parametrize("says", [True, False], ids=["says what it made", "says nothing"])
@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1, 200])
def test_a_playlist_is_created_in_chunks_and_counted(
    server: SubsonicServer, fake: FakeSubsonic, count: int, says: bool
) -> None:
    fake.says_playlist = says
    keys = KEYS[:count][::-1]
    written = create(server, keys, summary="From Homereel")
    made = fake.world.playlists[written.target]
    assert (made.name, made.comment, made.songs) == ("Evening", "From Homereel", keys)
    assert written.state == {"title": "Evening", "items": keys, "summary": "From Homereel", "public": False}
    assert names(fake) == ["Evening"]
    bodies = [seen.body.count(b"songId") for seen in fake.requests]
    assert max(bodies) <= CHUNK


def test_a_list_has_its_own_name_only_when_it_is_whole(server: SubsonicServer, fake: FakeSubsonic) -> None:
    seen: list[tuple[str, int]] = []
    fake.watch = lambda _path: seen.extend((one.name, len(one.songs)) for one in fake.world.playlists.values())
    create(server, KEYS)
    assert {count for name, count in seen if name == "Evening"} == {200}
    assert {count for name, count in seen if name != "Evening"} == {45, 90, 135, 180, 200}


@pytest.mark.parametrize("method", ["createPlaylist", "updatePlaylist"])
@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("fault", ["after effect", "reset after effect"])
def test_a_failure_after_the_effect_makes_no_second_list(
    server: SubsonicServer, fake: FakeSubsonic, method: str, after: int, fault: str
) -> None:
    fake.fail(fault, path=method, after=after, times=1)
    written = create(server, KEYS)
    assert fake.world.playlists[written.target].songs == KEYS
    assert names(fake) == ["Evening"]


def test_a_server_that_refuses_half_way_keeps_nothing(server: SubsonicServer, fake: FakeSubsonic) -> None:
    dump = fake.dump()
    fake.fail("code", path="updatePlaylist", after=2, status=0)
    with pytest.raises(ProviderReplyError):
        create(server, KEYS)
    assert fake.dump() == dump


def test_a_write_that_is_given_up_keeps_nothing(server: SubsonicServer, fake: FakeSubsonic) -> None:
    dump = fake.dump()
    job = server.write(WriteKind.PLAYLIST, "", None, {"title": "Evening", "items": KEYS})
    for _ in range(3):
        next(job)
    assert fake.dump() != dump
    job.close()
    assert fake.dump() == dump


def test_a_write_that_was_cut_off_is_finished_by_the_next(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.fail("reset", path="/rest/", after=7)
    with pytest.raises(ProviderError):
        create(server, KEYS)
    assert names(fake) == [f"Evening ({UNFINISHED})"]
    half = next(iter(fake.world.playlists.values()))
    assert 0 < len(half.songs) < 200
    fake.recover()
    again = open_server(fake)
    written = create(again, KEYS)
    again.close()
    assert written.target == half.key
    assert names(fake) == ["Evening"]
    assert half.songs == KEYS


def test_what_was_left_of_another_write_is_cleared_away(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.world.add_playlist(f"Evening ({UNFINISHED})", USER, KEYS[5:9])
    others = fake.world.add_playlist(f"Evening ({UNFINISHED})", "bob", KEYS[5:9], public=True)
    create(server, KEYS)
    assert names(fake) == ["Evening", others.name]


@pytest.mark.parametrize(
    "new",
    [KEYS[::-1], KEYS[:3], KEYS[50:150], KEYS[1:] + KEYS[:1], []],
    ids=["turned", "few", "middle", "moved", "none"],
)
def test_a_list_that_is_replaced_is_never_empty_or_half(
    server: SubsonicServer, fake: FakeSubsonic, new: list[str]
) -> None:
    old = KEYS[:100]
    made = fake.world.add_playlist("Evening", USER, old, comment="mine")
    always_whole(fake, made.key, old, new)
    written = write(server, WriteKind.PLAYLIST, made.key, {"items": new})
    assert made.songs == new
    assert written.target == made.key
    assert written.state is not None
    assert written.state["items"] == new
    assert (made.name, made.comment) == ("Evening", "mine")
    assert names(fake) == ["Evening"]


def test_more_songs_go_behind_what_is_there(server: SubsonicServer, fake: FakeSubsonic) -> None:
    made = fake.world.add_playlist("Evening", USER, KEYS[:100])
    write(server, WriteKind.PLAYLIST, made.key, {"items": KEYS})
    assert made.songs == KEYS
    assert not [seen for seen in fake.requests if b"songIndexToRemove" in seen.body or "createPlaylist" in seen.path]


@pytest.mark.parametrize("after", range(0, 12, 2))
@pytest.mark.parametrize("kind", ["code", "after effect"])
def test_a_replacement_that_fails_on_the_way_leaves_what_was_there_or_the_whole_of_the_new(
    server: SubsonicServer, fake: FakeSubsonic, kind: str, after: int
) -> None:
    made = fake.world.add_playlist("Evening", USER, KEYS[:100])
    dump = fake.dump()
    fake.fail(kind, path="updatePlaylist", status=0, after=after, times=2)
    try:
        write(server, WriteKind.PLAYLIST, made.key, {"items": KEYS[::-1]})
    except ProviderError:
        assert fake.dump() == dump
    else:
        assert made.songs == KEYS[::-1]
        assert names(fake) == ["Evening"]


def test_a_replacement_that_is_given_up_is_put_back(server: SubsonicServer, fake: FakeSubsonic) -> None:
    made = fake.world.add_playlist("Evening", USER, KEYS[:100])
    dump = fake.dump()
    steps = 0
    for stop in range(1, 13):
        job = server.write(WriteKind.PLAYLIST, made.key, None, {"items": KEYS[::-1]})
        for _ in range(stop):
            next(job)
            steps += 1
        job.close()
        assert fake.dump() == dump
    assert steps == 78


def test_a_server_that_takes_no_song_twice_is_found_out_by_the_count(
    server: SubsonicServer, fake: FakeSubsonic
) -> None:
    fake.no_twice = True
    made = fake.world.add_playlist("Evening", USER, KEYS[:4])
    dump = fake.dump()
    with pytest.raises(ProviderReplyError, match="keeps 4 entries"):
        write(server, WriteKind.PLAYLIST, made.key, {"items": [*KEYS[:4], KEYS[0]]})
    assert fake.dump() == dump


def test_name_comment_and_who_sees_it_are_changed_alone(server: SubsonicServer, fake: FakeSubsonic) -> None:
    made = fake.world.add_playlist("Evening", USER, KEYS[:4], comment="old")
    before = server.state(WriteKind.PLAYLIST, made.key)
    dump = fake.dump()
    write(server, WriteKind.PLAYLIST, made.key, {"title": "Night", "summary": "", "public": True})
    assert (made.name, made.comment, made.public, made.songs) == ("Night", "", True, KEYS[:4])
    run(server.write(WriteKind.PLAYLIST, made.key, None, before))
    assert fake.dump() == dump


def test_a_list_is_deleted_and_made_again_as_it_was(server: SubsonicServer, fake: FakeSubsonic) -> None:
    made = fake.world.add_playlist("Evening", USER, KEYS[:60], comment="mine", public=True)
    dump = fake.dump()
    before = server.state(WriteKind.PLAYLIST, made.key)
    assert run(server.write(WriteKind.PLAYLIST, made.key, before, None)).state is None
    assert fake.world.playlists == {}
    written = run(server.write(WriteKind.PLAYLIST, "", None, before))
    assert written.state == before
    assert fake.dump() == dump


def test_lists_say_how_long_they_are_and_which_are_somebody_elses(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.world.add_playlist("Evening", USER, KEYS[:4])
    fake.world.add_playlist("Bob's", "bob", KEYS[:2], public=True)
    fake.world.add_playlist("By rule", USER, KEYS[:3], readonly=True)
    found = {one.title: (one.size, one.fixed) for one in server.lists(WriteKind.PLAYLIST)}
    assert found == {"Evening": (4, False), "Bob's": (2, True), "By rule": (3, True)}


def test_somebody_elses_list_is_not_written(server: SubsonicServer, fake: FakeSubsonic) -> None:
    theirs = fake.world.add_playlist("Bob's", "bob", KEYS[:2], public=True)
    dump = fake.dump()
    with pytest.raises(ProviderDenied):
        write(server, WriteKind.PLAYLIST, theirs.key, {"items": KEYS[:3]})
    assert fake.dump() == dump
