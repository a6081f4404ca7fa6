"""What TVDB's answers mean: one film or show as ``Metadata``, and lines of its searches as candidates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from library.items import Credit, CreditRole, ExternalId, MediaKind
from library.sources import Match, Metadata
from providers.catalogs.matching import Candidate, with_own_id

LANGUAGES = {
    "en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "nl": "nld", "pt": "por", "sv": "swe", "da": "dan",
    "no": "nor", "nb": "nor", "fi": "fin", "pl": "pol", "cs": "ces", "hu": "hun", "tr": "tur", "ru": "rus", "uk": "ukr",
    "ja": "jpn", "ko": "kor", "zh": "zho", "el": "ell", "he": "heb", "ar": "ara",
}  # fmt: skip
"""TVDB writes languages with three letters, as ISO 639-2 does."""
_TWO_LETTERS = {three: two for two, three in LANGUAGES.items() if two != "nb"}
_STATUS = {"Continuing": "Continuing", "Upcoming": "Continuing", "Ended": "Ended"}
_ROLES = {
    "Actor": CreditRole.CAST,
    "Guest Star": None,
    "Director": CreditRole.DIRECTOR,
    "Writer": CreditRole.WRITER,
    "Creator": CreditRole.CREATOR,
    "Showrunner": CreditRole.CREATOR,
}
_SCHEMES = {"IMDB": "imdb", "TheMovieDB.com": "tmdb"}
MOST_CAST, MOST_CREW, MOST_VIDEOS = 30, 12, 3
Said = Mapping[str, Any]


def metadata_of(kind: MediaKind, said: Said, language: str) -> Metadata:
    """Everything of one title, from its extended record."""
    key = str(said.get("id"))
    released = _text(said, "firstAired") or _text(_object(said.get("first_release")), "Date")
    status = _STATUS.get(_text(_object(said.get("status")), "name") or "") if kind is MediaKind.SHOW else None
    return Metadata(
        kind=kind,
        key=key,
        title=_translated(said, "nameTranslations", "name", language) or _text(said, "name") or "",
        original_title=_text(said, "name"),
        year=_year(said, released),
        end_year=_year({}, _text(said, "lastAired")) if status == "Ended" else None,
        release_date=released,
        runtime=_number(said, "averageRuntime") or _number(said, "runtime"),
        overview=_translated(said, "overviewTranslations", "overview", language) or _text(said, "overview"),
        genres=tuple(name for one in _objects(said.get("genres")) if (name := _text(one, "name"))),
        keywords=tuple(name for one in _objects(said.get("tagOptions")) if (name := _text(one, "name"))),
        credits=tuple(_credits(said)),
        companies=tuple(dict.fromkeys(_companies(said))),
        language=_TWO_LETTERS.get(_text(said, "originalLanguage") or ""),
        content_rating=_content_rating(said),
        status=status,
        seasons=_seasons(said),
        episodes=_episodes(said),
        external_ids=with_own_id(_remote_ids(said), "tvdb", key),
        poster=_text(said, "image"),
        videos=tuple(url for one in _objects(said.get("trailers")) if (url := _text(one, "url")))[:MOST_VIDEOS],
    )


def candidate_of(line: Said) -> Candidate:
    """A line of a search, with the title in all the languages that it tells."""
    translated = [text for text in _object(line.get("translations")).values() if isinstance(text, str)]
    aliases = [text for text in line.get("aliases") or () if isinstance(text, str)]
    titles = [_text(line, "name"), *translated, *aliases]
    year = _text(line, "year") or ""
    return Candidate(str(line.get("tvdb_id")), tuple(t for t in titles if t), int(year) if year.isdigit() else None)


def match_of(kind: MediaKind, line: Said, language: str) -> Match:
    """A line of a search, for a person to choose from."""
    found, three = candidate_of(line), LANGUAGES.get(language, "eng")
    title = _text(_object(line.get("translations")), three) or (found.titles or ("Without a title",))[0]
    overview = _text(_object(line.get("overviews")), three) or _text(line, "overview") or ""
    return Match(found.key, title, found.year, kind, overview, _text(line, "image_url"))


def lines_of(said: Said | None) -> list[Said]:
    """The lines of a search that have an id."""
    return [line for line in _objects((said or {}).get("data")) if _text(line, "tvdb_id")]


def record_of(line: Said, kind: MediaKind) -> Said:
    """The record inside a line of a search by somebody else's id: it is of a series, a film, an episode, a person."""
    return _object(line.get("series" if kind is MediaKind.SHOW else "movie"))


def _text(said: Said, name: str) -> str | None:
    found = said.get(name)
    return found.strip() or None if isinstance(found, str) else None


def _object(found: Any) -> Said:
    return found if isinstance(found, dict) else {}


def _objects(found: Any) -> list[Said]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _number(said: Said, name: str) -> float | None:
    found = said.get(name)
    return float(found) if isinstance(found, (int, float)) and found > 0 else None


def _year(said: Said, date: str | None) -> int | None:
    text = str(said.get("year") or "") or (date or "")[:4]
    return int(text) if text.isdigit() and len(text) == 4 else None


def _translated(said: Said, names: str, name: str, language: str) -> str | None:
    """The words in the language that was asked for, else in English."""
    found: dict[str, str] = {}
    for one in _objects(_object(said.get("translations")).get(names)):
        text, of = _text(one, name), _text(one, "language")
        if text and of and not one.get("isAlias"):
            found.setdefault(of, text)
    return found.get(LANGUAGES.get(language, "eng")) or found.get("eng")


def _credits(said: Said) -> Iterator[Credit]:
    counts: dict[CreditRole, int] = {}
    people = _objects(said.get("characters"))
    for one in sorted(people, key=lambda one: one["sort"] if isinstance(one.get("sort"), int) else len(people)):
        role, name = _ROLES.get(str(one.get("peopleType"))), _text(one, "personName")
        if role is None or name is None:
            continue
        place = counts.get(role, 0)
        if place < (MOST_CAST if role is CreditRole.CAST else MOST_CREW):
            counts[role] = place + 1
            yield Credit(name, role, place, _text(one, "name") if role is CreditRole.CAST else None)


def _companies(said: Said) -> Iterator[str]:
    """Of a show a list, of a film a list for each kind of company."""
    found = said.get("companies")
    lists = found.values() if isinstance(found, dict) else [found]
    for one in (company for companies in lists for company in _objects(companies)):
        if name := _text(one, "name"):
            yield name


def _content_rating(said: Said) -> str | None:
    ratings = {_text(one, "country"): _text(one, "name") for one in _objects(said.get("contentRatings"))}
    if "usa" in ratings:
        return ratings["usa"]
    return next((name for name in ratings.values() if name), None)


def _seasons(said: Said) -> int | None:
    """Seasons in the order in which they were aired, the specials left out."""
    numbers = {
        one.get("number")
        for one in _objects(said.get("seasons"))
        if _object(one.get("type")).get("type", "official") == "official" and one.get("number")
    }
    return len(numbers) or None


def _episodes(said: Said) -> int | None:
    return sum(1 for one in _objects(said.get("episodes")) if one.get("seasonNumber")) or None


def _remote_ids(said: Said) -> Iterator[ExternalId]:
    for one in _objects(said.get("remoteIds")):
        scheme, value = _SCHEMES.get(str(one.get("sourceName"))), _text(one, "id")
        if scheme and value:
            yield ExternalId(scheme, value)
