"""The demo library: films and shows that people know, so that the program has something to suggest before any set-up."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from library.errors import ProviderUnavailable
from library.items import Credit, CreditRole, MediaKind
from library.sources import Entry, ItemBatch, ListingPage, ServerIdentity, ServerItem, ServerLibrary

NAME = "Demo library"
_INSTALL_AGAIN = "Install the program again to get it back."
PAGE = 500
BATCH = 100

FILMS = ServerLibrary("films", "Films", MediaKind.MOVIE)
SHOWS = ServerLibrary("shows", "Shows", MediaKind.SHOW)
_FILES = {FILMS.key: "films_*.jsonl", SHOWS.key: "shows.jsonl"}
_ROLES = (
    ("directors", CreditRole.DIRECTOR),
    ("writers", CreditRole.WRITER),
    ("creators", CreditRole.CREATOR),
    ("cast", CreditRole.CAST),
)


class DemoServer:
    """Answers from the JSON Lines files that are shipped with the program. No votes in them: unknown stays unknown."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._shelves: dict[str, dict[str, ServerItem]] = {}
        self._problems: dict[str, tuple[str, ...]] = {}

    def identify(self) -> ServerIdentity:
        """Say who answers; raises ``ProviderUnavailable`` when the files are not there."""
        self._look()
        return ServerIdentity(machine_id="demo", name=NAME)

    def libraries(self) -> tuple[ServerLibrary, ...]:
        """The films and the shows."""
        self._look()
        return tuple(
            ServerLibrary(shelf.key, shelf.title, shelf.kind, len(self._shelf(shelf.key))) for shelf in (FILMS, SHOWS)
        )

    def listing(self, library: ServerLibrary) -> Iterator[ListingPage]:
        """Every entry of one of the two libraries."""
        shelf = list(self._shelf(library.key).values())
        for start in range(0, len(shelf), PAGE):
            page = tuple(Entry(item.key, item.version) for item in shelf[start : start + PAGE])
            last = start + PAGE >= len(shelf)
            problems = self._problems[library.key] if last else ()
            yield ListingPage(page, total=len(shelf), problems=problems, complete=not problems)

    def items(self, library: ServerLibrary, entries: Sequence[Entry]) -> Iterator[ItemBatch]:
        """The facts of these entries."""
        shelf = self._shelf(library.key)
        for start in range(0, len(entries), BATCH):
            wanted = [entry.key for entry in entries[start : start + BATCH]]
            yield ItemBatch(
                items=tuple(shelf[key] for key in wanted if key in shelf),
                failures={key: "The demo library has no such title." for key in wanted if key not in shelf},
            )

    def poster(self, path: str, width: int, height: int) -> bytes | None:
        """Nothing: the window draws the posters of the demo library."""
        return None

    def play_target(self, key: str, files: Sequence[str]) -> str | None:
        """Nothing: there is no film behind the facts."""
        return None

    def close(self) -> None:
        """Forget what was read."""
        self._shelves.clear()

    def _look(self) -> None:
        for shelf in (FILMS, SHOWS):
            self._shelf(shelf.key)

    def _shelf(self, key: str) -> dict[str, ServerItem]:
        if key not in _FILES:
            return {}
        if key not in self._shelves:
            kind = FILMS.kind if key == FILMS.key else SHOWS.kind
            self._shelves[key], self._problems[key] = _read(self._directory, _FILES[key], kind)
        return self._shelves[key]


def _read(directory: Path, pattern: str, kind: MediaKind) -> tuple[dict[str, ServerItem], tuple[str, ...]]:
    """All items of the files that match, by key, and sentences about lines that could not be read."""
    shelf: dict[str, ServerItem] = {}
    problems: list[str] = []
    paths = sorted(directory.glob(pattern))
    if not paths:
        raise ProviderUnavailable(NAME, "The demo library is missing.", _INSTALL_AGAIN)
    for path in paths:
        try:
            lines = path.read_bytes().splitlines()
        except OSError as error:
            raise ProviderUnavailable(
                NAME, f"The demo library cannot be read: {error.strerror or error}.", _INSTALL_AGAIN
            ) from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = _item(line, kind)
            except (ValueError, LookupError, TypeError, AttributeError):
                problems.append(f"Line {number} of {path.name} in the demo library cannot be read.")
                continue
            shelf.setdefault(item.key, item)
    return shelf, tuple(problems)


def _item(line: bytes, kind: MediaKind) -> ServerItem:
    facts: dict[str, Any] = json.loads(line)
    credits = tuple(
        Credit(name, role, position) for field, role in _ROLES for position, name in enumerate(facts.get(field) or ())
    )
    return ServerItem(
        kind=kind,
        key=demo_key(kind, facts["title"], facts["year"]),
        version=hashlib.blake2b(line.strip(), digest_size=10).hexdigest(),
        title=facts["title"],
        original_title=facts["original_title"],
        year=facts["year"],
        end_year=facts.get("end_year"),
        status=facts.get("status"),
        seasons=facts.get("seasons"),
        episodes=facts.get("episodes"),
        runtime=facts["runtime"],
        overview=facts["overview"],
        genres=tuple(facts["genres"]),
        keywords=tuple(facts["keywords"]),
        credits=credits,
        countries=tuple(facts["countries"]),
        companies=tuple(facts.get("networks") or ()),
        language=facts["language"],
        collection=facts["collection"],
    )


def demo_key(kind: MediaKind, title: str, year: int) -> str:
    """The name of a title in the demo library, the same in every version of it: ``movie-metropolis-1927``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join([kind.value, *re.findall(r"[a-z0-9]+", plain.replace("'", "")), str(year)])
