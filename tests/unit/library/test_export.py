"""Ratings as files for other programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from library.errors import SettingsError, StoreUnavailable
from library.export import export_ratings, rating_rows
from library.feedback import Rating
from library.items import ExternalId
from library.library import Library
from tests.unit.library.building import film, show


@pytest.fixture
def rated(library: Library) -> Library:
    ids = library.items.upsert(
        "s",
        "l",
        [
            film("1", 'Heat, "the" film\n', 1995, external_ids=(ExternalId("imdb", "tt1"), ExternalId("tmdb", "9"))),
            show("2", "千と千尋", None, external_ids=(ExternalId("tvdb", "5"),)),
            film("3", "Unrated", 2000),
        ],
    )
    library.feedback.append(Rating(at=1_000_000_000, item_id=ids[0], value=3))
    library.feedback.append(Rating(at=1_600_000_000, item_id=ids[0], value=8))
    library.feedback.append(Rating(at=1_500_000_000, item_id=ids[1], value=6.5, source="plex"))
    library.items.mark_removed("s", "l", ["2"])
    return library


def test_the_ratings_that_count_newest_first_also_of_what_is_gone(rated: Library) -> None:
    heat, anime = rating_rows(rated)
    assert (heat.year, heat.kind, heat.imdb, heat.tmdb, heat.tvdb, heat.rating) == (1995, "movie", "tt1", "9", None, 8)
    assert heat.rated_at.startswith("2020-09-1")
    assert (anime.title, anime.year, anime.kind, anime.tvdb, anime.source) == ("千と千尋", None, "show", "5", "plex")


def test_csv_and_json_hold_the_same(rated: Library, tmp_path: Path) -> None:
    assert export_ratings(rated, tmp_path / "mine.csv") == 2
    assert export_ratings(rated, tmp_path / "mine.JSON") == 2
    with (tmp_path / "mine.csv").open(encoding="utf-8", newline="") as file:
        from_csv = list(csv.DictReader(file))
    from_json = json.loads((tmp_path / "mine.JSON").read_text("utf-8"))
    assert (
        [row["title"] for row in from_csv] == [row["title"] for row in from_json] == ['Heat, "the" film\n', "千と千尋"]
    )
    assert [row["rating"] for row in from_csv] == ["8", "6.5"]
    assert [row["rating"] for row in from_json] == [8, 6.5]
    assert from_csv[1]["year"] == ""
    assert from_json[1]["year"] is None
    assert sorted(path.name for path in tmp_path.glob("*mine*")) == ["mine.JSON", "mine.csv"]


def test_an_empty_library_gives_the_headings(library: Library, tmp_path: Path) -> None:
    assert export_ratings(library, tmp_path / "mine.csv") == 0
    assert (tmp_path / "mine.csv").read_text().strip() == "title,year,kind,imdb,tmdb,tvdb,rating,rated_at,source"


def test_what_cannot_be_done_is_said(rated: Library, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\.csv or \.json"):
        export_ratings(rated, tmp_path / "mine.xlsx")
    with pytest.raises(StoreUnavailable, match="could not be written"):
        export_ratings(rated, tmp_path / "missing" / "mine.csv")
