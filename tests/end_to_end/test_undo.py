"""Every kind of write on every server that knows it, over real HTTP: undone, everything is as it was, to the last byte.

What the dumps of the fakes leave out, since no client of the real servers can put it back: the numbers a server gives to
lists and to their lines, and the moments at which something was rated, starred or put on a list.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from library.home import find_home
from library.journal import Action, JournalEntry, JournalState
from library.library import Library
from library.progress import run
from library.settings import Settings, SourceSettings, WritingSettings
from library.write_jobs import WriteReport, carry_out, settle, undo
from library.write_plans import Change, WritePlan, watchlist_of
from library.write_states import UNFINISHED
from library.writing import State, WritableServer, WriteKind
from providers.http import Patience, ProviderSession
from providers.plex_watchlist import PlexWatchlist
from providers.servers.jellyfin import JellyfinServer
from providers.servers.plex import PlexServer
from providers.servers.subsonic import SubsonicServer
from tests.fakes import jellyfin_world, plex_world, subsonic_world
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import TICKS, Marks, film_id, show_id, written
from tests.fakes.plex import FakePlex
from tests.fakes.plex_tv import HANNA, FakePlexTv, Title
from tests.fakes.subsonic import PASSWORD, USER, FakeSubsonic

ROOT = Path(__file__).resolve().parents[2]
K, A = WriteKind, Action
QUICK = Patience(connect=2, read=3, overall=8, pause=0.01)
LIST, ADDED = "Before", ["a", "b"]


@dataclass
class House:
    """One server with something on it already.

    :param names: what the tests call things -> the server's own keys; "list" and "collection" are lists that are there.
    :param lost: how the fake goes wrong after it did what it was asked, where a list is made.
    """

    source: SourceSettings
    server: WritableServer
    fake: Any
    dump: Callable[[], str]
    names: dict[str, str] = field(default_factory=dict)
    library_key: str = ""
    lost: tuple[str, str] = ("", "")

    def key(self, name: str) -> str:
        return self.names.get(name, name)

    def plan(self, *changes: Change) -> WritePlan:
        return WritePlan(self.source, "Write", changes)


@pytest.fixture
def plex() -> Iterator[House]:
    world = plex_world.make_world(12, 3, tracks=4)
    world.shows[1].episodes = [plex_world.Episode(f"77{n}", 1, n, n % 3, 5000 * (n == 4)) for n in range(1, 6)]
    source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1")
    with FakePlex(world) as fake:
        server = PlexServer("plex-1", "Cellar", fake.url, fake.token, session=ProviderSession("Cellar", QUICK))
        films = [film.key for film in world.films]
        names = dict(zip("abcdef", films, strict=False)) | {"show": world.shows[1].key}
        run(server.write(K.RATING, films[1], {"rating": None}, {"rating": 6.5}))
        for film, offset in ((films[0], 0), (films[1], 90_000)):
            run(server.write(K.WATCHED, film, None, {"watched": False, "count": 0, "offset": offset}))
        made = {"title": LIST, "summary": "Of old", "items": [films[0], films[3]]}
        names["list"] = run(server.write(K.PLAYLIST, "", None, made)).target
        names["collection"] = run(server.write(K.COLLECTION, "", None, made, "1")).target
        with closing(server):
            yield House(source, server, fake, world.dump, names, "1", ("done", "/playlists"))


@pytest.fixture
def jellyfin() -> Iterator[House]:
    world = jellyfin_world.make_world(12, 3)
    anna = world.person("Anna")
    world.marks[anna.id, film_id(0)] = Marks()
    world.marks[anna.id, film_id(1)] = Marks(False, 3, 20 * TICKS, written(1_650_000_000), 7.5, True)
    with FakeJellyfin(world) as fake:
        source = SourceSettings("jf-1", "jellyfin", "Attic", fake.url, user="Anna", account=anna.id)
        server = JellyfinServer(source, fake.token_of("Anna"), "homereel-1", ProviderSession("Attic", QUICK))
        films = [film_id(number) for number in range(6)]
        names = dict(zip("abcdef", films, strict=False)) | {"show": show_id(1)}
        made = {"title": LIST, "items": [films[0], films[3]]}
        names["list"] = run(server.write(K.PLAYLIST, "", None, made)).target
        names["collection"] = run(server.write(K.COLLECTION, "", None, made)).target
        with closing(server):
            yield House(source, server, fake, world.dump, names, "", ("done, then 500", "/Playlists"))


@pytest.fixture
def subsonic() -> Iterator[House]:
    with FakeSubsonic(world=subsonic_world.make_world(12)) as fake:
        source = SourceSettings("sub-1", "subsonic", "Barn", url=fake.url, user=USER, sign_in="password")
        server = SubsonicServer(source, PASSWORD, ProviderSession("Barn", QUICK))
        names = {name: f"so-{1000 + number}" for number, name in enumerate("abcdef")}
        fake.world.of(USER, names["a"]).stars = 0
        fake.world.of(USER, names["b"]).stars = 2
        fake.world.of(USER, names["a"]).starred = 0.0
        fake.world.of(USER, names["b"]).starred = 1_500_000_000.0
        made = {"title": LIST, "summary": "Of old", "items": [names["a"], names["d"]]}
        names["list"] = run(server.write(K.PLAYLIST, "", None, made)).target
        with closing(server):
            yield House(source, server, fake, fake.dump, names, "", ("after effect", "createPlaylist"))


@pytest.fixture
def watchlist() -> Iterator[House]:
    titles = [Title(f"{number:024x}", "movie", f"Film {number}", 1990) for number in range(3)]
    with FakePlexTv(titles=titles, watchlists={HANNA: [titles[1].number]}) as fake:
        source = watchlist_of(SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1"))
        session = ProviderSession("Plex", QUICK)
        server = PlexWatchlist(session, "homereel-1", fake.person(HANNA).token, fake.sites)
        with closing(server):
            yield House(source, server, fake, fake.dump, dict(zip("abc", [t.guid for t in titles], strict=True)))


@pytest.fixture
def house(request: pytest.FixtureRequest) -> House:
    found: House = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def library() -> Iterator[Library]:
    with Library.open(find_home()) as opened:
        opened.settings.save(Settings(writing=WritingSettings(allowed=True)))
        yield opened


def rating(target: str, value: float | None) -> Callable[[House], Change]:
    action = A.RATE if value is not None else A.CLEAR_RATING
    return lambda house: Change(K.RATING, action, f"Film {target}", {"rating": value}, house.key(target))


def liked(target: str, value: bool) -> Callable[[House], Change]:
    return lambda house: Change(K.LIKED, A.LIKE, f"Film {target}", {"liked": value}, house.key(target))


def watched(target: str) -> Callable[[House], Change]:
    return lambda house: Change(K.WATCHED, A.MARK_WATCHED, f"Film {target}", {"watched": True}, house.key(target))


def listed(target: str, value: bool) -> Callable[[House], Change]:
    action = A.LIST_ADD if value else A.LIST_REMOVE
    return lambda house: Change(K.WATCHLIST, action, f"Film {target}", {"listed": value}, house.key(target))


def of_list(kind: WriteKind, action: Action, title: str, target: str, **wanted: list[str]) -> Callable[[House], Change]:
    def make(house: House) -> Change:
        state: State | None = None
        if wanted:
            state = {"title": title} | {name: [house.key(key) for key in keys] for name, keys in wanted.items()}
        key = house.key(target) if target else ""
        return Change(kind, action, title, state, key, house.library_key if kind is K.COLLECTION else "")

    return make


RATINGS = [("rate", rating("a", 8.0)), ("rate again", rating("b", 9.0)), ("clear the rating", rating("b", None))]
STARS = [("star", liked("a", True)), ("take the star away", liked("b", False))]
WATCHED = [("watched", watched("a")), ("half watched", watched("b")), ("a show", watched("show"))]
PLAYLISTS = [
    ("create", of_list(K.PLAYLIST, A.CREATE, "Tonight", "", items=["c", "a", "b"])),
    ("append", of_list(K.PLAYLIST, A.APPEND, LIST, "list", add=["a", "c"])),
    ("replace", of_list(K.PLAYLIST, A.REPLACE, LIST, "list", items=["c", "d"])),
    ("delete", of_list(K.PLAYLIST, A.DELETE, LIST, "list")),
]
COLLECTIONS = [
    ("collect", of_list(K.COLLECTION, A.COLLECT, LIST, "", add=["a", "c"])),
    ("collect anew", of_list(K.COLLECTION, A.COLLECT, "Homereel picks", "", add=["a"])),
    ("delete the collection", of_list(K.COLLECTION, A.DELETE, LIST, "collection")),
]
WRITES = {
    "plex": [*RATINGS, *WATCHED, *PLAYLISTS, *COLLECTIONS],
    "jellyfin": [*RATINGS, *STARS, *WATCHED, *PLAYLISTS, *COLLECTIONS],
    "subsonic": [*RATINGS, *STARS, *PLAYLISTS],
    "watchlist": [("put on it", listed("a", True)), ("take off it", listed("b", False))],
}
EVERY = [
    pytest.param(server, make, id=f"{server}: {name}") for server, writes in WRITES.items() for name, make in writes
]
CHANGED = [param for param in EVERY if "delete" not in str(param.id)]  # what is gone, nobody else can change


def write(library: Library, house: House, change: Change) -> JournalEntry:
    report = run(carry_out(library, house.server, house.plan(change)))
    assert len(report.done) == 1, report
    entry = library.journal.get(report.done[0])
    assert entry is not None
    return entry


def take_back(library: Library, house: House, entry: JournalEntry) -> WriteReport:
    return run(undo(library, house.server, house.source, [entry]))


@pytest.mark.parametrize(("house", "make"), EVERY, indirect=["house"])
def test_undo_restores_everything_to_the_last_byte(
    library: Library, house: House, make: Callable[[House], Change]
) -> None:
    before = house.dump()
    entry = write(library, house, make(house))
    after = house.dump()
    assert after != before
    report = take_back(library, house, entry)
    assert len(report.done) == 1, report
    assert house.dump() == before
    undone = library.journal.get(entry.id)
    assert undone is not None
    assert undone.state is JournalState.UNDONE
    again = library.journal.get(report.done[0])
    assert again is not None
    assert len(take_back(library, house, again).done) == 1  # an undo can be undone
    assert house.dump() == after


@pytest.mark.parametrize(("house", "make"), CHANGED, indirect=["house"])
def test_undo_refuses_politely_when_somebody_else_changed_it(
    library: Library, house: House, make: Callable[[House], Change]
) -> None:
    entry = write(library, house, make(house))
    somebody_else(house, entry)
    before, rows = house.dump(), library.journal.page()
    report = take_back(library, house, entry)
    assert report.done == []
    (sentence,) = report.skipped
    assert sentence.startswith("Somebody changed ")
    assert sentence.endswith("It is left as it is.")
    assert house.dump() == before
    assert library.journal.page() == rows


def somebody_else(house: House, entry: JournalEntry) -> None:
    """Write something else there, past the journal."""
    after = dict(entry.after or {})
    other: dict[str, Any]
    if entry.kind is K.RATING:
        other = {"rating": 4.0}
    elif entry.kind is K.WATCHED:
        other = {"watched": not after["watched"]}
    elif entry.kind in (K.LIKED, K.WATCHLIST):
        (name,) = after
        other = {name: not after[name]}
    else:
        other = {**after, "items": [*after["items"], house.key("f")]}
    run(house.server.write(entry.kind, entry.target, after, other, entry.library_key))


@pytest.mark.parametrize("house", ["plex", "jellyfin", "subsonic"], indirect=True)
def test_a_create_that_failed_after_it_happened_makes_no_second_list(library: Library, house: House) -> None:
    before = house.dump()
    kind, path = house.lost
    house.fake.fail(kind, path=path, times=1)
    change = of_list(K.PLAYLIST, A.CREATE, "Tonight", "", items=["a", "b"])(house)
    report = run(carry_out(library, house.server, house.plan(change)))
    house.fake.recover()
    if not report.done:  # what could be said is that it failed: then nothing of it may be there
        assert house.dump() == before
        report = run(carry_out(library, house.server, house.plan(change)))
    titles = [found.title for found in house.server.lists(K.PLAYLIST)]
    assert sorted(titles) == sorted([LIST, "Tonight"])
    entry = library.journal.get(report.done[0])
    assert entry is not None
    assert take_back(library, house, entry).done
    assert house.dump() == before


@pytest.mark.parametrize("house", ["plex", "jellyfin", "subsonic"], indirect=True)
def test_what_was_cut_short_half_way_is_settled_and_can_be_undone(library: Library, house: House) -> None:
    """As after kill -9 in the middle: the row is begun, and what was sent until then is there."""
    before = house.dump()
    wanted = {"title": "Tonight", "items": [house.key(name) for name in "abc"]}
    entry_id = library.journal.begin(
        JournalEntry(source_id=house.source.id, kind=K.PLAYLIST, title="Tonight", action=A.CREATE, wanted=wanted)
    )
    half = {"title": "Tonight", "items": wanted["items"][:2]}
    left = {"title": f"Tonight ({UNFINISHED})", "items": wanted["items"][:1]}
    for state in (half, left):
        run(house.server.write(K.PLAYLIST, "", None, state))
    assert run(settle(library, house.server, house.source)) == 1
    entry = library.journal.get(entry_id)
    assert entry is not None
    assert entry.state is JournalState.DONE
    assert entry.message.startswith("Only part of it is there: 2 of 3 titles.")
    assert take_back(library, house, entry).done
    assert house.dump() == before


@pytest.mark.parametrize("happens", [True, False])
def test_killed_in_the_middle_every_row_says_what_is_so(library: Library, plex: House, happens: bool) -> None:
    """kill -9 while the fifth of ten ratings is on its way: whether it arrived is found out afterwards."""
    keys = [film.key for film in plex.fake.world.films][2:12]
    before = plex.dump()
    sent: list[str] = []

    def kill(path: str) -> None:
        if path == "/:/rate":
            sent.append(path)
            if len(sent) == 5:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()

    if not happens:
        plex.fake.fail("reset", path="/:/rate", after=4)
    plex.fake.watch = kill
    arguments = [str(library.home.path), plex.fake.url, plex.fake.token, *keys]
    with subprocess.Popen([sys.executable, "-m", "tests.end_to_end.writing_process", *arguments], cwd=ROOT) as process:
        process.wait(60)
    plex.fake.watch = None
    plex.fake.recover()
    assert process.returncode == -signal.SIGKILL
    states = [entry.state for entry in reversed(library.journal.page())]
    assert states == [JournalState.DONE] * 4 + [JournalState.BEGUN]
    assert run(settle(library, plex.server, plex.source)) == 1
    states = [entry.state for entry in reversed(library.journal.page())]
    assert states[-1] is (JournalState.DONE if happens else JournalState.FAILED)
    done = [entry for entry in library.journal.page() if entry.state is JournalState.DONE]
    assert len(run(undo(library, plex.server, plex.source, done)).done) == len(done)
    assert plex.dump() == before
