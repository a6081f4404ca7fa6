"""Decides which title an entry of a server is: the same place, the same external ids, or the same name, year and length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from library.items import CreditRole, Description, ExternalId, MediaKind

#: Schemes that name one title worldwide, the most trusted first.
IDENTIFYING_SCHEMES = ("imdb", "tmdb", "tvdb", "musicbrainz", "plex")
RUNTIME_TOLERANCE = 0.10
SHORT_TOLERANCE = 3.0
TRACK_TOLERANCE = 2 / 60
ENOUGH_CAST = 2

_TRAILING_ARTICLE = re.compile(r"^(.*\S)\s*,\s*(the|a|an)$")
_ARTICLES = frozenset(("the", "a", "an", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo"))
_PARTS = frozenset(("part", "pt", "vol", "volume", "chapter", "episode", "teil", "partie"))
_ROMAN = {
    roman: str(number)
    for number, roman in enumerate(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii"), start=1
    )
}
_ARABIC = {arabic: roman for roman, arabic in _ROMAN.items()}
_WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_FOLDED.update(
    str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "Th", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "İ": "I"})
)


def folded(text: str) -> str:
    """The text without accents, letter for letter, so that "Amelie" finds "Amélie" and "Kieslowski" finds "Kieślowski"."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return unicodedata.normalize("NFC", "".join(c for c in plain if not "\u0300" <= c <= "\u036f"))


def match_title(title: str) -> str:
    """The title as it is compared: no case, no accents, no punctuation, the article in front."""
    text = folded(title).casefold().strip()
    if found := _TRAILING_ARTICLE.match(text):
        text = f"{found[2]} {found[1]}"
    text = text.replace("&", " and ").replace("'", "").replace("’", "")
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in text).split()
    return " ".join(words) or title.strip().casefold()


def identifying(ids: Iterable[ExternalId]) -> tuple[ExternalId, ...]:
    """Those ids that name a title worldwide, the most trusted scheme first; ids that a server made up are left out."""
    good = [
        found
        for found in ids
        if found.scheme in IDENTIFYING_SCHEMES and found.value and not found.value.startswith(("local:", "none:"))
    ]
    return tuple(sorted(good, key=lambda found: IDENTIFYING_SCHEMES.index(found.scheme)))


class Sameness(Enum):
    """How sure it is that two descriptions are of one title."""

    SAME = "same"
    UNSURE = "unsure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Named:
    """What names a title: enough to tell whether two descriptions are of one.

    :param titles: its titles as :func:`match_title` writes them, the original one too where it is another.
    :param directors: names of those who directed or created it, for comparing; ``cast`` of those who play in it.
    """

    kind: str
    titles: tuple[str, ...]
    year: int | None = None
    runtime: float | None = None
    artist: str | None = None
    album: str | None = None
    track_number: int | None = None
    directors: frozenset[str] = frozenset()
    cast: frozenset[str] = frozenset()

    @classmethod
    def of(cls, said: Description) -> Named:
        """What names the title of a description."""
        titles = dict.fromkeys((match_title(said.title), match_title(said.original_title or said.title)))
        return cls(
            kind=str(said.kind),
            titles=tuple(titles),
            year=said.year,
            runtime=said.runtime,
            artist=said.artist,
            album=said.album,
            track_number=said.track_number,
            directors=_people(said, CreditRole.DIRECTOR, CreditRole.CREATOR),
            cast=_people(said, CreditRole.CAST),
        )


def track_keys(named: Named) -> tuple[str, ...]:
    """What a track is found by: its artist with each of its titles, for many share a title. Nothing without an artist."""
    artist = match_title(named.artist) if named.artist else ""
    return tuple(f"{artist}\t{title}" for title in named.titles) if artist else ()


def forms_of(title: str) -> frozenset[str]:
    """Ways in which a title, as :func:`match_title` writes it, may stand elsewhere: "part ii", "part 2", "2"; no article."""
    words = title.split()
    found = {title, _numbered(words, _ROMAN), _numbered(words, _ARABIC)}
    found |= {_without_part(form.split()) for form in tuple(found)}
    for form in tuple(found):
        head, _, last = form.rpartition(" ")
        if head and (last.isdigit() or last in _ROMAN) and head.rpartition(" ")[2] not in _PARTS:
            found.add(f"{head} part {last}")
    bare = {_bare(form) for form in found}
    return frozenset(found | bare | {f"the {form}" for form in bare})


def same_title(one: Named, other: Named) -> Sameness:
    """Whether two descriptions without a common id are of one title; of two that may be, ids must not contradict.

    A name alone says nothing: year, length, and the people in it decide, and where they are missing it stays unsure.
    """
    if one.kind != other.kind:
        return Sameness.OTHER
    if one.kind == MediaKind.TRACK:
        return _same_track(one, other)
    exact, loose = _names_agree(one.titles, other.titles)
    if not loose:
        return Sameness.OTHER
    apart = None if one.year is None or other.year is None else abs(one.year - other.year)
    if apart is not None and apart > 1:
        return Sameness.OTHER
    lengths = _lengths_agree(one.runtime, other.runtime)
    if one.kind == MediaKind.SHOW and lengths is False:
        lengths = None  # servers tell the length of one episode or of another
    return _with_evidence(exact, apart, lengths, _people_agree(one, other))


def _with_evidence(exact: bool, apart: int | None, length: bool | None, people: bool | None) -> Sameness:
    """The verdict on a name that is the same (or nearly, ``exact`` False) from what speaks for and against.

    :param apart: years between the two, 0 or 1; ``None`` when one is unknown. Of ``length`` and ``people`` too, ``None`` means
        that nothing is known.
    """
    if people is False and length is not True:
        return Sameness.OTHER
    if people is False:
        return Sameness.UNSURE if apart == 0 else Sameness.OTHER
    if length is False:
        return Sameness.UNSURE if apart != 1 or people else Sameness.OTHER
    if apart == 0 and exact:
        return Sameness.SAME
    if people:
        return Sameness.SAME if exact or apart == 0 else Sameness.UNSURE
    return Sameness.UNSURE if exact or length else Sameness.OTHER


def _same_track(one: Named, other: Named) -> Sameness:
    """A track is the same when title, artist and album are, at the same place of the album or as long to two seconds."""
    exact, _ = _names_agree(one.titles, other.titles)
    if not (exact and _same_name(one.artist, other.artist) and _same_name(one.album, other.album)):
        return Sameness.OTHER
    apart = abs(one.runtime - other.runtime) if one.runtime and other.runtime else 0.0
    if one.track_number is not None and other.track_number is not None:
        if one.track_number != other.track_number:
            return Sameness.OTHER
        longest = max(one.runtime or 0.0, other.runtime or 0.0)
        return Sameness.SAME if apart <= max(TRACK_TOLERANCE, RUNTIME_TOLERANCE * longest) else Sameness.UNSURE
    return Sameness.SAME if apart <= TRACK_TOLERANCE else Sameness.OTHER


def _names_agree(some: Iterable[str], others: Iterable[str]) -> tuple[bool, bool]:
    """Whether a title of each is the same, and whether one is when articles are left out of account."""
    here, there = {_plain(title) for title in some}, {_plain(title) for title in others}
    if here & there:
        return True, True
    return False, bool({_bare(title) for title in here} & {_bare(title) for title in there})


def _plain(title: str) -> str:
    """A title with its numbers in one form."""
    return _without_part(_numbered(title.split(), _ROMAN).split())


def _bare(title: str) -> str:
    first, _, rest = title.partition(" ")
    return rest if first in _ARTICLES and rest else title


def _numbered(words: list[str], table: Mapping[str, str]) -> str:
    """Numbers at the end, or after "part" and the like, in the other way of writing them."""
    changed = list(words)
    for place, word in enumerate(words):
        after_part = place > 0 and words[place - 1] in _PARTS
        if after_part and table is _ROMAN:
            changed[place] = _WORDS.get(word, word)
        if after_part or (0 < place == len(words) - 1 and word != "i"):
            changed[place] = table.get(changed[place], changed[place])
    return " ".join(changed)


def _without_part(words: list[str]) -> str:
    kept = [
        word
        for place, word in enumerate(words)
        if not (
            0 < place < len(words) - 1 and word in _PARTS and (words[place + 1].isdigit() or words[place + 1] in _ROMAN)
        )
    ]
    return " ".join(kept)


def _people(said: Description, *roles: CreditRole) -> frozenset[str]:
    return frozenset(match_title(name) for name in said.people(*roles))


def _people_agree(one: Named, other: Named) -> bool | None:
    """Whether people of one are in the other; ``None`` where too few are known to tell."""
    if one.directors & other.directors or len(one.cast & other.cast) >= ENOUGH_CAST:
        return True
    if one.directors and other.directors:
        return False
    few = min(len(one.cast), len(other.cast)) < ENOUGH_CAST + 1
    return None if few or one.cast & other.cast else False


def _lengths_agree(one: float | None, other: float | None) -> bool | None:
    """Whether the lengths are about the same; ``None`` when one is not known."""
    if not one or not other:
        return None
    return abs(one - other) <= max(RUNTIME_TOLERANCE * max(one, other), SHORT_TOLERANCE)


def _same_name(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and match_title(one or "") == match_title(other or "")


def contradict(ids: Iterable[ExternalId], known: Mapping[str, Collection[str]]) -> bool:
    """Whether the ids name another title than the known ones (scheme -> values): a scheme in common, no value in common."""
    by_scheme: dict[str, set[str]] = {}
    for found in identifying(ids):
        by_scheme.setdefault(found.scheme, set()).add(found.value)
    shared = [scheme for scheme in by_scheme if known.get(scheme)]
    return bool(shared) and not any(by_scheme[scheme] & set(known[scheme]) for scheme in shared)
