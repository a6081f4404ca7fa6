"""Each format with a thousand real-looking lines, broken ones and odd encodings among them: every line is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.feedback import BROUGHT_ALONG
from library.items import ExternalId, MediaKind
from library.library import Library
from library.past.formats import ACCOUNTS, PROGRAMS
from library.past.import_store import ImportStore
from library.past.importing import KNOWN_BEFORE, TWICE, ImportReport, bring_along
from library.past.matching import Pile
from library.past.recognising import LAYOUTS
from library.progress import run
from library.sources import ServerItem
from tests import past_files
from tests.past_files import LINES, PASTS, imdb, song, title, year

KINDS = ("ratings", "plays", "wishes", "left_out")


def fill(library: Library) -> None:
    """Every third of the titles is there, every ninth of them a year later; and every fourth song."""
    films = [
        ServerItem(
            key=f"f{k}",
            version="1",
            kind=MediaKind.MOVIE,
            title=title(k),
            year=year(k) + (1 if k % 9 == 0 else 0),
            external_ids=(ExternalId("imdb", imdb(k)),) if k % 6 == 0 else (),
        )
        for k in range(0, LINES, 3)
    ]
    library.items.upsert("films", "1", films)
    songs: dict[tuple[str, str, str], ServerItem] = {}
    for k in range(0, LINES, 4):
        artist, album, name = song(k)
        songs[song(k)] = ServerItem(
            key=f"t{k}", version="1", kind=MediaKind.TRACK, title=name, artist=artist, album=album, track_number=k
        )
    library.items.upsert("music", "1", list(songs.values()))


def stored_lines(library: Library, import_id: int) -> int:
    found = library.database.row("SELECT count(*) FROM import_line WHERE import_id = ?", (import_id,))
    return int(found[0]) if found else 0


def watched(library: Library) -> list[tuple[object, ...]]:
    return library.database.rows("SELECT user, item_id, at, source_id FROM watch ORDER BY item_id, at")


@pytest.mark.parametrize("past", PASTS)
def test_every_line_is_taken_or_left_out_with_a_reason(past: str, library: Library, tmp_path: Path) -> None:
    fill(library)
    made = [make() for make in PASTS[past]]
    paths = [found.put(tmp_path) for found in made]
    report = run(bring_along(library, paths))
    expected = made[0].lines
    assert {kind: report.total(kind) for kind in KINDS} == {kind: expected[kind] for kind in KINDS}
    assert report.total("lines") == LINES == sum(report.total(kind) for kind in KINDS)
    assert sum(count for _, count in report.reasons) == report.total("left_out") > 0
    assert all(reason for reason, _ in report.reasons)
    assert report.id is not None
    assert stored_lines(library, report.id) == LINES
    _everything_counts_as_it_should(library, report)
    events, plays = library.feedback.log(), watched(library)
    again = run(bring_along(library, paths))
    assert again.id is None
    assert again.total("left_out") == LINES
    assert dict(again.reasons)[KNOWN_BEFORE] == LINES - expected["left_out"]
    assert (library.feedback.log(), watched(library)) == (events, plays)


def _everything_counts_as_it_should(library: Library, report: ImportReport) -> None:
    store = ImportStore(library.database)
    assert report.id is not None
    piles = store.piles(report.id)
    assert piles == report.piles
    assert len(store.left_out(report.id)) == report.total("left_out")
    titles = store.titles(report.id)
    lines = store.lines([found.id for found in titles])
    assert len(lines) == LINES - report.total("left_out")
    decided = {found.id for found in titles if found.pile in (Pile.SURE, Pile.NOT_OWNED)}
    rated = [line for line in lines if line.act == "rating" and line.title_id in decided]
    assert all(line.feedback_id for line in rated)
    assert sum(line.feedback_id is not None for line in lines) == len(rated)
    owned = {found.id: found.item_id for found in titles if found.item_id is not None}
    moments = {(owned[line.title_id], line.played_at) for line in lines if line.played_at and line.title_id in owned}
    assert {(item_id, at) for _, item_id, at, _ in watched(library)} == moments


def test_a_whole_export_in_one_archive(library: Library, tmp_path: Path) -> None:
    fill(library)
    files = (
        past_files.letterboxd_ratings(),
        past_files.letterboxd_diary(),
        past_files.letterboxd_reviews(),
        past_files.letterboxd_watched(),
        past_files.letterboxd_watchlist(),
        past_files.PastFile("deleted/diary.csv", past_files.letterboxd_diary().content, past_files.Counter()),
        past_files.PastFile("profile.csv", b"Date Joined,Username\n2014-01-01,somebody\n", past_files.Counter()),
        past_files.PastFile(
            "lists/best.csv", b"Letterboxd list export v7\n\nPosition,Name\n1,Heat\n", past_files.Counter()
        ),
    )
    archive = past_files.zipped(tmp_path / "letterboxd-somebody.zip", *files)
    report = run(bring_along(library, [archive]))
    assert report.total("lines") == 5 * LINES == sum(report.total(kind) for kind in KINDS)
    unused = dict(report.unused)
    assert unused["deleted/diary.csv"] == "is what you deleted there"
    assert set(unused) == {"deleted/diary.csv", "profile.csv", "lists/best.csv"}
    assert (report.format, report.name) == ("Letterboxd", "letterboxd-somebody.zip")
    current = library.feedback.current()
    assert {rating.source for rating in current.ratings} == {"letterboxd"}
    assert run(bring_along(library, [archive])).id is None


def test_a_line_that_says_the_same_as_another_is_left_out(library: Library, tmp_path: Path) -> None:
    file = past_files.letterboxd_ratings()
    doubled = file.content + b"\r\n".join(file.content.split(b"\r\n")[1:])
    path = tmp_path / "ratings.csv"
    path.write_bytes(doubled)
    report = run(bring_along(library, [path]))
    assert report.total("lines") == 2 * LINES
    assert dict(report.reasons)[TWICE] == file.lines["ratings"]


def test_each_source_has_a_name_and_counts_as_brought_along() -> None:
    assert {layout.source for layout in LAYOUTS} == set(PROGRAMS)
    assert set(PROGRAMS) | set(ACCOUNTS) == BROUGHT_ALONG
