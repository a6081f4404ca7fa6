"""Finds the title of the library that a line of a past is about: by ids first, then by name and year, never by a name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from library.database import Database
from library.item_identity import IDENTIFYING_SCHEMES, RUNTIME_TOLERANCE, match_title
from library.items import MediaKind
from library.past.formats import Subject

MOST_CANDIDATES = 5
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10"}
_REMASTERED = r"remaster(?:ed)?|mono|stereo|single version|album version"
_EXTRA = re.compile(
    rf"\s+[-–]\s+.*\b(?:{_REMASTERED})\b.*$|\s*[(\[](?:feat|ft|with)\.?\s[^)\]]*[)\]]|\s*[(\[][^)\]]*\bremaster(?:ed)?\b[^)\]]*[)\]]",
    re.IGNORECASE,
)
"""What the name of a recording has behind the name of the song."""
_SQL = (
    "SELECT id, kind, match_title, title, original_title, year, runtime, artist, album, removed_at IS NULL FROM item"
    " WHERE removed_at IS NULL OR EXISTS (SELECT 1 FROM feedback WHERE item_id = item.id)"
)


class Pile(StrEnum):
    """Where a title of a past belongs; those that are only wished for have a pile of their own, in which nothing is done."""

    SURE = "sure"
    UNSURE = "unsure"
    NOT_OWNED = "not owned"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Known:
    """A title that a line could be about.

    :param titles: as they are compared; ``loose`` likewise, with less of the punctuation of sequels.
    :param owned: whether it is in the library now.
    """

    id: int
    kind: str
    titles: tuple[str, ...]
    year: int | None
    runtime: float | None
    artist: str
    album: str
    owned: bool


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for one title of a past.

    :param item_id: of a sure one; of one that is not owned, the title that stands for it already.
    :param candidates: item ids, the likeliest first.
    """

    pile: Pile
    item_id: int | None = None
    candidates: tuple[int, ...] = ()


NOTHING = Match(Pile.NOT_OWNED)


class TitleIndex:
    """The titles of a library, ready to be found; made for one import."""

    def __init__(self, known: Iterable[Known], ids: Iterable[tuple[str, str, str, int]]) -> None:
        self._known: dict[int, Known] = {}
        self._by_title: dict[tuple[str, str], list[int]] = {}
        self._by_id: dict[tuple[str, str, str], int] = {}
        self._ids: dict[int, dict[str, set[str]]] = {}
        for title in known:
            self._known[title.id] = title
            for name in _keys(title.titles):
                self._by_title.setdefault((title.artist, name), []).append(title.id)
        for kind, scheme, value, item_id in ids:
            if item_id in self._known:
                self._by_id[kind, scheme, value] = item_id
                self._ids.setdefault(item_id, {}).setdefault(scheme, set()).add(value)

    @classmethod
    def of(cls, database: Database) -> TitleIndex:
        """Over all titles of a library, and those that only ratings know."""
        others: dict[int, list[str]] = {}
        for title, item_id in database.rows("SELECT title, item_id FROM other_title WHERE instr(title, char(9)) = 0"):
            others.setdefault(item_id, []).append(title)
        rows = database.rows(_SQL)
        ids = database.rows("SELECT kind, scheme, value, item_id FROM external_id")
        return cls(
            [_known(row, others.get(row[0], ())) for row in rows], [(row[0], row[1], row[2], row[3]) for row in ids]
        )

    def find(self, subject: Subject) -> Match:
        """What is known of this title, and how surely."""
        by_id = self._with_its_ids(subject)
        if len(by_id) == 1:
            return self._sure(by_id[0])
        if by_id:
            return Match(Pile.UNSURE, None, tuple(by_id[:MOST_CANDIDATES]))
        found = [self._known[item_id] for item_id in self._named_like(subject)]
        found = [known for known in found if not self._contradicts(subject, known)] or []
        return self._track(subject, found) if subject.kind is MediaKind.TRACK else self._title(subject, found)

    def _title(self, subject: Subject, found: Sequence[Known]) -> Match:
        """A film or a show of that name: sure with the same year and kind, worth asking a year beside it."""
        strict = {match_title(name) for name in (subject.title, subject.original_title) if name}
        good, likely = [], []
        for known in found:
            distance = None if subject.year is None or known.year is None else abs(subject.year - known.year)
            same_kind = subject.kind is None or known.kind == subject.kind
            named = bool(strict & set(known.titles))
            if distance == 0 and same_kind and named and _close(subject.runtime, known.runtime):
                good.append(known)
            elif (same_kind and (distance is None or distance <= 1)) or (
                distance == 0 and subject.kind is MediaKind.MOVIE
            ):
                # a film may be a short series here: some programs know films only
                likely.append((not same_kind, distance or 0, not named, known))
        owned = [known for known in good if known.owned]
        if len(owned) == 1 or (not owned and len(good) == 1):
            return self._sure((owned or good)[0].id)
        likely.sort(key=lambda one: one[:3])
        ordered = [known.id for known in (*owned, *(one[3] for one in likely)) if known.owned]
        return Match(Pile.UNSURE, None, tuple(ordered[:MOST_CANDIDATES])) if ordered else NOTHING

    def _track(self, subject: Subject, found: Sequence[Known]) -> Match:
        """A track of that artist and name: sure when it is the only one, or the one of that album."""
        owned = [known for known in found if known.owned] or list(found)
        album = match_title(subject.album) if subject.album else ""
        of_album = [known for known in owned if album and known.album == album]
        if subject.artist and (len(of_album) == 1 or len(owned) == 1):
            return self._sure((of_album if len(of_album) == 1 else owned)[0].id)
        ids = [known.id for known in (of_album or owned) if known.owned]
        return Match(Pile.UNSURE, None, tuple(ids[:MOST_CANDIDATES])) if ids else NOTHING

    def _sure(self, item_id: int) -> Match:
        pile = Pile.SURE if self._known[item_id].owned else Pile.NOT_OWNED
        return Match(pile, item_id, (item_id,) if pile is Pile.SURE else ())

    def _with_its_ids(self, subject: Subject) -> list[int]:
        """Titles that have an id in common with it; owned ones before others."""
        kinds = [subject.kind] if subject.kind else [MediaKind.MOVIE, MediaKind.SHOW]
        told = sorted(subject.ids, key=lambda one: IDENTIFYING_SCHEMES.index(one.scheme))
        found = [self._by_id.get((str(kind), one.scheme, one.value)) for one in told for kind in kinds]
        unique = [item_id for item_id in dict.fromkeys(found) if item_id is not None]
        return [item_id for item_id in unique if self._known[item_id].owned] or unique

    def _named_like(self, subject: Subject) -> list[int]:
        titles = tuple(match_title(name) for name in (subject.title, subject.original_title) if name)
        if subject.kind is MediaKind.TRACK:
            artist = match_title(subject.artist) if subject.artist else ""
            plain = match_title(_EXTRA.sub("", subject.title))
            return list(
                dict.fromkeys(self._by_title.get((artist, titles[0]), []) or self._by_title.get((artist, plain), []))
            )
        found = [item_id for name in _keys(titles) for item_id in self._by_title.get(("", name), [])]
        return [item_id for item_id in dict.fromkeys(found) if self._known[item_id].kind != MediaKind.TRACK]

    def _contradicts(self, subject: Subject, known: Known) -> bool:
        """Whether both have an id of the same catalogue, and not the same one: two titles, however alike their names."""
        theirs = self._ids.get(known.id, {})
        if known.kind != subject.kind or subject.kind is MediaKind.TRACK:
            return False
        shared = [one for one in subject.ids if theirs.get(one.scheme)]
        return bool(shared) and not any(one.value in theirs[one.scheme] for one in shared)


def _keys(titles: Iterable[str]) -> list[str]:
    """The names that a title is filed under: as it is compared, and with sequels counted alike."""
    found = []
    for title in titles:
        found.append(title)
        words = [
            _ROMAN.get(word, word)
            for word in title.split()
            if word not in ("the", "a", "an", "part", "chapter", "episode")
        ]
        found.append("~" + " ".join(words))
    return list(dict.fromkeys(found))


def _known(row: Sequence[object], others: Iterable[str]) -> Known:
    item_id, kind, match, title, original, year, runtime, artist, album, owned = row
    is_track = kind == MediaKind.TRACK
    titles = [str(match), *([match_title(str(original))] if original else []), *others]
    if is_track:
        titles.append(match_title(_EXTRA.sub("", str(title))))
    return Known(
        id=int(item_id),  # type: ignore[call-overload]
        kind=str(kind),
        titles=tuple(dict.fromkeys(titles)),
        year=year,  # type: ignore[arg-type]
        runtime=runtime,  # type: ignore[arg-type]
        artist=match_title(str(artist)) if is_track and artist else "",
        album=match_title(str(album)) if is_track and album else "",
        owned=bool(owned),
    )


def _close(one: float | None, other: float | None) -> bool:
    return not one or not other or abs(one - other) <= max(RUNTIME_TOLERANCE * max(one, other), 5.0)
