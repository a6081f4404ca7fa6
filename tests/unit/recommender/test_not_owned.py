"""Titles that somebody rated elsewhere and that no server has: they teach, and are never shown, suggested or counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.items import MediaKind
from library.library import Library
from library.past.importing import bring_along
from library.progress import run
from library.statistics import library_statistics
from recommender.columns import picture
from recommender.engine import Engine, Filters
from recommender.evidence import gather_evidence
from recommender.snapshot import Snapshot
from recommender.taste import TasteModel
from recommender.weights import load_weights
from tests.unit.recommender.shelf import ids_by_title, open_shelf

HEAD = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Directors\n"
LINE = "tt{0},{1},2020-01-{2:02d},Elsewhere {0},,u,Movie,7,100,1995,{3},{4}\n"


@pytest.fixture
def library(home_path: Path) -> Iterator[Library]:
    with open_shelf(home_path) as library:
        yield library


@pytest.fixture
def elsewhere(library: Library, tmp_path: Path) -> frozenset[int]:
    """Ratings of twenty films that are not there: those of one director are loved, those of another are not."""
    path = tmp_path / "ratings.csv"
    lines = [
        LINE.format(9000000 + k, *((10, k, "Sci-Fi", "Ada Space") if k % 2 else (1, k, "Romance", "Leo Love")))
        for k in range(1, 21)
    ]
    path.write_text(HEAD + "".join(lines))
    owned = set(ids_by_title(library).values())
    run(bring_along(library, [path]))
    made = {item.id for item in library.items.all(include_removed=True)} - {item.id for item in library.items.all()}
    assert len(made) == 20
    assert not made & owned
    return frozenset(made)


def snapshot(library: Library) -> Snapshot:
    features, columns = picture(library.items.all(include_removed=True))
    weights = load_weights()
    evidence = gather_evidence(library.feedback.current(), features.ids, weights.usual)
    taste = TasteModel(features, weights).fit(evidence.rows, evidence.values, evidence.noise_scale)
    return Snapshot(features, columns, taste, library.items.revision(), 0)


def test_they_teach_the_taste(library: Library, elsewhere: frozenset[int]) -> None:
    engine = Engine(library, snapshot(library))
    ids = ids_by_title(library)
    loved, other = engine.predict(ids["Star 4"]), engine.predict(ids["Heart 5"])
    assert loved is not None
    assert other is not None
    assert loved.mean > other.mean + 2.0
    assert engine.ratings == 20
    why = engine.explain(ids["Star 4"])
    assert why is not None
    assert any("Ada Space" in term.text for term in why.ledger.terms)


def test_they_come_up_nowhere(library: Library, elsewhere: frozenset[int]) -> None:
    engine = Engine(library, snapshot(library))
    for kind in (MediaKind.MOVIE, MediaKind.SHOW):
        for filters in (Filters(), Filters(genre="Romance"), Filters(among=elsewhere), Filters(unseen_only=True)):
            slate = engine.recommend(kind, filters, 200)
            assert not {pick.item_id for pick in slate.picks} & elsewhere
    assert engine.recommend(MediaKind.MOVIE, Filters(), 200).total == 40
    for _ in range(40):  # until nothing is left to suggest
        picks = engine.recommend(MediaKind.MOVIE, Filters(), 1).picks
        assert picks[0].item_id not in elsewhere
        engine.rate(picks[0].item_id, 5.0)
    assert engine.recommend(MediaKind.MOVIE, Filters(), 1).empty == "everything rated"
    assert engine.question(MediaKind.MOVIE, sorted(elsewhere)[:5]) is None
    assert sum(count for _, count in engine.decades(MediaKind.MOVIE)) == 0


def test_they_count_for_nothing(library: Library, elsewhere: frozenset[int]) -> None:
    figures = library_statistics(library)
    assert (figures.total, figures.removed, figures.rated) == (41, 0, 20)
    assert library.items.count() == 41
    assert library.items.search("Elsewhere") == []
    said = Engine(library, snapshot(library)).preferences()
    assert sum(decade.titles for decade in said.decades) <= 41
    assert all(item.id not in elsewhere for item in library.items.all())
