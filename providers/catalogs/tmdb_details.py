"""What TMDB's answers mean: one film or show as ``Metadata``, and lines of its searches as candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from library.items import Credit, CreditRole, ExternalId, MediaKind
from library.sources import Match, Metadata
from providers.catalogs.matching import Candidate, with_own_id

PICTURES = "https://image.tmdb.org/t/p/"
POSTER_WIDTH, SMALL_WIDTH, BACKDROP_WIDTH = "w500", "w154", "w1280"
MOST_CAST, MOST_CREW, MOST_RECOMMENDED, MOST_VIDEOS = 30, 12, 20, 3
_SITES = {"YouTube": "https://www.youtube.com/watch?v=", "Vimeo": "https://vimeo.com/"}
_STATUS = {
    "Returning Series": "Continuing",
    "In Production": "Continuing",
    "Planned": "Continuing",
    "Pilot": "Continuing",
    "Ended": "Ended",
    "Canceled": "Canceled",
}
_JOBS = {
    "Director": CreditRole.DIRECTOR,
    "Screenplay": CreditRole.WRITER,
    "Writer": CreditRole.WRITER,
    "Story": CreditRole.WRITER,
    "Novel": CreditRole.WRITER,
    "Author": CreditRole.WRITER,
}
Said = Mapping[str, Any]


def metadata_of(kind: MediaKind, said: Said) -> Metadata:
    """Everything of one title, from the answer with all its appended parts."""
    film = kind is MediaKind.MOVIE
    key = str(said.get("id"))
    released = _text(said, "release_date" if film else "first_air_date")
    ended = _text(said, "last_air_date")
    status = None if film else _STATUS.get(_text(said, "status") or "")
    return Metadata(
        kind=kind,
        key=key,
        title=_text(said, "title" if film else "name") or "",
        original_title=_text(said, "original_title" if film else "original_name"),
        year=year_of(released),
        end_year=year_of(ended) if status in ("Ended", "Canceled") else None,
        release_date=released,
        runtime=_runtime(said, film),
        overview=_text(said, "overview") or _translated_overview(said),
        tagline=_text(said, "tagline"),
        genres=_names(said.get("genres")),
        keywords=_names(_part(said, "keywords", "keywords" if film else "results")),
        credits=tuple(_credits(said, film)),
        countries=_names(said.get("production_countries")),
        companies=_names(said.get("production_companies")) or _names(said.get("networks")),
        language=_text(said, "original_language"),
        collection=_text(_object(said.get("belongs_to_collection")), "name"),
        content_rating=_certification(said, film),
        vote_average=_positive(said, "vote_average"),
        vote_count=_count(said, "vote_count"),
        popularity=_positive(said, "popularity"),
        status=status,
        seasons=_count(said, "number_of_seasons"),
        episodes=_count(said, "number_of_episodes"),
        external_ids=with_own_id(_external_ids(said), "tmdb", key),
        recommended=_related(said, "recommendations", kind),
        similar=_related(said, "similar", kind),
        poster=_picture(_text(said, "poster_path") or _first_picture(said, "posters"), POSTER_WIDTH),
        backdrop=_picture(_text(said, "backdrop_path") or _first_picture(said, "backdrops"), BACKDROP_WIDTH),
        videos=tuple(_videos(said))[:MOST_VIDEOS],
        homepage=_text(said, "homepage"),
    )


def candidate_of(kind: MediaKind, line: Said) -> Candidate:
    """A line of a search."""
    film = kind is MediaKind.MOVIE
    titles = (_text(line, "title" if film else "name"), _text(line, "original_title" if film else "original_name"))
    released = _text(line, "release_date" if film else "first_air_date")
    return Candidate(str(line.get("id")), tuple(title for title in titles if title), year_of(released))


def match_of(kind: MediaKind, line: Said) -> Match:
    """A line of a search, for a person to choose from."""
    found = candidate_of(kind, line)
    poster = _picture(_text(line, "poster_path"), SMALL_WIDTH)
    title = found.titles[0] if found.titles else "Without a title"
    return Match(found.key, title, found.year, kind, _text(line, "overview") or "", poster)


def lines_of(said: Said, name: str = "results") -> list[Said]:
    """The lines of a list in an answer that have an id."""
    return [line for line in _objects(said.get(name)) if isinstance(line.get("id"), int)]


def year_of(date: str | None) -> int | None:
    """The year of a date such as "1995-12-15"."""
    return int(date[:4]) if date and date[:4].isdigit() and date[:4] != "0000" else None


def _text(said: Said, name: str) -> str | None:
    found = said.get(name)
    return found.strip() or None if isinstance(found, str) else None


def _object(found: Any) -> Said:
    return found if isinstance(found, dict) else {}


def _objects(found: Any) -> list[Said]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _part(said: Said, part: str, name: str) -> Any:
    return _object(said.get(part)).get(name)


def _names(found: Any) -> tuple[str, ...]:
    names = (_text(one, "name") for one in _objects(found))
    return tuple(dict.fromkeys(name for name in names if name))


def _positive(said: Said, name: str) -> float | None:
    """A number above 0; TMDB writes 0 for "nobody knows"."""
    found = said.get(name)
    return float(found) if isinstance(found, (int, float)) and found > 0 else None


def _count(said: Said, name: str) -> int | None:
    found = _positive(said, name)
    return None if found is None else int(found)


def _runtime(said: Said, film: bool) -> float | None:
    if film:
        return _positive(said, "runtime")
    times = [found for found in said.get("episode_run_time") or () if isinstance(found, (int, float)) and found > 0]
    return float(times[0]) if times else _positive(_object(said.get("last_episode_to_air")), "runtime")


def _translated_overview(said: Said) -> str | None:
    """The English words where there are none in the language that was asked for."""
    for one in _objects(_part(said, "translations", "translations")):
        if one.get("iso_639_1") == "en":
            return _text(_object(one.get("data")), "overview")
    return None


def _credits(said: Said, film: bool) -> Iterator[Credit]:
    people = _object(said.get("credits"))
    yield from _in_order(CreditRole.CREATOR, [_text(one, "name") for one in _objects(said.get("created_by"))])
    crew = _objects(people.get("crew"))
    for role in (CreditRole.DIRECTOR, CreditRole.WRITER):
        if film or role is CreditRole.WRITER:
            yield from _in_order(role, [_text(one, "name") for one in crew if _JOBS.get(str(one.get("job"))) is role])
    cast = [one for one in _objects(people.get("cast")) if _text(one, "name")]
    cast.sort(key=lambda one: one["order"] if isinstance(one.get("order"), int) else len(cast))
    for place, one in enumerate(cast[:MOST_CAST]):
        yield Credit(_text(one, "name") or "", CreditRole.CAST, place, _text(one, "character"))


def _in_order(role: CreditRole, names: Sequence[str | None]) -> Iterator[Credit]:
    for place, name in enumerate(list(dict.fromkeys(name for name in names if name))[:MOST_CREW]):
        yield Credit(name, role, place)


def _certification(said: Said, film: bool) -> str | None:
    """The rating of the country that most programs write: of the United States, else of Great Britain, else any as "de/12"."""
    found: dict[str, str] = {}
    for one in _objects(_part(said, "release_dates" if film else "content_ratings", "results")):
        country = _text(one, "iso_3166_1")
        given = [_text(date, "certification") for date in _objects(one.get("release_dates"))] if film else []
        rating = next((text for text in given if text), None) or _text(one, "rating")
        if country and rating:
            found.setdefault(country, rating)
    if "US" in found:
        return found["US"]
    country = "GB" if "GB" in found else next(iter(sorted(found)), "")
    return f"{country.lower()}/{found[country]}" if country else None


def _external_ids(said: Said) -> Iterator[ExternalId]:
    ids = _object(said.get("external_ids"))
    imdb = _text(ids, "imdb_id") or _text(said, "imdb_id")
    if imdb:
        yield ExternalId("imdb", imdb)
    tvdb = ids.get("tvdb_id")
    if isinstance(tvdb, int) and tvdb > 0:
        yield ExternalId("tvdb", str(tvdb))


def _related(said: Said, part: str, kind: MediaKind) -> tuple[str, ...]:
    wanted = "movie" if kind is MediaKind.MOVIE else "tv"
    lines = [line for line in lines_of(_object(said.get(part))) if line.get("media_type", wanted) == wanted]
    return tuple(dict.fromkeys(str(line["id"]) for line in lines))[:MOST_RECOMMENDED]


def _first_picture(said: Said, name: str) -> str | None:
    return next((path for one in _objects(_part(said, "images", name)) if (path := _text(one, "file_path"))), None)


def _picture(path: str | None, width: str) -> str | None:
    return f"{PICTURES}{width}{path}" if path and path.startswith("/") else None


def _videos(said: Said) -> Iterator[str]:
    """Trailers, the official ones first."""
    lines = [one for one in _objects(_part(said, "videos", "results")) if one.get("type") == "Trailer"]
    for one in sorted(lines, key=lambda one: not one.get("official")):
        site, key = _SITES.get(str(one.get("site"))), _text(one, "key")
        if site and key:
            yield site + key
