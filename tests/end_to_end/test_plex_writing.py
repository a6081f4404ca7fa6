"""Writing to a Plex server over real HTTP: what was written is there, undoing restores everything, and faults lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from library.errors import ProviderDenied, ProviderError, ProviderReplyError, ProviderUnavailable
from library.progress import run
from library.writing import State, WritableServer, WriteKind, Written
from providers.http import Patience, ProviderSession
from providers.servers.plex import PlexServer
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import Episode, PlexList, View, World, make_world

QUICK = Patience(connect=2, read=2, overall=5, pause=0.01)
GUEST = "a-Guests-token-77"
FILM, OTHER, SHOW, TRACK = "1001", "1002", "100002", "1000001"


@pytest.fixture
def plex() -> Iterator[FakePlex]:
    world = make_world(80, 4, tracks=24)
    world.shows[2].episodes = [Episode(f"77{n}", 1, n, n % 3, 5000 * (n == 4)) for n in range(1, 9)]
    with FakePlex(world, guests={GUEST: "4711"}) as server:
        yield server


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty to a request in place of two hundred, so that a short list shows what a long one does."""
    monkeypatch.setattr("providers.servers.plex_lists.BATCH", 20)


@pytest.fixture
def sign_in(plex: FakePlex, request: pytest.FixtureRequest) -> Callable[..., PlexServer]:
    def go(token: str = "", url: str = "") -> PlexServer:
        server = PlexServer(
            "p", "Cellar", url or plex.url, token or plex.token, session=ProviderSession("Cellar", QUICK)
        )
        request.addfinalizer(server.close)
        return server

    return go


@pytest.fixture
def server(sign_in: Callable[..., PlexServer]) -> PlexServer:
    return sign_in()


def write(
    server: WritableServer, kind: WriteKind, target: str, after: State | None, library_key: str = ""
) -> tuple[State | None, Written]:
    """Write as the program does: what is there before comes back, to undo it with."""
    before = server.state(kind, target, library_key) if target else None
    return before, run(server.write(kind, target, before, after, library_key))


def undo(
    server: WritableServer, kind: WriteKind, before: State | None, written: Written, library_key: str = ""
) -> None:
    now = server.state(kind, written.target, library_key)
    assert now == written.state, "what was read back is not what is there"
    run(server.write(kind, written.target, now, before, library_key))


def films(world: World, first: int, last: int) -> list[str]:
    return [film.key for film in world.films[first:last]]


# Ratings


@pytest.mark.parametrize("former", [None, 7.5, 0.5])
@pytest.mark.parametrize("rating", [8.4, 1.0, None])
def test_a_rating_is_written_and_undone(
    plex: FakePlex, server: PlexServer, former: float | None, rating: float | None
) -> None:
    plex.world.touch(FILM, user_rating=former)
    dump = plex.world.dump()
    before, written = write(server, WriteKind.RATING, FILM, {"rating": rating})
    assert (before, written.state) == ({"rating": former}, {"rating": rating})
    assert plex.world.find(FILM).user_rating == rating  # type: ignore[union-attr]
    undo(server, WriteKind.RATING, before, written)
    assert plex.world.dump() == dump


def test_each_account_has_its_own_ratings(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    plex.world.touch(FILM, user_rating=3.0)
    dump = plex.world.dump()
    guest = sign_in(GUEST)
    assert guest.state(WriteKind.RATING, FILM) == {"rating": None}
    before, written = write(guest, WriteKind.RATING, FILM, {"rating": 9.0})
    assert plex.world.find(FILM).user_rating == 3.0  # type: ignore[union-attr]
    assert plex.world.views == {("4711", FILM): View(9.0)}
    undo(guest, WriteKind.RATING, before, written)
    assert plex.world.dump() == dump


def test_a_rating_that_was_written_although_the_answer_went_wrong_is_written(
    plex: FakePlex, server: PlexServer
) -> None:
    plex.fail("done", path="/:/rate", times=1)
    _, written = write(server, WriteKind.RATING, FILM, {"rating": 6.0})
    assert written.state == {"rating": 6.0}
    assert len([seen for seen in plex.requests if seen.path == "/:/rate"]) == 1


def test_a_server_that_says_yes_and_does_nothing_is_found_out(plex: FakePlex, server: PlexServer) -> None:
    dump = plex.world.dump()
    plex.fail("ignore", path="/:/")
    with pytest.raises(ProviderReplyError, match="is not as it should be"):
        write(server, WriteKind.RATING, FILM, {"rating": 6.0})
    with pytest.raises(ProviderReplyError, match="is not as it should be"):
        write(server, WriteKind.WATCHED, FILM, {"watched": True})
    assert plex.world.dump() == dump


def test_a_server_that_is_gone_says_so_and_nothing_is_sent_twice(plex: FakePlex, server: PlexServer) -> None:
    before = server.state(WriteKind.RATING, FILM)
    dump = plex.world.dump()
    plex.fail("reset")
    with pytest.raises(ProviderUnavailable):
        run(server.write(WriteKind.RATING, FILM, before, {"rating": 6.0}))
    assert len([seen for seen in plex.requests if seen.path == "/:/rate"]) == 1
    assert plex.world.dump() == dump


def test_a_title_that_is_gone_is_a_sentence(plex: FakePlex, server: PlexServer) -> None:
    for kind in (WriteKind.RATING, WriteKind.WATCHED):
        with pytest.raises(ProviderReplyError, match="no longer on the server"):
            server.state(kind, "424242")


# What was watched


@pytest.mark.parametrize(
    ("count", "offset"), [(0, 0), (0, 1_200_000), (1, 0), (3, 0), (2, 900_000)], ids=lambda value: str(value)
)
@pytest.mark.parametrize("watched", [True, False])
def test_marking_as_watched_is_undone_with_count_and_place(
    plex: FakePlex, server: PlexServer, count: int, offset: int, watched: bool
) -> None:
    plex.world.touch(FILM, view_count=count, view_offset=offset)
    dump = plex.world.dump()
    before, written = write(server, WriteKind.WATCHED, FILM, {"watched": watched})
    assert before == {"watched": count > 0, "count": count, "offset": offset}
    assert written.state is not None
    assert written.state["watched"] is watched
    if watched and count:
        assert written.state["count"] == count
    undo(server, WriteKind.WATCHED, before, written)
    assert plex.world.dump() == dump


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("token", ["", GUEST])
def test_a_show_is_undone_episode_by_episode(
    plex: FakePlex, sign_in: Callable[..., PlexServer], watched: bool, token: str
) -> None:
    if token:
        plex.world.see("4711", "772", count=2)
    dump = plex.world.dump()
    server = sign_in(token)
    before, written = write(server, WriteKind.WATCHED, SHOW, {"watched": watched})
    assert before is not None
    assert before["watched"] is False
    assert written.state is not None
    assert {bool(count) for count, _ in written.state["episodes"].values()} == {watched}
    undo(server, WriteKind.WATCHED, before, written)
    assert plex.world.dump() == dump


def test_an_episode_that_is_gone_does_not_keep_the_others_from_being_put_back(
    plex: FakePlex, server: PlexServer
) -> None:
    before, written = write(server, WriteKind.WATCHED, SHOW, {"watched": True})
    show = plex.world.shows[2]
    plex.world.touch(SHOW, episodes=show.episodes[1:])
    run(server.write(WriteKind.WATCHED, SHOW, written.state, before))
    assert [(episode.watched, episode.view_offset) for episode in plex.world.shows[2].episodes] == [
        (n % 3, 5000 * (n == 4)) for n in range(2, 9)
    ]


def test_plays_are_not_counted_twice_when_answers_go_wrong(plex: FakePlex, server: PlexServer) -> None:
    before = server.state(WriteKind.WATCHED, FILM)
    plex.fail("done", path="/:/scrobble")
    written = run(server.write(WriteKind.WATCHED, FILM, before, {"watched": True, "count": 3, "offset": 0}))
    assert written.state == {"watched": True, "count": 3, "offset": 0}
    assert plex.world.find(FILM).view_count == 3  # type: ignore[union-attr]


# Playlists


def lists_called(world: World, title: str) -> list[PlexList]:
    return [found for found in (*world.playlists, *world.collections) if found.title == title]


@pytest.mark.parametrize("count", [1, 200, 201, 410])
def test_a_playlist_is_made_in_chunks_and_deleted_again(plex: FakePlex, server: PlexServer, count: int) -> None:
    plex.world.films += make_world(410).films[80:]
    dump = plex.world.dump()
    keys = films(plex.world, 0, count)[::-1]
    before, written = write(server, WriteKind.PLAYLIST, "", {"title": "Later", "items": keys})
    assert written.state is not None
    assert written.state["items"] == keys
    assert [key for _, key in lists_called(plex.world, "Later")[0].items] == keys
    assert max(len(seen.query["uri"].split(",")) for seen in plex.requests if "uri" in seen.query) <= 200
    assert [found.title for found in server.lists(WriteKind.PLAYLIST)] == ["Later"]
    undo(server, WriteKind.PLAYLIST, before, written)
    assert plex.world.dump() == dump


def test_a_playlist_of_music_is_one_of_sound(plex: FakePlex, server: PlexServer) -> None:
    keys = [track.key for track in plex.world.tracks]
    write(server, WriteKind.PLAYLIST, "", {"title": "Songs", "items": [*keys, keys[0]]})
    made = lists_called(plex.world, "Songs")[0]
    assert (made.kind, len(made.items)) == ("audio", 25)


@pytest.fixture
def playlist(plex: FakePlex) -> PlexList:
    """A list that was there before, with one film twice."""
    world = plex.world
    keys = [*films(world, 0, 5), films(world, 0, 1)[0]]
    made = PlexList("9000", "Old friends", "video", [(str(n), key) for n, key in enumerate(keys, 1)], "Mine.")
    world.playlists.append(made)
    return made


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize(
    "change",
    [
        lambda keys, more: [*keys, *more[:23]],  # appended
        lambda keys, more: keys[1:3],  # taken out
        lambda keys, more: keys[::-1],  # in another order
        lambda keys, more: more,  # all others
        lambda keys, more: [more[0], keys[4], keys[0], more[1], keys[1]],
        lambda keys, more: [],
    ],
    ids=["append", "remove", "order", "replace", "mixed", "empty"],
)
def test_a_playlist_is_changed_and_undone(
    plex: FakePlex, server: PlexServer, playlist: PlexList, change: Callable[[list[str], list[str]], list[str]]
) -> None:
    dump, keys = plex.world.dump(), [key for _, key in playlist.items]
    wanted = change(keys, films(plex.world, 10, 34))
    fewest = len(keys)

    def watch(_path: str) -> None:
        nonlocal fewest
        fewest = min(fewest, len(playlist.items))

    plex.watch = watch
    before, written = write(server, WriteKind.PLAYLIST, "9000", {"title": "New friends", "items": wanted})
    assert (written.target, playlist.title) == ("9000", "New friends")
    assert [key for _, key in playlist.items] == wanted
    assert fewest >= min(len(keys), len(wanted))
    assert len(plex.world.playlists) == 1
    undo(server, WriteKind.PLAYLIST, before, written)
    assert plex.world.dump() == dump


def test_lists_are_told_from_those_of_others_and_those_made_by_rule(
    plex: FakePlex, sign_in: Callable[..., PlexServer], playlist: PlexList
) -> None:
    plex.world.playlists.append(PlexList("9001", "By rule", "video", [("7", FILM)], smart=True))
    owner, guest = sign_in(), sign_in(GUEST)
    assert [(found.key, found.size, found.fixed) for found in owner.lists(WriteKind.PLAYLIST)] == [
        ("9000", 6, False),
        ("9001", 1, True),
    ]
    assert guest.lists(WriteKind.PLAYLIST) == ()
    assert guest.state(WriteKind.PLAYLIST, "9000") is None
    with pytest.raises(ProviderReplyError, match="by a rule of its own"):
        write(owner, WriteKind.PLAYLIST, "9001", {"items": [OTHER]})
    write(guest, WriteKind.PLAYLIST, "", {"title": "Guest's", "items": [FILM]})
    assert [found.owner for found in lists_called(plex.world, "Guest's")] == ["4711"]


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("moment", range(12))
@pytest.mark.parametrize("kind", ["status", "done"])
def test_whatever_request_of_a_replacement_fails_the_list_is_old_or_new(
    plex: FakePlex, server: PlexServer, playlist: PlexList, moment: int, kind: str
) -> None:
    keys = [key for _, key in playlist.items]
    wanted = films(plex.world, 30, 52)
    before = server.state(WriteKind.PLAYLIST, "9000")
    job = server.write(WriteKind.PLAYLIST, "9000", before, {"items": wanted})
    plex.fail(kind, path="/playlists", after=moment, times=1)
    try:
        run(job)
        expected = wanted
    except ProviderError:
        expected = keys
    assert [key for _, key in playlist.items] == expected
    assert [found.title for found in plex.world.playlists] == ["Old friends"]


def test_a_replacement_that_dies_half_way_says_what_is_there(
    plex: FakePlex, server: PlexServer, playlist: PlexList
) -> None:
    keys = [key for _, key in playlist.items]
    before = server.state(WriteKind.PLAYLIST, "9000")

    def watch(path: str) -> None:
        if path.startswith("/playlists/9000/items/") and not plex.faults:
            plex.fail("reset", after=1)

    plex.watch = watch
    with pytest.raises(ProviderUnavailable, match="may hold old and new titles together"):
        run(server.write(WriteKind.PLAYLIST, "9000", before, {"items": films(plex.world, 10, 15)}))
    there = [key for _, key in playlist.items]
    assert set(films(plex.world, 10, 15)) <= set(there)
    plex.watch = None
    plex.recover()
    run(server.write(WriteKind.PLAYLIST, "9000", server.state(WriteKind.PLAYLIST, "9000"), before))
    assert [key for _, key in playlist.items] == keys


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("kind", ["status", "done"])
@pytest.mark.parametrize("moment", range(7))
def test_a_list_that_cannot_be_finished_leaves_nothing(
    plex: FakePlex, server: PlexServer, moment: int, kind: str
) -> None:
    dump = plex.world.dump()
    plex.fail(kind, path="/playlists", after=moment, times=1)
    keys = films(plex.world, 0, 45)
    try:
        write(server, WriteKind.PLAYLIST, "", {"title": "Later", "items": keys})
    except ProviderError:
        assert plex.world.dump() == dump
    else:
        assert [[key for _, key in found.items] for found in plex.world.playlists] == [keys]


@pytest.mark.usefixtures("small_chunks")
def test_a_list_that_was_given_up_half_way_leaves_nothing(
    plex: FakePlex, server: PlexServer, playlist: PlexList
) -> None:
    dump = plex.world.dump()
    job = server.write(WriteKind.PLAYLIST, "", None, {"title": "Later", "items": films(plex.world, 0, 45)})
    while len(plex.world.playlists) < 2:
        next(job)
    job.close()
    assert plex.world.dump() == dump
    job = server.write(WriteKind.PLAYLIST, "9000", None, {"items": films(plex.world, 5, 45)})
    while len(playlist.items) <= 6:
        next(job)
    job.close()
    assert plex.world.dump() == dump


def test_a_server_that_ignores_a_list_is_found_out(plex: FakePlex, server: PlexServer, playlist: PlexList) -> None:
    dump = plex.world.dump()
    before = server.state(WriteKind.PLAYLIST, "9000")
    plex.ignored_writes = True
    for target, state in (("", None), ("9000", before)):
        with pytest.raises(ProviderReplyError, match="is not as it should be"):
            run(server.write(WriteKind.PLAYLIST, target, state, {"title": "Later", "items": [FILM, OTHER]}))
    with pytest.raises(ProviderReplyError, match="is not as it should be"):
        run(server.write(WriteKind.PLAYLIST, "9000", before, None))
    assert plex.world.dump() == dump


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "at least one title"),
        ([FILM, "424242", "434343"], "2 titles are no longer on the server"),
        ([FILM, TRACK], "different kinds together"),
        ([SHOW], "not whole shows"),
    ],
)
def test_what_no_playlist_can_hold_is_refused_before_anything_is_written(
    plex: FakePlex, server: PlexServer, items: list[str], words: str
) -> None:
    with pytest.raises(ProviderReplyError, match=words):
        write(server, WriteKind.PLAYLIST, "", {"title": "Odd", "items": items})
    assert not [seen for seen in plex.requests if seen.method != "GET"]


# Collections


def test_a_collection_is_made_in_its_own_order_and_deleted_again(plex: FakePlex, server: PlexServer) -> None:
    dump = plex.world.dump()
    keys = films(plex.world, 0, 70)[::-1]
    before, written = write(server, WriteKind.COLLECTION, "", {"title": "Picks", "items": keys}, "1")
    made = lists_called(plex.world, "Picks")[0]
    assert ([key for _, key in made.items], made.section, made.sort) == (keys, "1", 2)
    assert [(found.title, found.size) for found in server.lists(WriteKind.COLLECTION, "1")] == [("Picks", 70)]
    assert [found.title for found in server.lists(WriteKind.COLLECTION)] == ["Picks"]
    assert server.lists(WriteKind.COLLECTION, "2") == ()
    undo(server, WriteKind.COLLECTION, before, written, "1")
    assert plex.world.dump() == dump


@pytest.mark.parametrize("sort", [0, 2])
@pytest.mark.parametrize(
    "after",
    [
        {"items": ["1000", "1001", "1002", "1050", "1051"]},
        {"items": ["1050"]},
        {"items": ["1002", "1000"], "title": "Renamed", "summary": "Others."},
        {"title": "Renamed"},
    ],
)
def test_a_collection_is_changed_and_undone(plex: FakePlex, server: PlexServer, sort: int, after: State) -> None:
    items = [(key, key) for key in ("1000", "1001", "1002")]
    known = PlexList("8000", "Mine", "1", items, "Text.", section="1", sort=sort)
    plex.world.collections.append(known)
    dump = plex.world.dump()
    before, written = write(server, WriteKind.COLLECTION, "8000", after)
    assert written.target == "8000"
    if "items" in after:
        assert {key for _, key in known.items} == set(after["items"])
        assert sort == 0 or [key for _, key in known.items] == after["items"]
    assert known.title == after.get("title", "Mine")
    undo(server, WriteKind.COLLECTION, before, written)
    assert plex.world.dump() == dump


def test_a_collection_that_is_emptied_is_deleted_and_comes_back_whole(plex: FakePlex, server: PlexServer) -> None:
    items = [(key, key) for key in films(plex.world, 0, 70)]
    plex.world.collections.append(PlexList("8000", "Mine", "1", items, "Text.", section="1", locked=True))
    dump = plex.world.dump()
    before, written = write(server, WriteKind.COLLECTION, "8000", {"items": []}, "1")
    assert (written.state, plex.world.collections) == (None, [])
    run(server.write(WriteKind.COLLECTION, "", None, before, "1"))
    assert plex.world.dump() == dump


def test_a_collection_of_shows(plex: FakePlex, server: PlexServer) -> None:
    keys = [show.key for show in plex.world.shows]
    write(server, WriteKind.COLLECTION, "", {"title": "Series", "items": keys}, "2")
    assert lists_called(plex.world, "Series")[0].kind == "2"


def test_only_the_owner_may_collect(plex: FakePlex, sign_in: Callable[..., PlexServer]) -> None:
    owner, guest = sign_in(), sign_in(GUEST)
    everybody = {WriteKind.RATING, WriteKind.WATCHED, WriteKind.PLAYLIST}
    assert owner.can_write() == everybody | {WriteKind.COLLECTION}
    assert guest.can_write() == everybody
    with pytest.raises(ProviderDenied, match="does not let this account change that") as caught:
        write(guest, WriteKind.COLLECTION, "", {"title": "Picks", "items": [FILM]}, "1")
    assert GUEST not in str(caught.value)
    with pytest.raises(ProviderDenied):
        owner.state(WriteKind.WATCHLIST, "plex://movie/1")


def test_no_token_in_any_address(plex: FakePlex, server: PlexServer, playlist: PlexList) -> None:
    write(server, WriteKind.RATING, FILM, {"rating": 6.0})
    write(server, WriteKind.WATCHED, FILM, {"watched": True})
    write(server, WriteKind.PLAYLIST, "9000", {"items": [OTHER, FILM]})
    write(server, WriteKind.COLLECTION, "", {"title": "Picks", "items": [FILM]}, "1")
    assert not [seen.raw for seen in plex.requests if plex.token in seen.raw]
