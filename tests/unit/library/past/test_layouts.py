"""What single lines of each program are read as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from library.library import Library
from library.past.formats import ids, moment, title_and_year, utc_moment, year_of
from library.past.import_store import ImportStore, PastLine, PastTitle
from library.past.importing import ImportReport, bring_along
from library.progress import run

NINE = 1409562611.0  # 2014-09-01T09:10:11Z


def bring(library: Library, path: Path, content: Any) -> tuple[ImportReport, list[tuple[PastTitle, list[PastLine]]]]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    report = run(bring_along(library, [path]))
    store = ImportStore(library.database)
    titles = store.titles(report.id or 0)
    return report, [(title, store.lines([title.id])) for title in titles]


def test_imdb_tells_kind_genres_directors_and_length(library: Library, tmp_path: Path) -> None:
    head = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,IMDb Rating,Runtime (mins),Year,Genres,Directors\n"
    line = (
        'tt0211915,9,2019-05-04,Amelie,Le fabuleux destin,u,Movie,8.3,122,2001,"Comedy, Romance",Jean-Pierre Jeunet\n'
    )
    _, [(found, lines)] = bring(library, tmp_path / "a.csv", head + line)
    subject = found.subject
    assert (subject.kind, subject.title, subject.original_title) == ("movie", "Amelie", "Le fabuleux destin")
    assert (subject.runtime, subject.genres, subject.directors) == (122, ("Comedy", "Romance"), ("Jean-Pierre Jeunet",))
    assert [(one.act, one.value) for one in lines] == [("rating", 9)]
    item = library.items.get(found.item_id or 0)
    assert item is not None
    assert item.removed_at is not None
    assert (item.genres, item.people()) == (("Comedy", "Romance"), ("Jean-Pierre Jeunet",))


def test_a_day_of_the_diary_with_stars_is_a_rating_and_a_play(library: Library, tmp_path: Path) -> None:
    head = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
    _, [(_, [line])] = bring(library, tmp_path / "diary.csv", head + "2020-01-03,Heat,1995,u,0.5,,,2020-01-02\n")
    assert (line.act, line.value, line.at) == ("rating", 1.0, moment("2020-01-03"))
    assert line.played_at == moment("2020-01-02")


def test_films_of_letterboxd_are_told_apart_by_the_name_of_the_file(library: Library, tmp_path: Path) -> None:
    content = "Date,Name,Year,Letterboxd URI\n2020-01-03,Heat,1995,u\n"
    told = {
        name: bring(library, tmp_path / name, content)[0]
        for name in ("watched.csv", "watchlist.csv", "likes.csv", "x.csv")
    }
    assert [told[name].total("plays") for name in told] == [1, 0, 0, 0]
    assert [told[name].total("wishes") for name in told] == [0, 1, 0, 0]
    assert told["likes.csv"].reasons[0][0].startswith("is a heart")
    assert told["x.csv"].reasons[0][0].startswith("may be seen or wished for")


def test_trakt_as_a_table(library: Library, tmp_path: Path) -> None:
    head = "rated_at,type,title,year,trakt_id,imdb_id,tmdb_id,tvdb_id,season_number,episode_number,rating\n"
    lines = (
        "2014-09-01T09:10:11Z,movie,Heat,1995,1,tt0113277,949,,,,9\n"
        "2014-09-01T09:10:11Z,show,Fargo,2014,2,tt2802850,60622,269613,,,10\n"
        "2014-09-01T09:10:11Z,episode,Fargo,2014,2,,,,1,2,8\n"
    )
    report, found = bring(library, tmp_path / "trakt.csv", head + lines)
    assert [(title.subject.kind, lines[0].value, lines[0].at) for title, lines in found] == [
        ("movie", 9, NINE),
        ("show", 10, NINE),
    ]
    assert report.reasons == (("rates one episode, and Homereel rates whole shows", 1),)


def test_trakt_watched_shows_are_one_play_each(library: Library, tmp_path: Path) -> None:
    show = {"title": "Fargo", "year": 2014, "ids": {"tvdb": 269613, "imdb": None}}
    seasons = [{"number": 1, "episodes": [{"number": 1, "plays": 1, "last_watched_at": "2014-09-01T09:10:11.000Z"}]}]
    watched = {"plays": 9, "last_watched_at": "2014-09-01T09:10:11.000Z", "show": show, "seasons": seasons}
    _, [(found, [line])] = bring(library, tmp_path / "watched-shows.json", [watched])
    assert (found.subject.ids, line.act, line.played_at) == (ids(tvdb=269613), "play", NINE)


def test_tv_time_takes_the_number_of_a_show_from_another_file(library: Library, tmp_path: Path) -> None:
    shows = tmp_path / "user_tv_show_data.csv"
    shows.write_text("tv_show_id,tv_show_name,nb_episodes_seen\n269613,Fargo,12\n")
    seen = tmp_path / "seen_episode_source.csv"
    seen.write_text(
        "tv_show_name,episode_season_number,episode_number,created_at\nFargo,1,2,2014-09-01 09:10:11\n"
        "The Flash (2014),1,2,2014-09-01 09:10:11\n"
    )
    report = run(bring_along(library, [seen, shows]))
    fargo, flash = ImportStore(library.database).titles(report.id or 0)
    assert fargo.subject.ids == ids(tvdb=269613)
    assert (flash.subject.title, flash.subject.year, flash.at) == ("The Flash", 2014, NINE)
    rates = tmp_path / "tv_show_rate.csv"
    rates.write_text("tv_show_id,tv_show_name,rating,created_at\n269613,Fargo,4,2014-09-01 09:10:11\n")
    assert run(bring_along(library, [rates])).total("ratings") == 1
    assert library.feedback.current().ratings[0].value == 8.0


def test_movielens_without_its_titles_says_what_is_missing(library: Library, tmp_path: Path) -> None:
    report, _ = bring(library, tmp_path / "ratings.csv", "userId,movieId,rating,timestamp\n1,6,4.5,1409562611\n")
    assert "add movies.csv and links.csv" in report.reasons[0][0]
    own = "movie_id,imdb_id,tmdb_id,rating,average_rating,title\n6,113277,949,4.5,3.9,Heat (1995)\n"
    _, [(found, [line])] = bring(library, tmp_path / "movielens-ratings.csv", own)
    assert (found.subject.ids, found.subject.year) == (ids(imdb="tt0113277", tmdb="949"), 1995)
    assert (line.value, line.at) == (9.0, None)


def track(name: str = "Airbag", **more: Any) -> dict[str, Any]:
    return {"artist": {"#text": "Radiohead", "mbid": ""}, "name": name, "album": {"#text": "OK Computer"}, **more}


@pytest.mark.parametrize(
    "content",
    [
        "Radiohead,OK Computer,Airbag,01 Sep 2014 09:10\n",
        "Artist;Album;AlbumId;Track;Date#somebody\nRadiohead;OK Computer;;Airbag;1409562611000\n",
        {"username": "somebody", "scrobbles": [{"track": "Airbag", "artist": "Radiohead", "date": 1409562611000}]},
        [[track(date={"uts": "1409562611", "#text": "x"})]],
        [{"track": [track(date={"uts": "1409562611"})], "@attr": {"page": "1"}}],
        {"recenttracks": {"track": [track(date={"uts": "1409562611"})]}},
    ],
)
def test_last_fm_as_many_tools_write_it(content: Any, library: Library, tmp_path: Path) -> None:
    report, [(found, [line])] = bring(library, tmp_path / "lastfm.txt", content)
    assert (report.format, report.total("plays")) == ("Last.fm", 1)
    assert (found.subject.artist, found.subject.title) == ("Radiohead", "Airbag")
    assert line.played_at is not None
    assert abs(line.played_at - NINE) < 60


def test_last_fm_loved_tracks_and_what_is_playing_now(library: Library, tmp_path: Path) -> None:
    _, [(_, [line])] = bring(library, tmp_path / "lovedtracks.json", [track(date={"uts": "1409562611"})])
    assert (line.act, line.value) == ("rating", 9.0)
    playing = [track(**{"@attr": {"nowplaying": "true"}, "date": None}), track("Let Down", date={"uts": "1409562611"})]
    report, _ = bring(library, tmp_path / "recent.json", playing)
    assert (report.total("plays"), report.total("left_out")) == (1, 1)


def test_listenbrainz_hearts(library: Library, tmp_path: Path) -> None:
    told = {"artist_name": "Radiohead", "track_name": "Airbag"}
    rows = [
        {"recording_msid": "m", "score": score, "created": 1409562611, "track_metadata": None if score == 0.5 else told}
        for score in (1, -1, 0, 0.5)
    ]
    report, [(_, lines)] = bring(library, tmp_path / "feedback.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert [line.value for line in lines] == [9.0, 3.0]
    assert report.total("left_out") == 2


def test_spotifys_library(library: Library, tmp_path: Path) -> None:
    document = {
        "tracks": [{"artist": "Radiohead", "album": "OK Computer", "track": "Airbag", "uri": "spotify:track:1"}],
        "albums": [{"artist": "Radiohead", "album": "Kid A"}],
        "bannedTracks": [{"artist": "Radiohead", "album": "Pablo Honey", "track": "Creep"}],
        "shows": [],
    }
    report, found = bring(library, tmp_path / "YourLibrary.json", document)
    assert {title.subject.title: lines[0].value for title, lines in found} == {"Airbag": 8.0, "Creep": 3.0}
    assert report.reasons == (("is an album, and only songs are taken", 1),)


def test_dates_years_and_names() -> None:
    assert moment("1409562611") == moment(1409562611000) == moment("2014-09-01T09:10:11Z") == NINE
    assert utc_moment("2014-09-01 09:10:11") == utc_moment("2014-09-01 09:10:11 UTC") == NINE
    assert moment("2014-09-01 09:10:11 +0000 UTC") == NINE
    assert [moment(odd) for odd in ("", None, "soon", "2014-13-01", 5, True, "99999999999999999999")] == [None] * 7
    assert [year_of(odd) for odd in ("1995", "1995-05-01", 1995, "19955", "", None, "next")] == [1995] * 3 + [None] * 4
    assert title_and_year("Heat (1995)") == ("Heat", 1995)
    assert title_and_year("(500) Days of Summer") == ("(500) Days of Summer", None)
    assert title_and_year("1917") == ("1917", None)
