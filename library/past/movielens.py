"""MovieLens: what a person exports there, and the data sets, where three files belong together."""

from __future__ import annotations

from library.items import MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_stars,
    has,
    ids,
    moment,
    names,
    rated,
    text,
    title_and_year,
)

_NO_GENRES = "(no genres listed)"


def _exported(row: Row, clues: Clues) -> Reading:
    """A line of a person's own export."""
    title, year = title_and_year(text(row, "title"))
    known = ids(imdb=text(row, "imdb_id"), tmdb=text(row, "tmdb_id"))
    stars = text(row, "rating")
    subject = Subject(kind=MediaKind.MOVIE, title=title, year=year, ids=known)
    return rated(subject, from_stars(stars), stars, moment(row.get("date") or row.get("timestamp")))


def _numbered(row: Row, clues: Clues) -> Reading:
    """A line of a data set: the title lies in another file, and the ratings are those of many people."""
    person, film = text(row, "userid"), text(row, "movieid")
    if person != clues.facts.setdefault(("movielens", "person"), person):
        return LeftOut("is a rating of somebody else: a data set holds many people, and only the first one's are taken")
    title, year, genres = clues.facts.get(("movielens title", film), ("", None, ()))
    if not title:
        return LeftOut("names its title by a number of MovieLens; add movies.csv and links.csv from the same place")
    known = clues.facts.get(("movielens ids", film), ())
    stars = text(row, "rating")
    subject = Subject(kind=MediaKind.MOVIE, title=title, year=year, genres=genres, ids=known)
    return rated(subject, from_stars(stars), stars, moment(row.get("timestamp")))


def _note_title(row: Row, clues: Clues) -> None:
    title, year = title_and_year(text(row, "title"))
    genres = text(row, "genres")
    told = () if genres == _NO_GENRES else names(genres)
    clues.facts["movielens title", text(row, "movieid")] = (title, year, told)


def _note_ids(row: Row, clues: Clues) -> None:
    clues.facts["movielens ids", text(row, "movieid")] = ids(imdb=text(row, "imdbid"), tmdb=text(row, "tmdbid"))


LAYOUTS = (
    Layout(source="movielens", name="MovieLens ratings", recognises=has("userid", "movieid", "rating"), read=_numbered),
    Layout(
        source="movielens", name="MovieLens titles", recognises=has("movieid", "title", "genres"), facts=_note_title
    ),
    Layout(source="movielens", name="MovieLens numbers", recognises=has("movieid", "imdbid"), facts=_note_ids),
    Layout(source="movielens", name="MovieLens export", recognises=has("movie_id", "rating", "title"), read=_exported),
)
