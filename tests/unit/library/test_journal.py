"""The journal and the jobs that write: recorded before, read back after, undone only while it is still ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from library.errors import ProviderDenied, ProviderReplyError, ProviderUnavailable, SettingsError
from library.items import ExternalId, Item, MediaKind, Place
from library.journal import Action, JournalEntry, JournalState
from library.library import Library
from library.progress import run
from library.settings import Profile, Settings, SourceSettings, WritingSettings
from library.write_jobs import WriteReport, carry_out, preview, settle, undo, write_waiting
from library.write_plans import (
    Change,
    WritePlan,
    collect,
    like,
    mark_watched,
    owns,
    playlist,
    plex_name,
    rate,
    watchlist,
    writable_sources,
)
from library.write_states import change_words, entry_words, state_words
from library.writing import Listed, WritableServer, WriteKind
from tests.unit.library.writable_server import WritableMemory

PLEX = SourceSettings(id="plex-1", kind="plex", name="Cellar", url="http://127.0.0.1:1", account="77")
MUSIC = SourceSettings(id="sub-1", kind="subsonic", name="Attic", url="http://127.0.0.1:2", user="me")
ALLOWED = Settings(sources=(PLEX, MUSIC), writing=WritingSettings(allowed=True))


def item(number: int = 1, title: str = "Arrival", *places: tuple[str, str], kind: MediaKind = MediaKind.MOVIE) -> Item:
    return Item(
        id=number,
        kind=kind,
        title=title,
        places=tuple(
            Place(source_id=source, library_key="1", key=key, version="1")
            for source, key in places or (("plex-1", f"{number}0"),)
        ),
        external_ids=(ExternalId("plex", f"movie/abc{number}"),),
    )


@pytest.fixture
def server() -> WritableMemory:
    return WritableMemory()


@pytest.fixture
def allowed(library: Library) -> Library:
    library.settings.save(ALLOWED)
    return library


def write(library: Library, server: WritableMemory, *plans: WritePlan) -> WriteReport:
    report = WriteReport()
    for plan in plans:
        report = run(carry_out(library, server, plan))
    return report


def take_back(library: Library, server: WritableMemory, *ids: int) -> WriteReport:
    entries = [entry for number in ids if (entry := library.journal.get(number)) is not None]
    return run(undo(library, server, PLEX, entries))


def test_the_memory_server_fits_the_protocol(server: WritableMemory) -> None:
    assert isinstance(server, WritableServer)


# What is written, and the way back


def everything() -> list[tuple[str, tuple[WritePlan, ...]]]:
    film = item()
    settings = replace(ALLOWED, sources=(replace(PLEX, kind="jellyfin", account=""),))
    jelly = settings.sources[0]
    return [
        ("rate", rate(ALLOWED, film, 8.0)),
        ("clear", rate(ALLOWED, item(2), None)),
        ("watched", mark_watched(ALLOWED, film)),
        ("liked", like(settings, film)),
        ("watchlist", (watchlist(PLEX, [Listed("plex://movie/abc1", "Arrival", MediaKind.MOVIE)]),)),
        ("collect anew", collect(ALLOWED, film, "Homereel picks")),
        ("collect", collect(ALLOWED, film, "Old")),
        ("create", (playlist(PLEX, "Tonight", [film, item(2)]),)),
        ("append", (playlist(jelly, "Evening", [film, item(2)], there="7", clash="append"),)),
        ("replace", (playlist(PLEX, "Evening", [film], there="7", clash="replace"),)),
        ("delete", (WritePlan(PLEX, "Delete", (Change(WriteKind.PLAYLIST, Action.DELETE, "Evening", None, "7"),)),)),
    ]


@pytest.mark.parametrize(("name", "plans"), everything())
def test_undo_leaves_everything_as_it_was_and_can_be_undone(
    allowed: Library, server: WritableMemory, name: str, plans: tuple[WritePlan, ...]
) -> None:
    server.entries[WriteKind.RATING, "20"] = {"rating": 3.0}
    server.put_list(WriteKind.COLLECTION, "5", "Old", "90", "91")
    server.put_list(WriteKind.PLAYLIST, "7", "Evening", "20", "92")
    (plan,) = plans
    before = server.dump()
    report = run(carry_out(allowed, server, plan))
    assert len(report.done) == 1, report
    written = server.dump()
    assert written != before
    entry = allowed.journal.get(report.done[0])
    assert entry is not None
    assert entry.state is JournalState.DONE
    back = run(undo(allowed, server, plan.source, [entry]))
    assert len(back.done) == 1, back
    assert server.dump() == before
    assert allowed.journal.get(entry.id).state is JournalState.UNDONE
    again = take_back(allowed, server, *back.done)
    assert len(again.done) == 1, again
    assert server.dump() == written


def test_what_is_so_already_is_said_and_not_written(allowed: Library, server: WritableMemory) -> None:
    server.entries[WriteKind.RATING, "10"] = {"rating": 8.0}
    report = write(allowed, server, *rate(ALLOWED, item(), 8.0))
    assert report.sentence == "Rate “Arrival”: it is so already."
    assert server.written == 0
    assert allowed.journal.page() == []


def test_a_coarser_scale_counts_as_written(allowed: Library, server: WritableMemory) -> None:
    server.meddle = lambda target, state: {"rating": 8.0}  # four stars
    (plan,) = rate(ALLOWED, item(1, "Track", ("sub-1", "a"), kind=MediaKind.TRACK), 7.0)
    report = run(carry_out(allowed, server, plan))
    entry = allowed.journal.get(report.done[0])
    assert entry.after == {"rating": 8.0}
    assert change_words(entry.kind, entry.before, entry.after) == "no rating → 8"


def test_the_row_is_there_before_the_write_and_one_failure_does_not_stop_the_rest(
    allowed: Library, server: WritableMemory
) -> None:
    seen: list[JournalEntry] = []

    def look(moment: str) -> None:
        if moment == "before":
            seen.append(allowed.journal.page()[0])
            if len(seen) == 2:
                raise ProviderReplyError("Cellar", "The server stumbled.", "Try again.")

    server.wrong = look
    changes = tuple(rate(ALLOWED, item(number, f"Film {number}"), 9.0)[0].changes[0] for number in (1, 2, 3))
    report = write(allowed, server, WritePlan(PLEX, "Rate", changes))
    assert [entry.state for entry in seen] == [JournalState.BEGUN] * 3
    assert (seen[0].before, seen[0].wanted) == ({"rating": None}, {"rating": 9.0})
    assert len(report.done) == 2
    assert report.failed == ["Rate “Film 2”: The server stumbled. Try again."]
    assert report.sentence == "2 written. Rate “Film 2”: The server stumbled. Try again."
    assert [entry.state for entry in allowed.journal.page()] == ["done", "failed", "done"]
    assert len({entry.batch for entry in allowed.journal.page()}) == 1


def test_a_server_that_is_gone_ends_it(allowed: Library, server: WritableMemory) -> None:
    def leave(moment: str) -> None:
        if moment == "after":
            server.gone = ProviderUnavailable("Cellar", "Cellar does not answer.")
            raise server.gone

    server.wrong = leave
    changes = tuple(rate(ALLOWED, item(number, f"Film {number}"), 9.0)[0].changes[0] for number in (1, 2, 3))
    report = write(allowed, server, WritePlan(PLEX, "Rate", changes))
    assert (report.untried, report.gone) == (2, "Cellar does not answer.")
    assert [entry.state for entry in allowed.journal.page()] == ["begun"]
    server.gone, server.wrong = None, lambda moment: None
    assert run(settle(allowed, server, PLEX)) == 1
    (entry,) = allowed.journal.page()
    assert (entry.state, entry.after) == ("done", {"rating": 9.0})


@pytest.mark.parametrize(("there", "state"), [(None, "failed"), (9.0, "done"), (4.0, "failed")])
def test_what_was_begun_when_the_program_was_killed_is_settled(
    allowed: Library, server: WritableMemory, there: float | None, state: str
) -> None:
    allowed.journal.begin(
        JournalEntry(
            source_id=PLEX.id, kind=WriteKind.RATING, title="Arrival", action=Action.RATE, target="10",
            before={"rating": None}, wanted={"rating": 9.0},
        )
    )  # fmt: skip
    server.entries[WriteKind.RATING, "10"] = {"rating": there}
    run(settle(allowed, server, PLEX))
    (entry,) = allowed.journal.page()
    assert entry.state == state
    assert server.written == 0
    if there == 4.0:
        assert entry.message == "The program ended before this was finished. Wanted and found: 9 → 4."


def test_killed_in_the_middle_of_a_list_the_part_is_found_and_can_be_taken_back(
    allowed: Library, server: WritableMemory
) -> None:
    server.put_list(WriteKind.PLAYLIST, "6", "Tonight", "1")
    before = server.dump()
    entry_id = allowed.journal.begin(
        JournalEntry(
            source_id=PLEX.id, kind=WriteKind.PLAYLIST, title="Tonight", action=Action.CREATE,
            wanted={"title": "Tonight", "items": ["1", "2", "3"]}, known=("6",),
        )
    )  # fmt: skip
    server.put_list(WriteKind.PLAYLIST, "8", "Tonight", "1", "2")
    run(settle(allowed, server, PLEX))
    entry = allowed.journal.get(entry_id)
    assert (entry.state, entry.target) == ("done", "8")
    assert entry.message.startswith("Only part of it is there: 2 of 3 titles.")
    assert take_back(allowed, server, entry_id).done
    assert server.dump() == before


def test_a_create_that_failed_after_it_happened_makes_no_second_list(allowed: Library, server: WritableMemory) -> None:
    server.put_list(WriteKind.PLAYLIST, "7", "Tonight", "90")  # another one of that name
    calls: list[str] = []

    def stumble(moment: str) -> None:
        calls.append(moment)
        if calls == ["before", "after"]:
            raise ProviderReplyError("Cellar", "500 after it was done.")

    server.wrong = stumble
    plan = playlist(PLEX, "Tonight", [item(1), item(2)])
    report = write(allowed, server, plan)
    assert len(report.done) == 1
    assert [held["items"] for held in server.lists_of[WriteKind.PLAYLIST].values()] == [["90"], ["10", "20"]]
    (entry,) = allowed.journal.page()
    assert (entry.state, entry.target) == ("done", "101")


def test_undo_refuses_politely_when_somebody_changed_it(allowed: Library, server: WritableMemory) -> None:
    report = write(allowed, server, *rate(ALLOWED, item(), 8.0))
    server.entries[WriteKind.RATING, "10"] = {"rating": 6.0}
    before, rows = server.dump(), allowed.journal.page()
    back = take_back(allowed, server, *report.done)
    assert back.done == []
    assert back.skipped == [
        "Somebody changed “Arrival” since: it was “8” after the write, and is “6” now. It is left as it is."
    ]
    assert server.dump() == before
    assert allowed.journal.page() == rows
    assert server.written == 1


def test_undo_of_an_addition_takes_out_only_what_it_added(allowed: Library, server: WritableMemory) -> None:
    first = write(allowed, server, *collect(ALLOWED, item(1), "Picks")).done
    second = write(allowed, server, *collect(ALLOWED, item(2), "Picks")).done
    (held,) = server.lists_of[WriteKind.COLLECTION].values()
    assert held["items"] == ["10", "20"]
    assert take_back(allowed, server, *first).done
    assert next(iter(server.lists_of[WriteKind.COLLECTION].values()))["items"] == ["20"]
    held = next(iter(server.lists_of[WriteKind.COLLECTION].values()))
    held["items"].append("99")  # by somebody else
    said = take_back(allowed, server, *second).skipped
    assert said == ["Somebody changed the collection “Picks” since. It is left as it is."]
    assert held["items"] == ["20", "99"]


def test_a_whole_batch_is_undone_and_what_cannot_be_is_said(allowed: Library, server: WritableMemory) -> None:
    changes = tuple(rate(ALLOWED, item(number, f"Film {number}"), 9.0)[0].changes[0] for number in (1, 2, 3))
    report = write(allowed, server, WritePlan(PLEX, "Rate", changes))
    server.entries[WriteKind.RATING, "20"] = {"rating": 2.0}
    back = run(undo(allowed, server, PLEX, allowed.journal.of_batch(report.batch)))
    assert len(back.done) == 2
    assert len(back.skipped) == 1
    assert server.state(WriteKind.RATING, "10") == server.state(WriteKind.RATING, "30") == {"rating": None}
    assert run(undo(allowed, server, PLEX, allowed.journal.of_batch(back.batch))).done
    assert server.state(WriteKind.RATING, "10") == {"rating": 9.0}


# What may be written at all


def test_nothing_is_written_until_it_is_allowed(library: Library, server: WritableMemory) -> None:
    (plan,) = rate(ALLOWED, item(), 8.0)
    for job in (
        carry_out(library, server, plan),
        undo(library, server, PLEX, []),
        write_waiting(library, server, PLEX),
    ):
        with pytest.raises(SettingsError, match="only reads from your servers"):
            run(job)
    for make in (lambda: rate(Settings(), item(), 8.0), lambda: collect(Settings(), item(), "x")):
        with pytest.raises(SettingsError, match="only reads"):
            make()


def test_more_than_one_action_may_is_asked_about(allowed: Library, server: WritableMemory) -> None:
    allowed.settings.save(replace(ALLOWED, writing=WritingSettings(allowed=True, most=2)))
    plan = playlist(PLEX, "Long", [item(number) for number in (1, 2, 3)])
    look = run(preview(server, plan, 2, {"1": "Films"}))
    assert look.over
    assert [line.change for line in look.lines] == ["not there → 3 titles"]
    with pytest.raises(SettingsError, match="3 titles at once, more than the 2"):
        run(carry_out(allowed, server, plan))
    assert run(carry_out(allowed, server, replace(plan, confirmed=True))).done


def test_only_the_own_account_and_only_what_it_may(allowed: Library, server: WritableMemory) -> None:
    household = replace(ALLOWED, profiles=(Profile("plex:77", "Anna", PLEX.id), Profile("plex:78", "Ben", "other")))
    assert rate(household, item(), 8.0, "plex:78") == ()
    assert owns(household, "plex:77", PLEX)
    assert writable_sources(household, WriteKind.WATCHLIST, "plex:77") == ()
    (plan,) = rate(ALLOWED, item(), 8.0)
    with pytest.raises(SettingsError, match="no account of your own"):
        run(carry_out(allowed, server, replace(plan, user="plex:78")))
    server.able = frozenset()
    report = run(carry_out(allowed, server, plan))
    assert report.skipped == ["Rate “Arrival”: your account on Cellar may not do that."]
    assert server.written == 0


def test_a_preview_says_what_and_where_and_writes_nothing(server: WritableMemory) -> None:
    server.entries[WriteKind.RATING, "10"] = {"rating": 6.0}
    server.put_list(WriteKind.COLLECTION, "5", "Picks", "10")
    (plan,) = rate(ALLOWED, item(), 8.5)
    look = run(preview(server, plan, 200, {"1": "Films"}))
    assert (look.where, look.count, look.over) == ("Cellar, Films", 1, False)
    assert [(line.title, line.change) for line in look.lines] == [("Arrival", "6 → 8.5")]
    (plan,) = collect(ALLOWED, item(), "Picks")
    assert [line.skipped for line in run(preview(server, plan, 200, {})).lines] == ["It is so already."]
    plan = playlist(PLEX, "Mix", [item(1), item(2), item(1), item(3, "Elsewhere", ("sub-1", "q"))])
    assert plan.left_out == ("Left out: 1 title not on Cellar.", "Left out: 1 title in the list twice.")
    assert server.written == 0


def test_duplicates_are_found_when_a_playlist_is_added_to(allowed: Library, server: WritableMemory) -> None:
    server.put_list(WriteKind.PLAYLIST, "7", "Evening", "10", "92")
    plan = playlist(PLEX, "Evening", [item(1), item(2)], there="7", clash="append")
    (line,) = run(preview(server, plan, 200, {})).lines
    assert line.change == "2 titles → 3 titles; 1 title in it already"
    write(allowed, server, plan)
    assert server.lists_of[WriteKind.PLAYLIST]["7"]["items"] == ["10", "92", "20"]


def test_shows_are_no_entries_of_a_playlist() -> None:
    with pytest.raises(SettingsError, match="None of these titles"):
        playlist(PLEX, "Shows", [item(1, "Fargo", kind=MediaKind.SHOW)])


# What waits


def waiting(library: Library, value: float, number: int = 1) -> int:
    (plan,) = rate(ALLOWED, item(number), value)
    (entry,) = replace(plan, automatic=True).entries()
    return library.journal.wait(entry)


def test_what_waits_is_coalesced_and_written_when_the_server_is_there(allowed: Library, server: WritableMemory) -> None:
    for value in (5.0, 6.0, 7.0):
        waiting(allowed, value)
    server.gone = ProviderUnavailable("Cellar", "Cellar does not answer.")
    with pytest.raises(ProviderUnavailable):
        run(write_waiting(allowed, server, PLEX))
    (entry,) = allowed.journal.page([JournalState.WAITING])
    assert entry.wanted == {"rating": 7.0}
    assert allowed.journal.work() == [(PLEX.id, "local")]
    server.gone = None
    report = run(write_waiting(allowed, server, PLEX))
    assert report.done == [entry.id]
    assert server.written == 1
    assert allowed.journal.work() == []


def test_a_server_that_goes_while_it_is_written_is_tried_again(allowed: Library, server: WritableMemory) -> None:
    entry_id = waiting(allowed, 7.0)

    def leave(moment: str) -> None:
        raise ProviderUnavailable("Cellar", "Cellar hung up.")

    server.wrong = leave
    assert run(write_waiting(allowed, server, PLEX)).untried == 1
    entry = allowed.journal.get(entry_id)
    assert (entry.state, entry.message) == ("waiting", "Cellar hung up.")
    server.wrong = lambda moment: None
    assert run(write_waiting(allowed, server, PLEX)).done == [entry_id]


def test_a_refusal_is_not_tried_again(allowed: Library, server: WritableMemory) -> None:
    entry_id = waiting(allowed, 7.0)

    def refuse(moment: str) -> None:
        raise ProviderDenied("Cellar", "You may not.")

    server.wrong = refuse
    assert run(write_waiting(allowed, server, PLEX)).failed == ["Rate “Arrival”: You may not."]
    assert allowed.journal.get(entry_id).state is JournalState.FAILED
    assert run(write_waiting(allowed, server, PLEX)).failed == []


def test_an_addition_that_waited_does_not_take_out_what_came_meanwhile(
    allowed: Library, server: WritableMemory
) -> None:
    server.put_list(WriteKind.COLLECTION, "5", "Picks", "90")
    (plan,) = collect(ALLOWED, item(1), "Picks", automatic=True)
    allowed.journal.wait(plan.entries()[0])
    server.wrong = lambda moment: (_ for _ in ()).throw(ProviderUnavailable("Cellar", "Gone."))
    run(write_waiting(allowed, server, PLEX))
    server.put_list(WriteKind.COLLECTION, "5", "Picks", "90", "91")
    server.wrong = lambda moment: None
    assert run(write_waiting(allowed, server, PLEX)).done
    assert server.lists_of[WriteKind.COLLECTION]["5"]["items"] == ["90", "91", "10"]


def test_what_waits_can_be_called_off_without_a_server(allowed: Library, server: WritableMemory) -> None:
    entry_id = waiting(allowed, 7.0)
    assert take_back(allowed, server, entry_id).done == [entry_id]
    assert allowed.journal.get(entry_id).state is JournalState.UNDONE
    assert server.written == 0


def test_what_waits_and_is_so_already_leaves_no_row(allowed: Library, server: WritableMemory) -> None:
    waiting(allowed, 7.0)
    server.entries[WriteKind.RATING, "10"] = {"rating": 7.0}
    run(write_waiting(allowed, server, PLEX))
    assert allowed.journal.page() == []


# The store


def test_pages_go_from_the_newest_and_can_be_filtered(allowed: Library) -> None:
    ids = [waiting(allowed, 7.0, number) for number in range(1, 8)]
    allowed.journal.fail(ids[2], "No.")
    first = allowed.journal.page(limit=3)
    assert [entry.id for entry in first] == ids[:3:-1]
    assert [entry.id for entry in allowed.journal.page(before=first[-1].id, limit=9)] == ids[3::-1]
    assert [entry.id for entry in allowed.journal.page([JournalState.FAILED])] == [ids[2]]
    assert allowed.journal.counts() == {JournalState.WAITING: 6, JournalState.FAILED: 1}


def test_odd_names_survive(allowed: Library) -> None:
    entry = JournalEntry(
        source_id="s", kind=WriteKind.PLAYLIST, title="A \udc80 b", action=Action.CREATE, target="x\udc80", at=5.0
    )
    found = allowed.journal.get(allowed.journal.begin(entry))
    assert found.target == "x\udc80"
    assert found.title == "A ? b"


def test_a_list_under_a_new_name_is_still_the_same_list(allowed: Library) -> None:
    journal = allowed.journal
    made = JournalEntry(source_id="s", kind=WriteKind.PLAYLIST, title="A", action=Action.CREATE)
    first = journal.begin(made)
    journal.finish(first, "10", {"title": "A", "items": ["1"]})
    second = journal.begin(replace(made, action=Action.REPLACE, target="10"))
    journal.finish(second, "11", {"title": "A", "items": ["2"]})
    assert journal.get(first).target == "11"


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        (WriteKind.RATING, {"rating": 8.0}, "8"),
        (WriteKind.RATING, {"rating": None}, "no rating"),
        (WriteKind.WATCHED, {"watched": True}, "watched"),
        (WriteKind.LIKED, {"liked": False}, "no star"),
        (WriteKind.WATCHLIST, {"listed": True}, "on the watchlist"),
        (WriteKind.PLAYLIST, {"title": "x", "items": ["1"]}, "1 title"),
        (WriteKind.PLAYLIST, None, "not there"),
    ],
)
def test_states_are_said_as_people_say_them(kind: WriteKind, state: dict | None, words: str) -> None:
    assert state_words(kind, state) == words


@pytest.mark.parametrize("action", Action)
def test_every_action_has_words(action: Action) -> None:
    entry = JournalEntry(source_id="s", kind=WriteKind.PLAYLIST, title="Noon", action=action)
    assert "“Noon”" in entry_words(entry)
    assert "  " not in entry_words(entry)


def test_the_name_for_a_watchlist() -> None:
    assert plex_name(item(3)) == "plex://movie/abc3"
    assert plex_name(replace(item(3), external_ids=())) == ""
