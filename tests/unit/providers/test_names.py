"""What names of files and folders say, by the quick reading and by the careful one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from library.items import ExternalId
from providers.servers import names

FILMS = [
    ("The Italian Job (1969)", "The Italian Job", 1969),
    ("The.French.Dispatch.2021.1080p", "The French Dispatch", 2021),
    ("Mission Impossible - Fallout (2018)", "Mission Impossible - Fallout", 2018),
    ("2001.A.Space.Odyssey.1968", "2001 A Space Odyssey", 1968),
    ("1917.2019", "1917", 2019),
    ("1984 (1984)", "1984", 1984),
    ("2012", "2012", None),
    ("300", "300", None),
    ("X", "X", None),
    ("US.2019", "US", 2019),
    ("M.1931", "M", 1931),
    ("It.2017.720p", "It", 2017),
    ("Blade.Runner.2049.2017.2160p.UHD.BluRay.x265-GRP", "Blade Runner 2049", 2017),
    ("Blade.Runner.2049", "Blade Runner 2049", None),
    ("Wonder.Woman.1984.2020", "Wonder Woman 1984", 2020),
    ("Movie.2010.1080p.2019.Remaster", "Movie", 2010),
    ("Amélie (2001) [1080p]", "Amélie", 2001),
    ("七人の侍 (1954)", "七人の侍", 1954),
    ("Dr. Strangelove (1964)", "Dr. Strangelove", 1964),
    ("E.T.the.Extra-Terrestrial.1982", "E.T. the Extra-Terrestrial", 1982),
    ("S.W.A.T.2003.720p", "S.W.A.T.", 2003),
    ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
    ("[REC] 2 (2009)", "[REC] 2", 2009),
    ("[YTS.MX] Up (2009) [1080p]", "Up", 2009),
    ("(2010) Inception", "Inception", 2010),
    ("[2010] Inception 1080p", "Inception", 2010),
    ("2010 - Inception", "Inception", 2010),
    ("Spider-Man.No.Way.Home", "Spider-Man No Way Home", None),
    ("The Matrix (1999) {edition-Final} - 4K", "The Matrix", 1999),
    ("Dune - 1080p", "Dune", None),
    ("Film (2000) - part1", "Film", 2000),
    ("Title.cd2", "Title", None),
    ("Movie.2005.cd1.dvdrip", "Movie", 2005),
    ("Kill Bill Part 1", "Kill Bill Part 1", None),
    ("Harry Potter Part 1 (2010)", "Harry Potter Part 1", 2010),
    ("The Hobbit (2012) Extended", "The Hobbit", 2012),
]


@pytest.mark.parametrize(("name", "title", "year"), FILMS)
def test_a_films_name(name: str, title: str, year: int | None) -> None:
    for read in (names.read_film, names.careful_film):
        assert (read(name).title, read(name).year) == (title, year)


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("The.Hobbit.An.Unexpected.Journey.EXTENDED.2012", "The Hobbit An Unexpected Journey", 2012),
        ("Das.Boot.Directors.Cut.1080p", "Das Boot", None),
        ("Das.Leben.der.Anderen.German.DL.2006.1080p", "Das Leben der Anderen", 2006),
        ("The.Italian.Job.1969", "The Italian Job", 1969),
        ("Some Film - Extended Edition", "Some Film", None),
        ("Uncut.Gems.2019.1080p", "Uncut Gems", 2019),
    ],
)
def test_guessit_finds_the_end_of_a_title_and_is_not_believed_about_its_beginning(
    name: str, title: str, year: int
) -> None:
    assert not names.read_film(name).sure
    assert (names.careful_film(name).title, names.careful_film(name).year) == (title, year)


def test_what_is_written_plainly_needs_no_guessing() -> None:
    names._guess.cache_clear()
    for name in ("Dune (2021)", "Dune.2021.2160p.WEB-DL.x265-ABC", "Ocean's Eleven (2001) [imdbid-tt0240772]"):
        assert names.careful_film(name).year
    assert names._guess.cache_info().currsize == 0


def test_a_name_is_guessed_once() -> None:
    names._guess.cache_clear()
    for _ in range(3):
        names.careful_film("Some Film Without A Year")
    assert names._guess.cache_info().misses == 1


def test_guessit_is_imported_only_when_it_is_asked() -> None:
    code = (
        "import sys, providers.servers.folder, providers.servers.names as n; n.read_film('A.2000'); n.careful_film('A (2000)');"
        "assert 'guessit' not in sys.modules; n.careful_film('A'); assert 'guessit' in sys.modules"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_ids_in_a_name_are_read_and_are_not_part_of_the_title() -> None:
    name = names.read_film("The Matrix (1999) {imdb-tt0133093} [tmdbid=603] [tvdbid-169]")
    assert (name.title, name.year) == ("The Matrix", 1999)
    assert name.external_ids == (ExternalId("imdb", "tt0133093"), ExternalId("tmdb", "603"), ExternalId("tvdb", "169"))


@pytest.mark.parametrize(
    ("name", "season", "expected"),
    [
        ("Breaking.Bad.S01E02.720p", None, ("Breaking Bad", None, 1, (2,))),
        ("Breaking Bad S01E01-E03", None, ("Breaking Bad", None, 1, (1, 2, 3))),
        ("Breaking.Bad.S01E01-02.720p", None, ("Breaking Bad", None, 1, (1, 2))),
        ("S01E01E02", None, ("", None, 1, (1, 2))),
        ("x.S01E01-1080p", None, ("x", None, 1, (1,))),
        ("x S01E01 - 24 Hours", None, ("x", None, 1, (1,))),
        ("Show.1x02.Name", None, ("Show", None, 1, (2,))),
        ("Show Season 2 Episode 5", None, ("Show", None, 2, (5,))),
        ("Doctor Who (2005) - S01E01 - Rose", None, ("Doctor Who", 2005, 1, (1,))),
        ("Battlestar.Galactica.2003.S01E05.720p", None, ("Battlestar Galactica", 2003, 1, (5,))),
        ("24.S01E01", None, ("24", None, 1, (1,))),
        ("[Group] Cowboy Bebop - 05 [1080p]", None, ("Cowboy Bebop", None, 1, (5,))),
        ("The.Daily.Show.2014.03.05", None, ("The Daily Show", None, 2014, (305,))),
        ("01 - Pilot", 1, ("", None, 1, (1,))),
        ("102 - Name", 1, ("", None, 1, (2,))),
        ("E05", 3, ("", None, 3, (5,))),
        ("Pilot", 1, ("", None, 1, ())),
        ("1080p thing", 3, ("", None, 3, ())),
    ],
)
def test_an_episodes_name(name: str, season: int | None, expected: tuple[object, ...]) -> None:
    episode = names.read_episode(name, season)
    assert episode is not None
    assert (episode.show, episode.year, episode.season, episode.numbers) == expected


@pytest.mark.parametrize(
    "name", ["Holiday 1920x1080", "2019-08-12 Holiday", "Apollo 13", "Se7en", "Dune (2021)", "Ocean's 11", "S1m0ne"]
)
def test_a_film_is_no_episode(name: str) -> None:
    assert names.read_episode(name) is None


def test_guessit_finds_numbers_the_patterns_do_not_know() -> None:
    assert names.careful_numbers("The Pilot (Episode 7)") == (7,)
    assert names.careful_numbers("Pilot") == ()


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("Season 1", ("", None, 1)),
        ("Season 01 (2008)", ("", None, 1)),
        ("Staffel 2", ("", None, 2)),
        ("Saison 4 [720p]", ("", None, 4)),
        ("S03", ("", None, 3)),
        ("Specials", ("", None, 0)),
        ("Show.S01.1080p.WEB", ("Show", None, 1)),
        ("The Wire (2002) - Season 2", ("The Wire", 2002, 2)),
        ("Series 7 The Contenders (2001)", None),
        ("Season of the Witch (2011)", None),
        ("Apollo 13", None),
    ],
)
def test_a_seasons_folder(folder: str, expected: tuple[object, ...] | None) -> None:
    assert names.read_season(folder) == expected


@pytest.mark.parametrize(
    "stem", ["sample", "movie-sample", "x.sample", "Film (2000)-trailer", "trailer2", "Film-featurette"]
)
def test_samples_and_trailers(stem: str) -> None:
    assert names.is_extra(stem)


@pytest.mark.parametrize("stem", ["The Sample", "Trailer Park Boys", "In the Trailer", "The Short", "Sampler"])
def test_titles_that_only_sound_like_extras(stem: str) -> None:
    assert not names.is_extra(stem)


def test_two_spellings_of_a_title_have_one_slug() -> None:
    assert names.slug("Amélie & Léon: The Rock’n’Roll-Years") == names.slug("amelie and leon the rocknroll years")
    assert names.slug("七人の侍") == "七人の侍"
    assert names.slug("...") == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Am\udce9lie", "Amélie"),
        ("Ame\u0301lie", "Amélie"),
        ("two\nlines\x00 and\ttabs", "two lines and tabs"),
        ("\udc81", "\ufffd"),
    ],
)
def test_any_name_can_be_shown(name: str, shown: str) -> None:
    assert names.printable(name) == shown
    names.printable(name).encode("utf-8")


def test_nothing_makes_the_readings_stumble() -> None:
    for name in (
        "",
        " ",
        ".",
        "...",
        "(",
        "[]",
        "(2000)",
        "S01E01",
        "-",
        "(((((",
        "[a](2001",
        "\udcff\udcfe",
        "x" * 3000,
        "1 2 3 4 5" * 200,
    ):
        assert isinstance(names.careful_film(names.printable(name)).title, str)
        names.read_episode(name)
        names.read_season(name)
        names.is_extra(name)
