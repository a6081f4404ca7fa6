"""What an account at TMDB says, taken in by the rules of every other past."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.feedback import Rating, Reset
from library.home import Home
from library.items import ExternalId, MediaKind
from library.library import Library
from library.past.import_store import ImportStore
from library.past.importing import KNOWN_BEFORE, ImportReport
from library.past.matching import Pile
from library.past.taking import bring_back, take_back
from library.past.tmdb import AccountList, AccountPast, ListedTitle, ListKind, bring_account_along
from library.progress import run
from library.sources import ServerItem
from tests.gui.places import make_home

NOW = 1_700_000_000.0


@pytest.fixture
def library(home_path) -> Iterator[Library]:
    home: Home = make_home(home_path)
    with Library.open(home) as library:
        titles = [
            film("a", "Heat", 1995, "949"),
            film("b", "Solaris", 1972, "593"),
            film("c", "Thief", 1981, ""),
        ]
        library.items.upsert("films", "1", titles)
        yield library


def film(key: str, title: str, year: int, tmdb: str) -> ServerItem:
    ids = (ExternalId("tmdb", tmdb),) if tmdb else ()
    return ServerItem(key=key, version="1", kind=MediaKind.MOVIE, title=title, year=year, external_ids=ids)


def title(
    key: str, name: str, year: int, rating: float | None = None, kind: MediaKind = MediaKind.MOVIE
) -> ListedTitle:
    return ListedTitle(kind=kind, key=key, title=name, year=year, rating=rating)


def told(
    *rated: ListedTitle, hearts: tuple[ListedTitle, ...] = (), wishes: tuple[ListedTitle, ...] = ()
) -> AccountPast:
    return AccountPast(
        "ada",
        (
            AccountList(what=ListKind.RATED, name="Rated films", titles=rated),
            AccountList(what=ListKind.FAVOURITE, name="Favourite films", titles=hearts),
            AccountList(what=ListKind.WATCHLIST, name="Films on the watchlist", titles=wishes),
        ),
    )


def bring(library: Library, past: AccountPast, now: float = NOW) -> ImportReport:
    return run(bring_account_along(library, past, clock=lambda: now))


def values(library: Library) -> dict[str, float]:
    ratings = library.feedback.current().ratings
    names = {item.id: item.title for item in library.items.many(rating.item_id for rating in ratings)}
    return {names[rating.item_id]: rating.value for rating in ratings}


def id_of(library: Library, name: str) -> int:
    return next(item.id for item in library.items.all() if item.title == name)


def test_it_goes_to_three_piles_and_watchlists_and_hearts_do_nothing(library: Library) -> None:
    report = bring(
        library,
        told(
            title("949", "Heat – by another name", 1990, 8.5),  # its number says what it is
            title("4711", "Solaris", 1972, 3.0),  # of another number: another film, whatever it is called
            title("11524", "Thief", 1981, 0.5),
            title("8195", "Ronin", 1998, 7.0),
            title("1", "", 1998, 7.0),
            title("2", "Twelve", 1998, 12.0),
            hearts=(title("949", "Heat", 1995),),
            wishes=(title("593", "Solaris", 1972), title("680", "Pulp Fiction", 1994)),
        ),
    )
    assert (report.format, report.name) == ("TMDB", "ada's account")
    assert report.piles == {Pile.SURE: 2, Pile.UNSURE: 0, Pile.NOT_OWNED: 2, Pile.WISH: 2}
    assert values(library) == {"Heat": 8.5, "Solaris": 3.0, "Thief": 1.0, "Ronin": 7.0}
    assert report.total("lines") == 9 == sum(map(report.total, ("ratings", "plays", "wishes", "left_out")))
    assert dict(report.reasons) == {
        "names no title": 1,
        "has a rating that is none: “12.0”": 1,
        "is a heart without a rating, and hearts are not ratings on TMDB": 1,
    }
    (solaris,) = [one for one in library.feedback.current().ratings if one.value == 3.0]
    assert solaris.item_id != id_of(library, "Solaris")
    heart = next(one for one in ImportStore(library.database).left_out(report.id or 0) if "heart" in one.reason)
    assert (heart.file, heart.number, heart.text) == ("Favourite films", 1, "Heat (1995)")


def test_a_rating_has_no_date_and_never_outdoes_one_that_was_given_here(library: Library) -> None:
    heat = id_of(library, "Heat")
    library.feedback.append(Rating(at=NOW - 500.0, item_id=heat, value=4.0))
    bring(library, told(title("949", "Heat", 1995, 9.0), title("593", "Solaris", 1972, 9.0)))
    assert values(library) == {"Heat": 4.0, "Solaris": 9.0}
    (solaris,) = [one for one in library.feedback.current().ratings if one.item_id != heat]
    assert (solaris.at, solaris.source) == (NOW, "tmdb")
    bring(library, told(title("949", "Heat", 1995, 10.0), title("593", "Solaris", 1972, 2.0)), NOW + 10.0)
    assert values(library) == {"Heat": 4.0, "Solaris": 2.0}  # changed there, and not rated here


def test_it_counts_after_a_reset(library: Library) -> None:
    library.feedback.append(Reset(at=NOW))
    bring(library, told(title("949", "Heat", 1995, 9.0)), NOW + 1.0)
    assert values(library) == {"Heat": 9.0}


def test_once_more_changes_nothing_also_when_titles_are_called_otherwise_by_then(library: Library) -> None:
    wish, first = title("680", "Pulp Fiction", 1994), told(title("949", "Heat", 1995, 9.0), wishes=())
    bring(library, AccountPast("ada", (*first.lists[:2], told(wishes=(wish,)).lists[2])))
    before = library.feedback.current()
    renamed = told(title("949", "Fuego contra fuego", 1996, 9.0), wishes=(title("680", "Tiempos violentos", 1995),))
    again = bring(library, renamed, NOW + 99.0)
    assert again.id is None
    assert dict(again.reasons) == {KNOWN_BEFORE: 2}
    assert library.feedback.current() == before
    dry = run(bring_account_along(library, told(title("593", "Solaris", 1972, 9.0)), dry_run=True))
    assert (dry.id, dry.total("ratings")) == (None, 1)
    assert library.feedback.current() == before


def test_a_film_and_a_show_of_one_number_are_two(library: Library) -> None:
    report = bring(library, told(title("949", "Heat", 1995, 9.0), title("949", "Kin", 2003, 3.0, MediaKind.SHOW)))
    assert report.piles[Pile.SURE] == report.piles[Pile.NOT_OWNED] == 1
    assert values(library) == {"Heat": 9.0, "Kin": 3.0}


def test_it_is_taken_back_as_a_whole_and_brought_back(library: Library) -> None:
    report = bring(library, told(title("949", "Heat", 1995, 9.0), title("8195", "Ronin", 1998, 7.0)))
    run(take_back(library, report.id or 0))
    assert values(library) == {}
    run(bring_back(library, report.id or 0))
    assert values(library) == {"Heat": 9.0, "Ronin": 7.0}


def test_what_is_to_be_known_about_it_stands_beside_it(library: Library) -> None:
    lists = (
        AccountList(
            what=ListKind.RATED, name="Rated films", titles=(title("949", "Heat", 1995, 9.0),), note="No more."
        ),
    )
    report = bring(library, AccountPast("", lists, "It was not ended."))
    assert (report.name, report.files[0].note) == ("the account", "No more. It was not ended.")
