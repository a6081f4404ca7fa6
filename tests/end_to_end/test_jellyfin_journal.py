"""Writing to Jellyfin as the program does it, by the journal: everything can be undone, and nobody's changes are trampled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from library.home import find_home
from library.items import Item
from library.journal import JournalState
from library.library import Library
from library.progress import run
from library.settings import Settings, SourceSettings, WritingSettings
from library.sync import scan
from library.write_jobs import WriteReport, carry_out, settle, undo
from library.write_plans import WritePlan, collect, like, mark_watched, playlist, rate
from library.writing import WriteKind
from providers.http import Patience, ProviderSession
from providers.servers.jellyfin import JellyfinServer
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import film_id, make_world, show_id, track_id

QUICK = Patience(connect=1, read=2, overall=5, pause=0.01)


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(12, 3, 140)) as server:
        yield server


@pytest.fixture
def source(jellyfin: FakeJellyfin) -> SourceSettings:
    anna = jellyfin.world.person("Anna")
    return SourceSettings("j", "jellyfin", "Jellyfin at home", jellyfin.url, user=anna.name, account=anna.id)


@pytest.fixture
def server(jellyfin: FakeJellyfin, source: SourceSettings) -> Iterator[JellyfinServer]:
    opened = JellyfinServer(source, jellyfin.token_of("Anna"), "h", ProviderSession(source.name, QUICK))
    yield opened
    opened.close()


@pytest.fixture
def library(home_path: Path, server: JellyfinServer, source: SourceSettings) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        settings = Settings(sources=(source,), writing=WritingSettings(allowed=True))
        opened.settings.save(settings)
        run(scan(opened, server, source))
        yield opened


@pytest.fixture
def items(library: Library) -> dict[str, Item]:
    return {place.key: item for item in library.items.all() for place in item.places}


Plans = Callable[[Settings, dict[str, Item]], tuple[WritePlan, ...]]


def tracks(items: dict[str, Item], first: int, last: int) -> list[Item]:
    return [items[track_id(number)] for number in range(first, last)]


PLANS: dict[str, Plans] = {
    "rate": lambda settings, items: rate(settings, items[film_id(1)], 8.5),
    "rate again": lambda settings, items: rate(settings, items[film_id(0)], 3.0),
    "take a rating away": lambda settings, items: rate(settings, items[film_id(5)], None),
    "star": lambda settings, items: like(settings, items[film_id(2)]),
    "watched": lambda settings, items: mark_watched(settings, items[film_id(1)]),
    "a show watched": lambda settings, items: mark_watched(settings, items[show_id(1)]),
    "collect": lambda settings, items: collect(settings, items[film_id(3)], "Homereel picks"),
    "playlist": lambda settings, items: (playlist(settings.sources[0], "Evening", tracks(items, 0, 130)),),
}


def carried_out(library: Library, server: JellyfinServer, plans: tuple[WritePlan, ...]) -> WriteReport:
    (plan,) = plans
    report = run(carry_out(library, server, plan))
    assert (report.failed, report.skipped, len(report.done)) == ([], [], 1)
    return report


def undone(library: Library, server: JellyfinServer, source: SourceSettings, report: WriteReport) -> WriteReport:
    entries = [entry for number in report.done if (entry := library.journal.get(number))]
    return run(undo(library, server, source, entries))


@pytest.mark.parametrize("what", PLANS)
def test_every_kind_of_write_is_undone_to_the_last_byte(
    library: Library, server: JellyfinServer, jellyfin: FakeJellyfin, source: SourceSettings, items: dict, what: str
) -> None:
    before = jellyfin.world.dump()
    report = carried_out(library, server, PLANS[what](library.settings.load(), items))
    assert jellyfin.world.dump() != before
    back = undone(library, server, source, report)
    assert (back.failed, back.skipped) == ([], [])
    assert jellyfin.world.dump() == before


@pytest.mark.parametrize("clash", ["append", "replace"])
def test_a_playlist_that_is_there_is_added_to_or_replaced_and_undone(
    library: Library, server: JellyfinServer, jellyfin: FakeJellyfin, source: SourceSettings, items: dict, clash: str
) -> None:
    carried_out(library, server, (playlist(source, "Evening", tracks(items, 0, 20)),))
    (key,) = jellyfin.world.playlists
    before = jellyfin.world.dump()
    plan = playlist(source, "Evening", tracks(items, 15, 130), there=key, clash=clash)  # type: ignore[arg-type]
    report = carried_out(library, server, (plan,))
    assert len(jellyfin.world.playlists[key].items) == {"append": 130, "replace": 115}[clash]
    undone(library, server, source, report)
    assert jellyfin.world.dump() == before


@pytest.mark.parametrize("what", ["rate", "star", "watched", "a show watched", "playlist"])
def test_what_somebody_changed_since_is_left_as_it_is(
    library: Library, server: JellyfinServer, jellyfin: FakeJellyfin, source: SourceSettings, items: dict, what: str
) -> None:
    report = carried_out(library, server, PLANS[what](library.settings.load(), items))
    anna, world = jellyfin.world.person("Anna").id, jellyfin.world
    if what == "playlist":
        next(iter(world.playlists.values())).entries.pop()
    elif what == "a show watched":
        world.of(anna, world.episodes(show_id(1))[5].id).count = 4
    elif what == "star":
        world.of(anna, film_id(2)).favourite = False
    else:
        marks = world.of(anna, film_id(1))
        marks.rating, marks.count = 1.5, 7
    now = world.dump()
    back = undone(library, server, source, report)
    assert back.done == []
    assert "Somebody changed" in back.skipped[0]
    assert world.dump() == now


@pytest.mark.parametrize("what", ["rate", "watched", "collect", "playlist"])
@pytest.mark.parametrize("lost", ["done, then 500", "done, then gone"])
def test_a_lost_answer_is_no_failure(
    library: Library, server: JellyfinServer, jellyfin: FakeJellyfin, items: dict, what: str, lost: str
) -> None:
    plans, posts = PLANS[what](library.settings.load(), items), []

    def lose(_: str) -> None:
        if jellyfin.requests[-1].method == "POST" and not posts:
            posts.append(jellyfin.fail(lost, times=1))

    jellyfin.watch = lose
    carried_out(library, server, plans)
    assert posts


def test_a_write_that_was_cut_short_by_a_power_failure_is_settled(
    library: Library, server: JellyfinServer, jellyfin: FakeJellyfin, source: SourceSettings, items: dict
) -> None:
    plan = playlist(source, "Evening", tracks(items, 0, 130))
    job = carry_out(library, server, plan)
    while not jellyfin.world.playlists:
        next(job)
    del job  # the generator is closed: half a list is taken away again
    assert not jellyfin.world.playlists
    assert run(settle(library, server, source)) == 1
    (entry,) = library.journal.page()
    assert entry.state is JournalState.FAILED


def test_a_user_without_the_right_is_told_so(
    library: Library, jellyfin: FakeJellyfin, source: SourceSettings, items: dict
) -> None:
    bert = jellyfin.world.person("Bert")
    theirs = replace(source, user=bert.name, account=bert.id)
    opened = JellyfinServer(theirs, jellyfin.token_of("Bert"), "h", ProviderSession(source.name, QUICK))
    (plan,) = PLANS["collect"](library.settings.load(), items)
    report = run(carry_out(library, opened, plan))
    opened.close()
    assert report.done == []
    assert len(report.skipped) == 1
    assert WriteKind.COLLECTION not in opened.can_write()
