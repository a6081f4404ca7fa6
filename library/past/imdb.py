"""IMDb's exports: ratings, the watchlist, check-ins and lists."""

from __future__ import annotations

from library.items import MediaKind
from library.past.formats import (
    Clues,
    Layout,
    LeftOut,
    Reading,
    Row,
    Subject,
    from_ten,
    has,
    ids,
    moment,
    names,
    number,
    rated,
    text,
    wished,
    year_of,
)

_SHOWS = frozenset({"tvseries", "tvminiseries"})
_FILMS = frozenset({"movie", "tvmovie", "short", "tvshort", "video", "tvspecial", "documentary", ""})
_OTHERS = {
    "tvepisode": "an episode, and Homereel rates whole shows",
    "videogame": "a video game",
    "musicvideo": "a music video",
    "podcastseries": "a podcast",
    "podcastepisode": "an episode of a podcast",
}


def _kind(words: str) -> MediaKind | str:
    """The kind of a title type of IMDb; what else it is, when it is nothing of ours."""
    name = words.replace(" ", "").replace("-", "").casefold()
    if name in _SHOWS:
        return MediaKind.SHOW
    return MediaKind.MOVIE if name in _FILMS else _OTHERS.get(name, f"of a type that is not known: “{words[:30]}”")


def _line(row: Row, clues: Clues) -> Reading:
    kind = _kind(text(row, "title type"))
    if not isinstance(kind, MediaKind):
        return LeftOut(f"is {kind}")
    title, original = text(row, "title"), text(row, "original title")
    subject = Subject(
        kind=kind,
        title=title,
        year=year_of(row.get("year")),
        original_title=original if original != title else None,
        runtime=number(row.get("runtime (mins)")) or None,
        genres=names(row.get("genres")),
        directors=names(row.get("directors")),
        ids=ids(imdb=text(row, "const")),
    )
    said = text(row, "your rating")
    if not said and "position" in row:
        return wished(subject, moment(row.get("created")))
    return rated(subject, from_ten(said), said, moment(row.get("date rated")))


LAYOUTS = (
    Layout(source="imdb", name="IMDb list", recognises=has("const", "position", "title"), read=_line, free_text=True),
    Layout(source="imdb", name="IMDb ratings", recognises=has("const", "your rating", "title"), read=_line),
)
