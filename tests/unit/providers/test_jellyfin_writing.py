"""What is written to Jellyfin is what comes back, and every write can be taken back to the last byte."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.progress import run
from library.writing import State, WritableServer, WriteKind, Written
from providers.servers.jellyfin import JellyfinServer
from tests.contracts.test_jellyfin import open_server
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import TICKS, Marks, Playlist, film_id, make_world, name_of, show_id, track_id, written

K = WriteKind


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(30, 6, 450)) as server:
        yield server


@pytest.fixture
def server(jellyfin: FakeJellyfin) -> Iterator[JellyfinServer]:
    opened = open_server(jellyfin)
    yield opened
    opened.close()


def write(server: JellyfinServer, kind: WriteKind, target: str, after: State | None) -> Written:
    return run(server.write(kind, target, server.state(kind, target), after))


def tracks(first: int, last: int) -> list[str]:
    return [track_id(number) for number in range(first, last)]


def test_it_can_be_written_to(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    assert isinstance(server, WritableServer)
    assert server.can_write() == {K.RATING, K.LIKED, K.WATCHED, K.PLAYLIST, K.COLLECTION}
    bert = open_server(jellyfin, "Bert")
    assert bert.can_write() == {K.RATING, K.LIKED, K.WATCHED, K.PLAYLIST}
    bert.close()
    jellyfin.world.person("Bert").collections = True
    bert = open_server(jellyfin, "Bert")
    assert K.COLLECTION in bert.can_write()
    bert.close()


MARKS = [
    Marks(),
    Marks(True, 3, 0, written(1_650_000_000), 7.5, True),
    Marks(False, 2, 20 * TICKS, written(1_650_000_001), 3.0),
    Marks(True, 1, 0, None),
    Marks(False, 1, 5 * TICKS, None, 10.0),
]


@pytest.mark.parametrize("before", MARKS)
@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (K.RATING, {"rating": 8.5}),
        (K.RATING, {"rating": 2.0, "likes": False}),
        (K.RATING, {"rating": None}),
        (K.LIKED, {"liked": True}),
        (K.LIKED, {"liked": False}),
        (K.WATCHED, {"watched": True}),
        (K.WATCHED, {"watched": False}),
    ],
)
def test_a_mark_is_written_and_taken_back(
    server: JellyfinServer, jellyfin: FakeJellyfin, before: Marks, kind: WriteKind, after: dict
) -> None:
    anna, film = jellyfin.world.person("Anna").id, film_id(2)
    jellyfin.world.marks[anna, film] = before
    there, state = jellyfin.world.dump(), server.state(kind, film)
    made = run(server.write(kind, film, state, after))
    assert made.target == film
    assert made.state == server.state(kind, film)
    assert made.state is not None
    name = next(iter(after))
    assert made.state[name] == after[name]
    run(server.write(kind, film, made.state, state))
    assert jellyfin.world.dump() == there


def test_a_like_follows_from_the_number_that_is_written(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    assert write(server, K.RATING, film_id(1), {"rating": 6.4, "likes": None}).state == {"rating": 6.4, "likes": False}
    assert write(server, K.RATING, film_id(1), {"rating": 8.5, "likes": True}).state == {"rating": 8.5, "likes": True}
    posted = [seen.body for seen in jellyfin.requests if seen.method == "POST"]
    assert posted == [b'{"Rating": 6.4}', b'{"Rating": 8.5}']


def test_what_is_written_is_the_users_own(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    write(server, K.RATING, film_id(1), {"rating": 8.5})
    bert = jellyfin.world.person("Bert").id
    assert not [user for (user, _), marks in jellyfin.world.marks.items() if user == bert and marks != Marks()]


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("watched", [True, False])
def test_a_show_is_marked_with_all_its_episodes_and_each_put_back(
    server: JellyfinServer, jellyfin: FakeJellyfin, number: int, watched: bool
) -> None:
    anna, show = jellyfin.world.person("Anna").id, show_id(number)
    half_seen = jellyfin.world.episodes(show)[3]
    jellyfin.world.marks[anna, half_seen.id] = Marks(False, 1, 7 * TICKS, written(1_650_000_000))
    there, state = jellyfin.world.dump(), server.state(K.WATCHED, show)
    made = run(server.write(K.WATCHED, show, state, {"watched": watched}))
    assert made.state is not None
    assert made.state["watched"] is watched
    assert {jellyfin.world.of(anna, episode.id).played for episode in jellyfin.world.episodes(show)} == {watched}
    run(server.write(K.WATCHED, show, made.state, state))
    assert jellyfin.world.dump() == there


@pytest.mark.parametrize("kind", [K.RATING, K.LIKED, K.WATCHED])
def test_an_entry_that_is_gone_has_no_state(server: JellyfinServer, kind: WriteKind) -> None:
    assert server.state(kind, name_of("nothing")) is None
    after = {K.RATING: {"rating": 7.0}, K.LIKED: {"liked": True}, K.WATCHED: {"watched": True}}[kind]
    with pytest.raises(ProviderError):
        run(server.write(kind, name_of("nothing"), None, after))


@pytest.mark.parametrize("lost", ["done, then 500", "done, then gone"])
@pytest.mark.parametrize(
    ("kind", "path", "after"),
    [
        (K.RATING, "/UserItems", {"rating": 9.5}),
        (K.LIKED, "/UserFavoriteItems", {"liked": True}),
        (K.WATCHED, "/UserPlayedItems", {"watched": True}),
    ],
)
def test_a_mark_whose_answer_is_lost_is_found_done(
    server: JellyfinServer, jellyfin: FakeJellyfin, lost: str, kind: WriteKind, path: str, after: dict
) -> None:
    jellyfin.fail(lost, path=path)
    made = write(server, kind, film_id(2), after)
    assert made.state is not None
    assert made.state[next(iter(after))] == next(iter(after.values()))
    assert len([seen for seen in jellyfin.requests if path in seen.path]) == 1


def test_a_mark_that_was_not_written_is_said(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    jellyfin.fail("status", path="/UserItems", status=500)
    there = jellyfin.world.dump()
    with pytest.raises(ProviderError, match="500"):
        write(server, K.RATING, film_id(2), {"rating": 9.5})
    assert jellyfin.world.dump() == there


# Lists


@pytest.mark.parametrize(("kind", "size"), [(K.PLAYLIST, 0), (K.PLAYLIST, 3), (K.PLAYLIST, 405), (K.COLLECTION, 205)])
def test_a_list_is_made_in_pieces_and_taken_back(
    server: JellyfinServer, jellyfin: FakeJellyfin, kind: WriteKind, size: int
) -> None:
    there, wanted = jellyfin.world.dump(), tracks(0, size)
    steps = list(steps_of(server.write(kind, "", None, {"title": "Homereel picks", "items": wanted})))
    made = server.lists(kind)[0]
    assert (made.title, made.size, made.fixed) == ("Homereel picks", size, False)
    state = server.state(kind, made.key)
    assert state is not None
    assert state["items"] == wanted
    assert len(steps) >= size / 100
    assert not state.get("public")
    asked = [seen for seen in jellyfin.requests if seen.method == "POST"]
    assert len(asked) == max(1, -(-size // 100))
    assert max(len(seen.raw) for seen in asked) < 4000
    done = run(server.write(kind, made.key, state, None))
    assert done == Written(made.key, None)
    assert server.state(kind, made.key) is None
    assert jellyfin.world.dump() == there


def steps_of(job: object) -> Iterator[object]:
    yield from job  # type: ignore[misc]


CHANGES = {
    "longer": tracks(0, 410),
    "the same": tracks(0, 150),
    "some taken out": tracks(3, 90),
    "another order": tracks(0, 150)[::-1],
    "one moved": [track_id(149), *tracks(0, 149)],
    "all others": tracks(200, 430),
    "empty": [],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("by_item", [True, False])
def test_a_playlist_is_changed_and_put_back_and_never_seen_half(
    server: JellyfinServer, jellyfin: FakeJellyfin, change: str, by_item: bool
) -> None:
    jellyfin.by_item = by_item
    old, wanted = tracks(0, 150), CHANGES[change]
    key = run(server.write(K.PLAYLIST, "", None, {"title": "Evening", "items": old})).target
    there, state = jellyfin.world.dump(), server.state(K.PLAYLIST, key)
    seen: list[list[str]] = []
    jellyfin.watch = lambda _: seen.append(jellyfin.world.playlists[key].items)
    made = run(server.write(K.PLAYLIST, key, state, {"title": "Late evening", "items": wanted}))
    assert made.target == key
    assert jellyfin.world.playlists[key].items == wanted
    assert jellyfin.world.playlists[key].title == "Late evening"
    assert [playlist.title for playlist in jellyfin.world.playlists.values()] == ["Late evening"]
    kept = set(old) & set(wanted)
    assert all(kept <= set(items) for items in seen)
    assert all(items for items in seen) or not wanted
    run(server.write(K.PLAYLIST, key, made.state, state))
    assert jellyfin.world.dump() == there


@pytest.mark.parametrize("wanted", [tracks(0, 30), tracks(10, 320), tracks(300, 310)])
def test_a_collection_is_changed_and_put_back_and_never_seen_empty(
    server: JellyfinServer, jellyfin: FakeJellyfin, wanted: list[str]
) -> None:
    key = run(server.write(K.COLLECTION, "", None, {"title": "Picks", "items": tracks(0, 150)})).target
    there, state = jellyfin.world.dump(), server.state(K.COLLECTION, key)
    sizes: list[int] = []
    jellyfin.watch = lambda _: sizes.append(len(jellyfin.world.collections[key].items))
    made = run(server.write(K.COLLECTION, key, state, {"items": wanted}))
    assert set(jellyfin.world.collections[key].items) == set(wanted)
    assert min(sizes) > 0
    run(server.write(K.COLLECTION, key, made.state, state))
    assert jellyfin.world.dump() == there


def test_a_collection_cannot_be_renamed(server: JellyfinServer) -> None:
    key = run(server.write(K.COLLECTION, "", None, {"title": "Picks", "items": tracks(0, 3)})).target
    with pytest.raises(ProviderReplyError, match="another name"):
        write(server, K.COLLECTION, key, {"title": "Others"})


def test_a_deleted_playlist_comes_back_with_those_who_see_it(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    anna, bert = (jellyfin.world.person(name).id for name in ("Anna", "Bert"))
    shares = [{"UserId": bert, "CanEdit": True}]
    entries = [(key, key) for key in tracks(0, 120)]
    jellyfin.world.playlists["a" * 32] = Playlist("a" * 32, "Ours", anna, entries, True, shares)
    there, state = jellyfin.world.dump(), server.state(K.PLAYLIST, "a" * 32)
    run(server.write(K.PLAYLIST, "a" * 32, state, None))
    run(server.write(K.PLAYLIST, "", None, state))
    assert jellyfin.world.dump() == there


@pytest.mark.parametrize("lost", ["done, then 500", "done, then gone"])
@pytest.mark.parametrize("nth", range(4))
@pytest.mark.parametrize("kind", [K.PLAYLIST, K.COLLECTION])
def test_a_list_is_made_once_though_an_answer_is_lost(
    server: JellyfinServer, jellyfin: FakeJellyfin, lost: str, nth: int, kind: WriteKind
) -> None:
    wanted, posts = tracks(0, 350), 0

    def lose(path: str) -> None:
        nonlocal posts
        posts += jellyfin.requests[-1].method == "POST"
        if posts == nth + 1 and not jellyfin.faults:
            jellyfin.fail(lost, times=1)

    jellyfin.watch = lose
    made = run(server.write(kind, "", None, {"title": "Picks", "items": wanted}))
    jellyfin.watch = None
    assert [found.key for found in server.lists(kind)] == [made.target]
    assert made.state is not None
    assert made.state["items"] == wanted


@pytest.mark.parametrize("kind", [K.PLAYLIST, K.COLLECTION])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_list_that_cannot_be_filled_is_not_left_half(
    server: JellyfinServer, jellyfin: FakeJellyfin, kind: WriteKind, after: int
) -> None:
    there = jellyfin.world.dump()
    path = "/Playlists" if kind is K.PLAYLIST else "/Collections"
    posts = 0

    def refuse(_: str) -> None:
        nonlocal posts
        seen = jellyfin.requests[-1]
        posts += seen.method == "POST"
        jellyfin.recover()
        if seen.method == "POST" and posts > after:
            jellyfin.fail("status", path=path, status=500)

    jellyfin.watch = refuse
    with pytest.raises(ProviderError):
        run(server.write(kind, "", None, {"title": "Picks", "items": tracks(0, 350)}))
    assert jellyfin.world.dump() == there


def test_a_list_that_is_given_up_half_way_is_not_left_half(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    there = jellyfin.world.dump()
    job = server.write(K.PLAYLIST, "", None, {"title": "Picks", "items": tracks(0, 350)})
    for _ in range(3):
        next(job)
    assert jellyfin.world.playlists
    job.close()
    assert jellyfin.world.dump() == there


@pytest.mark.parametrize("change", ["longer", "some taken out", "another order", "all others"])
def test_a_playlist_that_the_server_does_not_take_is_as_it_was(
    server: JellyfinServer, jellyfin: FakeJellyfin, change: str
) -> None:
    key = run(server.write(K.PLAYLIST, "", None, {"title": "Evening", "items": tracks(0, 150)})).target
    there, state = jellyfin.world.dump(), server.state(K.PLAYLIST, key)
    wanted = [*CHANGES[change], "b" * 32]  # an entry that is not there
    with pytest.raises(ProviderReplyError, match="put back"):
        run(server.write(K.PLAYLIST, key, state, {"items": wanted}))
    assert jellyfin.world.dump() == there


def test_what_is_left_of_a_change_that_was_cut_off_is_cleared_away(
    server: JellyfinServer, jellyfin: FakeJellyfin
) -> None:
    key = run(server.write(K.PLAYLIST, "", None, {"title": "Evening", "items": tracks(0, 5)})).target
    run(server.write(K.PLAYLIST, "", None, {"title": "Evening (being written by Homereel)", "items": tracks(0, 2)}))
    write(server, K.PLAYLIST, key, {"items": tracks(5, 9)})
    assert [found.title for found in server.lists(K.PLAYLIST)] == ["Evening"]


def test_the_lists_of_others_are_fixed_and_refused(server: JellyfinServer, jellyfin: FakeJellyfin) -> None:
    made = run(server.write(K.PLAYLIST, "", None, {"title": "Anna's", "items": tracks(0, 5), "public": True}))
    bert = open_server(jellyfin, "Bert")
    assert [(found.title, found.fixed) for found in bert.lists(K.PLAYLIST)] == [("Anna's", True)]
    there = jellyfin.world.dump()
    for after in ({"items": tracks(0, 6)}, {"items": tracks(3, 6)}, None):
        with pytest.raises(ProviderDenied):
            write(bert, K.PLAYLIST, made.target, after)
    with pytest.raises(ProviderDenied):
        run(bert.write(K.COLLECTION, "", None, {"title": "Bert's", "items": tracks(0, 2)}))
    bert.close()
    assert jellyfin.world.dump() == there


@pytest.mark.parametrize("kind", [K.PLAYLIST, K.COLLECTION])
def test_what_is_no_list_is_never_deleted(server: JellyfinServer, jellyfin: FakeJellyfin, kind: WriteKind) -> None:
    run(server.write(kind, film_id(1), {"title": "A film", "items": []}, None))
    assert film_id(1) in jellyfin.world.things
    assert not [seen for seen in jellyfin.requests if seen.method == "DELETE"]


def test_a_watchlist_is_refused_with_a_way_out(server: JellyfinServer) -> None:
    assert server.state(K.WATCHLIST, film_id(1)) is None
    assert server.lists(K.WATCHLIST) == ()
    with pytest.raises(ProviderReplyError, match="playlist"):
        run(server.write(K.WATCHLIST, film_id(1), None, {"listed": True}))
