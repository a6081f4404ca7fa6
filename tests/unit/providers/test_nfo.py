"""Kodi's descriptions: every field, and every way in which a file can fail to be one."""

from __future__ import annotations

import time

import pytest

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from providers.servers.nfo import Nfo, NfoError, read_nfo

FILM = """<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>
<movie>
    <title>The Lighthouse Clock</title>
    <originaltitle>La Horloge du phare</originaltitle>
    <ratings>
        <rating name="imdb" max="10"><value>6.1</value><votes>12,345</votes></rating>
        <rating name="trakt" max="100" default="true"><value>83.5</value><votes>210</votes></rating>
    </ratings>
    <userrating>8</userrating>
    <outline>Short.</outline>
    <plot>A keeper mends
        a clock.</plot>
    <tagline>Tick.</tagline>
    <runtime>117</runtime>
    <mpaa>PG-13</mpaa>
    <uniqueid type="imdb" default="true">tt7654321</uniqueid>
    <uniqueid type="tmdb">4321</uniqueid>
    <uniqueid type="home">x</uniqueid>
    <genre>Drama / Mystery</genre><genre>Comedy</genre><genre>Drama</genre>
    <tag>sea</tag><tag>clock</tag>
    <country>France</country><country>Spain</country>
    <studio>Phare Films</studio>
    <director>Anna Almond</director>
    <credits>Bo Birch</credits><credits>Cy Cedar</credits>
    <actor><name>Second</name><role>Sailor</role><order>1</order><thumb>http://x/y.jpg</thumb></actor>
    <actor><name>First</name><role>Keeper</role><order>0</order></actor>
    <actor><role>Nobody</role></actor>
    <set><name>Clock Collection</name><overview>All of them.</overview></set>
    <premiered>1998-03-09</premiered>
    <playcount>2</playcount>
    <lastplayed>2015-05-07 20:13:41</lastplayed>
    <resume><position>600.0</position><total>7020</total></resume>
    <dateadded>2014-01-02 03:04:05</dateadded>
</movie>
"""


def read(text: str | bytes, kind: MediaKind = MediaKind.MOVIE) -> Nfo:
    documents = read_nfo(text if isinstance(text, bytes) else text.encode(), kind)
    assert len(documents) == 1
    return documents[0]


def test_everything_a_film_can_say() -> None:
    assert read(FILM) == Nfo(
        title="The Lighthouse Clock",
        original_title="La Horloge du phare",
        year=1998,
        release_date="1998-03-09",
        runtime=117.0,
        overview="A keeper mends a clock.",
        tagline="Tick.",
        genres=("Drama", "Mystery", "Comedy"),
        keywords=("sea", "clock"),
        credits=(
            Credit("Anna Almond", CreditRole.DIRECTOR, 0),
            Credit("Bo Birch", CreditRole.WRITER, 0),
            Credit("Cy Cedar", CreditRole.WRITER, 1),
            Credit("First", CreditRole.CAST, 0, "Keeper"),
            Credit("Second", CreditRole.CAST, 1, "Sailor"),
        ),
        countries=("France", "Spain"),
        companies=("Phare Films",),
        collection="Clock Collection",
        content_rating="PG-13",
        vote_average=8.35,
        vote_count=210,
        external_ids=(ExternalId("imdb", "tt7654321"), ExternalId("tmdb", "4321")),
        added_at=time.mktime(time.strptime("2014-01-02 03:04:05", "%Y-%m-%d %H:%M:%S")),
        viewing=Viewing(
            view_count=2,
            view_offset=10.0,
            last_viewed_at=time.mktime(time.strptime("2015-05-07 20:13:41", "%Y-%m-%d %H:%M:%S")),
            rating=8.0,
        ),
    )


def test_what_is_not_said_stays_unknown() -> None:
    assert read("<movie><title/><year></year><plot> </plot><playcount/></movie>") == Nfo()


@pytest.mark.parametrize(
    ("xml", "field", "value"),
    [
        ("<set>Old Collection</set>", "collection", "Old Collection"),
        ("<outline>Only this.</outline>", "overview", "Only this."),
        ("<year>1998</year><premiered>1999-01-01</premiered>", "year", 1998),
        ("<year>0</year>", "year", None),
        ("<releasedate>2001-02-03</releasedate>", "release_date", "2001-02-03"),
        ("<premiered>03/02/2001</premiered>", "release_date", None),
        ("<runtime>97 min</runtime>", "runtime", 97.0),
        ("<runtime>1h 57m</runtime>", "runtime", 117.0),
        ("<runtime>0</runtime>", "runtime", None),
        ("<runtime>long</runtime>", "runtime", None),
        (
            "<fileinfo><streamdetails><video><durationinseconds>5400</durationinseconds></video></streamdetails></fileinfo>",
            "runtime",
            90.0,
        ),
        ("<rating>7.3</rating><votes>1,204</votes>", "vote_average", 7.3),
        ("<rating>7.3</rating><votes>1,204</votes>", "vote_count", 1204),
        ("<rating>0.0</rating><votes>0</votes>", "vote_average", None),
        ("<ratings><rating><value>0</value></rating></ratings><rating>7,5</rating>", "vote_average", 7.5),
        ("<rating>NaN</rating>", "vote_average", None),
        ("<status>Returning Series</status>", "status", "Continuing"),
        ("<status>Cancelled</status>", "status", "Canceled"),
        ("<status>Whatever</status>", "status", None),
        ("<enddate>2003-06-07</enddate>", "end_year", 2003),
        ("<id>tt0000123</id>", "external_ids", (ExternalId("imdb", "tt0000123"),)),
        ("<tmdbid>77</tmdbid><imdbid>none</imdbid>", "external_ids", (ExternalId("tmdb", "77"),)),
        ('<uniqueid type="imdb">0</uniqueid>', "external_ids", ()),
        ("<userrating>0</userrating>", "viewing", Viewing()),
        ("<userrating>11</userrating>", "viewing", Viewing()),
        ("<playcount>0</playcount>", "viewing", Viewing(view_count=0)),
        ("<watched>true</watched>", "viewing", Viewing(view_count=1)),
        ("<lastplayed>soon</lastplayed>", "viewing", Viewing()),
    ],
)
def test_older_and_odder_ways_of_saying(xml: str, field: str, value: object) -> None:
    assert getattr(read(f"<movie>{xml}</movie>"), field) == value


def test_the_writers_of_a_show_are_its_creators() -> None:
    nfo = read("<tvshow><title>The Ferry</title><credits>Eve Elm</credits></tvshow>", MediaKind.SHOW)
    assert nfo.credits == (Credit("Eve Elm", CreditRole.CREATOR, 0),)


def test_one_file_may_hold_several_episodes() -> None:
    text = "".join(f"<episodedetails><season>2</season><episode>{n}</episode></episodedetails>\n" for n in (3, 4))
    assert [(nfo.season, nfo.episode) for nfo in read_nfo(text.encode(), MediaKind.SHOW)] == [(2, 3), (2, 4)]


@pytest.mark.parametrize(
    "around", ["{}\nhttps://www.imdb.com/title/tt0133093/", "\ufeff{}", "<!-- made by hand -->\n{}"]
)
def test_what_stands_around_the_description_does_no_harm(around: str) -> None:
    assert read(around.format("<movie><title>Clock</title></movie>")).title == "Clock"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_encoding_is_the_one_it_says(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><movie><title>Amélie</title></movie>'
    assert read(text.encode(encoding)).title == "Amélie"


@pytest.mark.parametrize(
    ("content", "reason", "ids"),
    [
        (b"https://www.imdb.com/title/tt0133093/\n", "holds only an address", (ExternalId("imdb", "tt0133093"),)),
        (b"https://www.themoviedb.org/movie/603-the-matrix", "holds only an address", (ExternalId("tmdb", "603"),)),
        (b"https://www.thetvdb.com/?tab=series&id=81189", "holds only an address", (ExternalId("tvdb", "81189"),)),
        (b"http://example.org/a", "holds only an address", ()),
        (b"<movie><title>Half", "is broken: the text stops half way", ()),
        (b"<movie><title>A & B</title></movie>", "is broken", ()),
        (b"<movie><title>A</movie>", "is broken", ()),
        (
            b"\xdb\xdb  release notes \xdb\xdb imdb.com/title/tt0133093",
            "is not a description",
            (ExternalId("imdb", "tt0133093"),),
        ),
        (b"", "is not a description", ()),
        (b"\xff\xfe\x00", "is broken", ()),
        (b"<html><body>movie</body></html>", "is not a description", ()),
        (b'<?xml version="1.0" encoding="no-such"?><movie></movie>', "is broken", ()),
    ],
)
def test_what_is_no_description_says_why_and_gives_the_ids(
    content: bytes, reason: str, ids: tuple[ExternalId, ...]
) -> None:
    with pytest.raises(NfoError) as raised:
        read_nfo(content, MediaKind.MOVIE)
    assert raised.value.reason.startswith(reason)
    assert raised.value.external_ids == ids


def test_entities_that_would_fill_the_memory_are_refused() -> None:
    bomb = b'<!DOCTYPE movie [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><movie><title>&b;</title></movie>'
    with pytest.raises(NfoError):
        read_nfo(bomb, MediaKind.MOVIE)


def test_a_hostile_file_takes_no_time() -> None:
    start = time.process_time()
    with pytest.raises(NfoError):
        read_nfo(b"<movie>" * 100_000, MediaKind.MOVIE)
    assert time.process_time() - start < 1
