"""Scanning: incremental, resumable, and never at the cost of what a person said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from library.errors import ProviderUnavailable, StoreUnavailable
from library.feedback import Rating, Reset
from library.items import MediaKind, Viewing
from library.library import Library
from library.progress import Progress, run
from library.scan_history import ScanRecord, ScanStatus
from library.settings import SourceSettings
from library.sync import MOST_PROBLEMS, ScanReport, scan
from tests.unit.library.building import WrittenServer, film, show

SOURCE = SourceSettings("src", "plex", "Living room", url="http://localhost:32400")


def films(count: int, version: str = "1") -> list:
    return [film(str(number), f"Film {number}", 1990, version=version) for number in range(count)]


@pytest.fixture
def scanned(library: Library) -> Callable[..., ScanReport]:
    def scanned(server: WrittenServer, source: SourceSettings = SOURCE, **more) -> ScanReport:
        return run(scan(library, server, source, **more))

    return scanned


def last(library: Library) -> ScanRecord:
    record = library.scans.last("src")
    assert record is not None
    return record


def test_a_first_scan_reads_everything(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(23), "2": [show("a", "Show")]})
    report = scanned(server, now=lambda: 500.0)
    assert (report.listed, report.added, report.changed, report.removed, report.failed) == (24, 24, 0, 0, 0)
    assert (report.problems, report.question, report.status) == ((), None, ScanStatus.SUCCESS)
    assert library.items.count(MediaKind.MOVIE) == 23
    assert library.items.count(MediaKind.SHOW) == 1
    assert last(library) == ScanRecord(
        id=1,
        source_id="src",
        status=ScanStatus.SUCCESS,
        started_at=500,
        finished_at=500,
        added=24,
        message=report.sentence,
    )
    assert "24 new" in report.sentence


def test_a_second_scan_asks_only_for_what_is_new_or_changed(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(20)})
    scanned(server)
    server.asked.clear()
    report = scanned(server)
    assert server.asked == []
    assert (report.added, report.changed, report.sentence) == (0, 0, "20 titles, nothing new")
    server.content["1"][3] = film("3", "Film 3 again", 1990, version="2")
    server.content["1"].append(film("new", "New"))
    report = scanned(server)
    assert sorted(server.asked) == ["3", "new"]
    assert (report.added, report.changed) == (1, 1)
    assert len(library.items.search("again")) == 1


def test_what_vanished_is_marked_and_its_rating_stays(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(10)})
    scanned(server)
    (item_id,) = library.items.search("film 7")
    library.feedback.append(Rating(at=1, item_id=item_id, value=9))
    gone = server.content["1"].pop(7)
    assert scanned(server, now=lambda: 77.0).removed == 1
    item = library.items.get(item_id)
    assert item is not None
    assert item.removed_at == 77.0
    server.content["1"].append(replace(gone, key="another key"))
    assert scanned(server).added == 1
    assert library.items.search("film 7") == [item_id]
    assert [rating.item_id for rating in library.feedback.current().ratings] == [item_id]


def test_progress_is_told_batch_by_batch_and_each_is_stored_before(library: Library) -> None:
    server = WrittenServer({"1": films(23)})
    seen: list[tuple[Progress, int]] = []
    run(scan(library, server, SOURCE), lambda step: seen.append((step, library.items.count())))
    reading = [(step.done, step.total, stored) for step, stored in seen if step.step == "Reading Library 1"]
    assert reading == [(done, 23, done) for done in (0, 5, 10, 15, 20, 23)]
    listing = [step.done for step, _ in seen if step.step == "Listing Library 1"]
    assert listing == [0, 10, 20, 23]


def test_large_batches_are_stored_and_told_in_pieces(library: Library) -> None:
    server = WrittenServer({"1": films(450)}, batch=450)
    steps = []
    run(scan(library, server, SOURCE), steps.append)
    assert [step.done for step in steps if step.step.startswith("Reading")] == [0, 100, 200, 300, 400, 450]


def test_a_scan_that_is_closed_keeps_what_it_read_and_the_next_goes_on(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(23)})
    job = scan(library, server, SOURCE)
    while not next(job).step.startswith("Reading"):
        pass
    for _ in range(2):
        next(job)
    job.close()
    assert library.items.count() == 10
    assert server.open_answers == 0
    assert last(library).status is ScanStatus.INTERRUPTED
    assert last(library).added == 10
    assert last(library).finished_at is not None
    server.asked.clear()
    assert scanned(server).added == 13
    assert len(server.asked) == 13


@pytest.mark.parametrize("steps", range(1, 16))
def test_a_scan_can_be_closed_at_every_yield(library: Library, scanned, steps: int) -> None:
    before = WrittenServer({"1": films(12), "2": films(3)})
    scanned(before)
    (item_id,) = library.items.search("film 11")
    library.feedback.append(Rating(at=1, item_id=item_id, value=9))
    server = WrittenServer({"1": [*films(8, "2"), film("new", "New")], "2": films(3)})
    job = scan(library, server, SOURCE)
    for _ in range(steps):
        if next(job, None) is None:
            break
    job.close()
    report = scanned(server)
    assert report.status is ScanStatus.SUCCESS
    assert library.items.count() == 9
    assert library.feedback.current().ratings[0].item_id == item_id


def test_a_service_that_fails_half_way_keeps_what_was_read(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(23)}, error=ProviderUnavailable("Plex", "It went away."), error_after=10)
    with pytest.raises(ProviderUnavailable, match="went away"):
        scanned(server)
    assert library.items.count() == 10
    assert (last(library).status, last(library).added, last(library).message) == (
        ScanStatus.PARTIAL,
        10,
        "It went away.",
    )
    server.error = None
    assert scanned(server).added == 13


def test_a_service_that_fails_at_once_marks_nothing(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": films(5)}))
    server = WrittenServer({"1": films(5, "2")}, error=ProviderUnavailable("Plex", "It is off."))
    with pytest.raises(ProviderUnavailable):
        scanned(server)
    assert last(library).status is ScanStatus.FAILED
    assert library.items.count() == 5


def test_a_bug_is_recorded_and_raised_on(library: Library, scanned) -> None:
    with pytest.raises(ZeroDivisionError):
        scanned(WrittenServer({"1": films(5)}, error=ZeroDivisionError()))
    assert last(library).status is ScanStatus.FAILED


def test_a_full_disk_is_raised_on_and_the_next_scan_goes_on(library: Library, scanned, monkeypatch) -> None:
    server = WrittenServer({"1": films(23)})
    upsert, calls = library.items.upsert, []

    def full(*given, **more):
        calls.append(1)
        if len(calls) > 2:
            raise StoreUnavailable("The disk is full.")
        return upsert(*given, **more)

    monkeypatch.setattr(library.items, "upsert", full)
    with pytest.raises(StoreUnavailable):
        scanned(server)
    monkeypatch.undo()
    assert library.items.count() == 10
    assert scanned(server).added == 13


def test_entries_that_fail_are_told_and_tried_again(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(12)}, failures={"3": "Film 3 is broken."}, silent={"7"})
    report = scanned(server)
    assert (report.added, report.failed, report.status) == (10, 2, ScanStatus.PARTIAL)
    assert report.problems == ("Film 3 is broken.", "Living room said nothing about 1 title.")
    server.failures, server.silent, server.asked = {}, set(), []
    report = scanned(server)
    assert sorted(server.asked) == ["3", "7"]
    assert (report.added, report.failed) == (2, 0)


def test_a_known_entry_that_fails_stays_as_it_was_and_is_tried_again(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(4)})
    scanned(server)
    server.content["1"] = films(4, "2")
    server.failures = {"2": "Broken."}
    assert scanned(server).changed == 3
    assert library.items.count() == 4
    server.failures = {}
    assert scanned(server).changed == 1


def test_problems_are_not_told_without_end(scanned) -> None:
    content = films(300)
    report = scanned(WrittenServer({"1": content}, failures={item.key: f"Broken: {item.key}." for item in content}))
    assert (report.failed, len(report.problems), report.untold) == (300, MOST_PROBLEMS, 200)


@pytest.mark.parametrize("trouble", [{"complete": False}, {"said_total": 12}])
def test_a_listing_that_is_not_complete_marks_nothing(library: Library, scanned, trouble: dict) -> None:
    scanned(WrittenServer({"1": films(12)}))
    report = scanned(WrittenServer({"1": films(8)}, problems=("A folder cannot be read.",), **trouble))
    assert report.removed == 0
    assert report.status is ScanStatus.PARTIAL
    assert "A folder cannot be read." in report.problems
    assert library.items.count() == 12


def test_far_too_few_are_asked_about_before_anything_is_marked(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": films(12), "2": [show("a", "A"), show("b", "B")]}))
    server = WrittenServer({"1": films(5), "2": [show("a", "A")]})
    report = scanned(server)
    assert report.question is not None
    assert (report.question.known, report.question.found, report.question.libraries) == (12, 5, ("Library 1",))
    assert "Only 5 of the 12 titles" in report.question.sentence
    assert (report.removed, report.status, library.items.count()) == (0, ScanStatus.PARTIAL, 14)
    report = scanned(server, allow_shrink=True)
    assert (report.removed, report.question, library.items.count()) == (8, None, 6)


def test_exactly_half_is_believed(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": films(10)}))
    report = scanned(WrittenServer({"1": films(5)}))
    assert (report.removed, report.question) == (5, None)


@pytest.mark.parametrize("content", [{}, {"1": []}])
def test_a_server_that_has_nothing_any_more_is_asked_about(library: Library, scanned, content: dict) -> None:
    scanned(WrittenServer({"1": films(10)}))
    report = scanned(WrittenServer(content))
    assert report.question is not None
    assert library.items.count() == 10
    assert scanned(WrittenServer(content), allow_shrink=True).removed == 10


def test_only_the_chosen_libraries_are_read_and_others_leave_without_a_question(library: Library, scanned) -> None:
    server = WrittenServer({"1": films(10), "2": [show("a", "A")]})
    scanned(server)
    report = scanned(server, replace(SOURCE, libraries=("2",)))
    assert (report.removed, report.question, report.listed) == (10, None, 1)
    assert library.items.count() == 1
    assert scanned(server, replace(SOURCE, libraries=())).removed == 1
    assert scanned(server).added == 11


def test_a_chosen_library_that_is_gone_is_told(library: Library, scanned) -> None:
    report = scanned(WrittenServer({"1": films(2)}), replace(SOURCE, libraries=("1", "9")))
    assert report.added == 2
    assert report.problems == ("The library “9” is not on Living room any more.",)


def test_another_source_is_left_alone(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": films(4)}))
    scanned(WrittenServer({"1": [film("x", "Other")]}), replace(SOURCE, id="other"))
    assert library.items.count() == 5
    assert library.scans.last("other") is not None
    assert [record.source_id for record in library.scans.recent()] == ["other", "src"]


def rated(value: float | None, at: float | None, version: str = "1"):
    return film("1", "Rated", 1990, version=version, viewing=Viewing(rating=value, rated_at=at))


def test_ratings_of_the_server_come_in_once(library: Library, scanned) -> None:
    report = scanned(WrittenServer({"1": [rated(8.0, 50.0)]}))
    assert report.ratings == 1
    (rating,) = library.feedback.current().ratings
    assert (rating.value, rating.at, rating.source) == (8, 50, "plex")
    assert scanned(WrittenServer({"1": [rated(8.0, 50.0, "2")]})).ratings == 0
    assert scanned(WrittenServer({"1": [rated(6.0, 60.0, "3")]})).ratings == 1
    assert [event.value for event in library.feedback.log()] == [8, 6]


def test_a_rating_given_here_later_counts_more(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": [rated(8.0, 50.0)]}))
    (item_id,) = library.items.search("rated")
    library.feedback.append(Rating(at=60, item_id=item_id, value=3))
    scanned(WrittenServer({"1": [rated(8.0, 50.0, "2")]}))
    assert library.feedback.current().ratings[0].value == 3
    scanned(WrittenServer({"1": [rated(9.0, 70.0, "3")]}))
    assert library.feedback.current().ratings[0].value == 9


def test_ratings_from_before_a_reset_do_not_come_back(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": [rated(8.0, 50.0)]}))
    library.feedback.append(Reset(at=100))
    scanned(WrittenServer({"1": [rated(8.0, 50.0, "2")]}))
    scanned(WrittenServer({"1": [rated(7.0, 90.0, "3")]}))
    assert library.feedback.current().ratings == ()
    scanned(WrittenServer({"1": [rated(6.0, 110.0, "4")]}))
    assert library.feedback.current().ratings[0].value == 6


def test_two_servers_with_different_ratings_do_not_take_turns(library: Library, scanned) -> None:
    other = replace(SOURCE, id="other")
    for version in "123":
        scanned(WrittenServer({"1": [rated(8.0, 50.0, version)]}))
        scanned(WrittenServer({"1": [rated(6.0, 40.0, version)]}), other)
    assert len(library.feedback.log()) == 2
    assert library.feedback.current().ratings[0].value == 8


@pytest.mark.parametrize(("said", "stored"), [(0.5, 1.0), (10.0, 10.0), (7.4, 7.4), (11.0, 10.0)])
def test_ratings_are_brought_to_our_scale(library: Library, scanned, said: float, stored: float) -> None:
    scanned(WrittenServer({"1": [rated(said, None)]}), now=lambda: 42.0)
    (rating,) = library.feedback.current().ratings
    assert (rating.value, rating.at) == (stored, 42)


def test_no_rating_is_no_rating(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": [rated(None, None)], "2": [replace(rated(0.0, 5.0), title="B")]}))
    assert library.feedback.log() == []


def test_a_scan_that_was_killed_reads_interrupted(library: Library) -> None:
    job = scan(library, WrittenServer({"1": films(5)}), SOURCE)
    next(job)
    assert (last(library).status, last(library).finished_at) == (ScanStatus.INTERRUPTED, None)
    job.close()


def test_a_move_to_another_server_tells_what_was_matched_again(library: Library, scanned) -> None:
    scanned(WrittenServer({"1": [rated(8.0, 50.0), film("b", "Ran", 1985), film("c", "Kes", 1969)]}))
    library.feedback.append(Rating(at=60.0, item_id=library.items.search("Kes")[0], value=9.0))
    library.items.remove_source(SOURCE.id)
    moved = WrittenServer({"m": [film("x", "Ran", 1985), film("y", "Kes", 1969), film("z", "If....", 1968)]})
    report = scanned(moved, replace(SOURCE, id="other"))
    assert (report.added, report.matched, report.rated_again, report.rated_gone) == (3, 2, 1, 1)
    assert report.sentence == (
        "3 titles: 1 new, 2 known before (1 of them rated), 1 title that you rated not found again"
    )
