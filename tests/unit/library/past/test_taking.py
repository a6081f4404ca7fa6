"""What a past does once it is read: ratings and plays, decisions, taking back, and titles that are nowhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from library.absent_items import add_absent
from library.errors import SettingsError
from library.feedback import Rating, Reset
from library.items import Description, ExternalId, MediaKind
from library.library import Library
from library.metadata_store import MetadataStore
from library.past.formats import moment
from library.past.import_store import ImportStore, PastTitle
from library.past.importing import STALE_AFTER, ImportReport, bring_along
from library.past.matching import Pile
from library.past.taking import bring_back, decide, decide_many, same_year_suggestions, take_back
from library.progress import run
from library.sources import Metadata
from library.statistics import library_statistics
from tests.unit.library.building import film

HEAD = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
NOW = 1_700_000_000.0


@pytest.fixture
def heat(library: Library) -> int:
    return library.items.upsert("f", "1", [film("heat", "Heat", 1995)])[0]


@pytest.fixture
def diary(library: Library, tmp_path: Path) -> Callable[..., ImportReport]:
    numbers = itertools.count()

    def bring(*lines: str) -> ImportReport:
        path = tmp_path / f"diary-{next(numbers)}.csv"
        path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return run(bring_along(library, [path], clock=lambda: NOW))

    return bring


def line(title: str, year: int, stars: object = 4, day: str = "2020-01-02") -> str:
    return f"{day},{title},{year},u,{stars},,,{day}"


def values(library: Library) -> dict[int, float]:
    return {rating.item_id: rating.value for rating in library.feedback.current().ratings}


def plays(library: Library) -> list[tuple[int, float]]:
    return [(row[0], row[1]) for row in library.database.rows("SELECT item_id, at FROM watch ORDER BY item_id, at")]


def titles(library: Library, report: ImportReport, pile: Pile | None = None) -> list[PastTitle]:
    return ImportStore(library.database).titles(report.id or 0, pile)


def test_the_newest_rating_counts_wherever_it_was_given(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    report = diary(line("Heat", 1995, 5, "2021-05-01"), line("Heat", 1995, 3, "2019-05-01"))
    assert values(library) == {heat: 10.0}
    (rating,) = library.feedback.current().ratings
    assert (rating.source, rating.at) == ("letterboxd", moment("2021-05-01"))
    library.feedback.append(Rating(at=moment("2022-01-01") or 0.0, item_id=heat, value=7.0))
    assert values(library) == {heat: 7.0}
    diary(line("Heat", 1995, 1, "2021-12-01"))
    assert values(library) == {heat: 7.0}
    assert plays(library) == [(heat, moment(day)) for day in ("2019-05-01", "2021-05-01", "2021-12-01")]
    assert report.piles[Pile.SURE] == 1


def test_a_rating_without_a_date_yields_to_one_given_here(library: Library, heat: int, tmp_path: Path) -> None:
    library.feedback.append(Rating(at=NOW - 500, item_id=heat, value=7.0))
    path = tmp_path / "movielens.csv"
    path.write_text("movie_id,imdb_id,tmdb_id,rating,title\n6,,,5,Heat (1995)\n7,,,4,Ronin (1998)\n")
    run(bring_along(library, [path], clock=lambda: NOW))
    assert values(library)[heat] == 7.0
    (other,) = [rating for rating in library.feedback.current().ratings if rating.item_id != heat]
    assert (other.value, other.at) == (8.0, NOW)


def test_what_is_brought_along_after_a_reset_counts(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    library.feedback.append(Reset(at=NOW))
    diary(line("Heat", 1995))
    assert values(library) == {heat: 8.0}


def test_an_import_is_taken_back_as_a_whole_and_brought_back(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    library.feedback.append(Rating(at=5.0, item_id=heat, value=2.0))
    library.database.run("INSERT INTO watch VALUES ('local', ?, 77.0, 'plex')", (heat,))
    before = values(library)
    report = diary(line("Heat", 1995), line("Ronin", 1998), line("Thief", 1981, ""))
    assert len(values(library)) == 2
    store = ImportStore(library.database)
    for _ in range(2):
        after, seen = values(library), plays(library)
        record = run(take_back(library, report.id or 0))
        assert record.taken_back_at is not None
        assert values(library) == before
        assert plays(library) == [(heat, 77.0)]
        run(take_back(library, report.id or 0))
        assert run(bring_back(library, report.id or 0)).taken_back_at is None
        assert (values(library), plays(library)) == (after, seen)
    run(take_back(library, report.id or 0))
    again = diary(line("Heat", 1995), line("Ronin", 1998), line("Thief", 1981, ""))
    assert again.id is not None
    assert values(library) == after
    assert [record.id for record in store.all("local")] == [again.id, report.id]
    with pytest.raises(SettingsError, match="There is no import 99"):
        run(take_back(library, 99))


def test_unsure_titles_wait_for_a_word_also_over_a_restart(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    report = diary(line("Heat", 1996), line("Heat", 1996, 2, "2018-01-01"))
    assert values(library) == {}
    with Library.open(library.home) as later:
        (unsure,) = titles(later, report, Pile.UNSURE)
        assert (unsure.candidates, unsure.lines, unsure.value) == ((heat,), 2, 8.0)
        done = decide(later, unsure.id, heat)
        assert done is not None
        assert (done.pile, done.decided) == (Pile.SURE, True)
    assert values(library) == {heat: 8.0}
    assert len(plays(library)) == 2
    decide(library, unsure.id, None)
    assert heat not in values(library)
    assert all(item_id != heat for item_id, _ in plays(library))
    (absent,) = titles(library, report, Pile.NOT_OWNED)
    assert values(library) == {absent.item_id: 8.0}
    assert absent.candidates == (heat,)
    decide(library, unsure.id, heat)
    assert values(library) == {heat: 8.0}
    assert diary(line("Heat", 1996)).id is None
    run(take_back(library, report.id or 0))
    assert values(library) == {}
    assert decide(library, unsure.id, heat) is None


def test_a_sure_title_can_be_said_to_be_another(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    report = diary(line("Heat", 1995))
    (sure,) = titles(library, report, Pile.SURE)
    decide(library, sure.id, None)
    assert heat not in values(library)
    assert titles(library, report, Pile.NOT_OWNED)[0].candidates == (heat,)


def test_suggestions_of_the_same_year_are_taken_at_once(library: Library, diary: Callable[..., ImportReport]) -> None:
    ids = library.items.upsert(
        "f",
        "1",
        [film("a", "Solo Part II", 1999), film("b", "Duo", 2000, runtime=100.0), film("c", "Duo", 2000, runtime=60.0)],
    )
    report = diary(line("Solo 2", 1999), line("Duo", 2000))
    found = same_year_suggestions(library, report.id or 0)
    assert list(found.values()) == [ids[0]]
    assert run(decide_many(library, list(found.items()))) == 1
    assert values(library) == {ids[0]: 8.0}


def test_a_title_that_is_nowhere_teaches_and_becomes_the_same_when_it_comes(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    before = library_statistics(library)
    report = diary(line("Ronin", 1998, 4.5), line("Thief", 1981, ""))
    assert library.items.count() == 1
    assert library.items.search("ronin") == []
    after = library_statistics(library)
    assert (after.items, after.removed, after.sources) == (before.items, before.removed, before.sources)
    (ronin,) = [rating.item_id for rating in library.feedback.current().ratings]
    assert [item.id for item in library.items.all()] == [heat]
    assert library.items.upsert("f", "1", [film("ronin", "Ronin", 1998)]) == [ronin]
    assert library.items.count() == 2
    assert library_statistics(library).total == 2
    store = ImportStore(library.database)
    assert store.piles(report.id or 0)[Pile.SURE] == 1
    library.items.upsert("f", "1", [film("thief", "Thief", 1981)])
    more = diary(line("Ronin", 1998, 4.5), line("Thief", 1981, ""))
    assert (more.total("plays"), more.piles[Pile.SURE]) == (1, 1)


def test_what_is_gone_still_counts_as_gone(library: Library, heat: int) -> None:
    library.items.mark_removed("f", "1", ["heat"])
    with library.database.transaction():
        description = Description(kind=MediaKind.MOVIE, title="Ronin", external_ids=(ExternalId("imdb", "tt0122690"),))
        made = add_absent(library.database, description, 1.0)
        assert add_absent(library.database, description, 2.0) == made
    assert library_statistics(library).removed == 1
    assert library.items.removed_among([heat, made]) == {heat}


def test_a_wish_is_written_nowhere(library: Library, heat: int, tmp_path: Path) -> None:
    path = tmp_path / "watchlist.csv"
    path.write_text("Date,Name,Year,Letterboxd URI\n2020-01-01,Heat,1995,u\n2020-01-01,Ronin,1998,u\n")
    report = run(bring_along(library, [path]))
    assert (report.total("wishes"), report.piles[Pile.WISH]) == (2, 2)
    assert [wish.item_id for wish in titles(library, report)] == [heat, None]
    assert not library.feedback.log()
    assert not plays(library)
    assert library.items.count() == 1
    assert run(bring_along(library, [path])).id is None


@pytest.mark.parametrize("steps", [0, 3, 6])
def test_cancelling_leaves_nothing_behind(steps: int, library: Library, heat: int, tmp_path: Path) -> None:
    path = tmp_path / "diary.csv"
    path.write_text(HEAD + "".join(line(f"Heat {number}", 1995) + "\n" for number in range(700)) + line("Heat", 1995))
    with closing(bring_along(library, [path])) as job:
        for _ in range(steps + 1):
            next(job)
    assert values(library) == {}
    assert not plays(library)
    for table in ("import", "import_title", "import_line"):
        assert not library.database.rows(f"SELECT 1 FROM {table}")
    assert run(bring_along(library, [path])).total("ratings") == 701


def test_what_a_killed_program_left_is_cleared_up(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    report = diary(line("Heat", 1995))
    library.database.run("UPDATE import SET finished_at = NULL, at = ?", (NOW - STALE_AFTER - 1,))
    assert ImportStore(library.database).all("local") == ()
    diary(line("Ronin", 1998))
    assert heat not in values(library)
    assert all(item_id != heat for item_id, _ in plays(library))
    assert ImportStore(library.database).get(report.id or 0) is None


def test_a_dry_run_stores_nothing(library: Library, heat: int, tmp_path: Path) -> None:
    path = tmp_path / "diary.csv"
    path.write_text(HEAD + line("Heat", 1995) + "\n" + line("Ronin", 1998) + "\n")
    report = run(bring_along(library, [path], dry_run=True))
    assert (report.id, report.piles[Pile.SURE], report.piles[Pile.NOT_OWNED]) == (None, 1, 1)
    assert not library.feedback.log()
    assert not library.database.rows("SELECT 1 FROM import")


def test_catalogues_are_asked_about_a_rated_title_that_is_nowhere_and_it_stays_there(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    diary(line("Ronin", 1998, 4.5), line("Thief", 1981, ""))
    (ronin,) = [rating.item_id for rating in library.feedback.current().ratings]
    metadata = MetadataStore(library.database)
    assert metadata.due("tmdb", NOW, [MediaKind.MOVIE]) == [heat, ronin]
    said = Metadata(kind=MediaKind.MOVIE, title="Ronin", year=1998, key="8195", genres=("Action", "Crime"))
    metadata.put("tmdb", [(ronin, said)])
    item = library.items.get(ronin)
    assert item is not None
    assert (item.genres, item.removed_at is None) == (("Action", "Crime"), False)
    assert library.items.count() == 1
    assert library.items.search("ronin") == []


def test_what_was_watched_elsewhere_counts_as_seen_until_it_is_taken_back(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    library.database.run("INSERT INTO watch VALUES ('somebody else', ?, 77.0, 'import:9')", (heat,))
    library.database.run("INSERT INTO watch VALUES ('local', ?, 77.0, 'plex')", (heat,))

    def seen() -> bool:
        item = library.items.get(heat)
        return item is not None and item.seen

    assert not seen()
    revision = library.items.revision()
    report = diary(line("Heat", 1995, ""))
    assert seen()
    assert library.items.revision() > revision
    revision = library.items.revision()
    run(take_back(library, report.id or 0))
    assert not seen()
    assert library.items.revision() > revision


def test_titles_that_were_put_together_keep_their_past_and_it_can_still_be_taken_back(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    (other,) = library.items.upsert("g", "2", [film("h", "Heat", 1996)])
    report = diary(line("Heat", 1996, 5, "2021-05-01"))
    assert values(library) == {other: 10.0}
    (pair,) = library.pairs.waiting()
    library.pairs.put_together(pair)
    assert values(library) == {heat: 10.0}
    run(take_back(library, report.id or 0))
    assert values(library) == {}
    run(bring_back(library, report.id or 0))
    assert values(library) == {heat: 10.0}


def test_taken_apart_again_the_past_goes_back_to_its_title(
    library: Library, heat: int, diary: Callable[..., ImportReport]
) -> None:
    (other,) = library.items.upsert("g", "2", [film("h", "Heat", 1996)])
    report = diary(line("Heat", 1996, 5, "2021-05-01"))
    (pair,) = library.pairs.waiting()
    library.pairs.put_together(pair)
    library.pairs.take_apart(pair)
    assert values(library) == {other: 10.0}
    run(take_back(library, report.id or 0))
    assert values(library) == {}
