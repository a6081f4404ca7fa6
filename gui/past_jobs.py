"""What the worker threads do with a past: read files, list what was brought along, load piles, decide many, take back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gui.models import SEPARATOR, kind_words
from gui.past_list import PastRow
from gui.past_page import LEFT_OUT
from gui.worker import Task, Workplace
from library.enrich import SECRETS
from library.errors import SettingsError
from library.items import MediaKind
from library.past.formats import Subject
from library.past.import_store import ImportRecord, ImportStore, PastTitle
from library.past.importing import ImportReport, bring_along
from library.past.matching import Pile
from library.past.taking import bring_back, decide_many, same_year_suggestions, take_back
from library.past.tmdb import AccountPast, PastAccount, bring_account_along
from library.progress import Job, Progress
from library.secrets import Secrets

OpenPastAccount = Callable[[str, str], PastAccount]


@dataclass(frozen=True, slots=True)
class Listed:
    """One import with how many titles each of its piles has."""

    record: ImportRecord
    piles: dict[Pile, int]


@dataclass(frozen=True, slots=True)
class LoadedPile:
    """The titles of one pile, ready to be listed; ``suggestions`` says how many may be taken at once."""

    import_id: int
    pile: str
    rows: tuple[PastRow, ...]
    suggestions: int = 0


def import_files(paths: Sequence[Path]) -> Task:
    """Bring these files along."""

    def job(workplace: Workplace) -> Job[ImportReport]:
        return (yield from bring_along(workplace.library, paths))

    return job


def has_account_key() -> Task:
    """Whether TMDB can be asked: a system's keyring may take its time."""

    def job(workplace: Workplace) -> Job[bool]:
        yield Progress("Looking for the key of TMDB")
        return bool(Secrets(workplace.home).get(SECRETS["tmdb"][0]))

    return job


def ask_account(open_past_account: OpenPastAccount, language: str) -> Task:
    """Wait until the person agrees at TMDB, and read their lists; a ``CodeShown`` step says where."""

    def job(workplace: Workplace) -> Job[AccountPast]:
        key = Secrets(workplace.home).get(SECRETS["tmdb"][0])
        if not key:
            raise SettingsError("The key of TMDB is missing.", "Enter it under Configuration, Catalogues.")
        with closing(open_past_account(key, language)) as account:
            return (yield from account.past())

    return job


def import_account(past: AccountPast) -> Task:
    """Bring along what an account said."""

    def job(workplace: Workplace) -> Job[ImportReport]:
        return (yield from bring_account_along(workplace.library, past))

    return job


def list_imports() -> Task:
    """What was brought along so far, the newest first."""

    def job(workplace: Workplace) -> Job[tuple[Listed, ...]]:
        yield Progress("Looking at your past")
        store = ImportStore(workplace.library.database)
        return tuple(Listed(record, store.piles(record.id)) for record in store.all(workplace.library.person))

    return job


def load_pile(import_id: int, pile: str) -> Task:
    """The titles of one pile of an import, or the lines that were left out."""

    def job(workplace: Workplace) -> Job[LoadedPile]:
        yield Progress("Reading your past")
        library = workplace.library
        store = ImportStore(library.database)
        if pile == LEFT_OUT:
            lines = store.left_out(import_id)
            rows = [
                PastRow(-place, line.text or "(empty)", "", f"{line.file}, line {line.number:,}: {line.reason}")
                for place, line in enumerate(lines, 1)
            ]
            return LoadedPile(import_id, pile, tuple(rows))
        titles = store.titles(import_id, Pile(pile))
        names = store.item_names(
            item_id for title in titles for item_id in (title.item_id, *title.candidates) if item_id
        )
        found = [row_of(title, names, pile) for title in titles]
        suggestions = len(same_year_suggestions(library, import_id)) if pile == Pile.UNSURE else 0
        return LoadedPile(import_id, pile, tuple(found), suggestions)

    return job


def take_suggestions(import_id: int) -> Task:
    """Take all suggestions of the same year."""

    def job(workplace: Workplace) -> Job[int]:
        choices = list(same_year_suggestions(workplace.library, import_id).items())
        return (yield from decide_many(workplace.library, choices))

    return job


def take_import_back(import_id: int) -> Task:
    """Take an import back as a whole."""

    def job(workplace: Workplace) -> Job[ImportRecord]:
        return (yield from take_back(workplace.library, import_id))

    return job


def bring_import_back(import_id: int) -> Task:
    """Let an import count again."""

    def job(workplace: Workplace) -> Job[ImportRecord]:
        return (yield from bring_back(workplace.library, import_id))

    return job


def row_of(title: PastTitle, names: dict[int, tuple[str, int | None]], pile: str) -> PastRow:
    """A title of a past as an entry of the list of a pile."""
    name = "" if title.item_id is None or title.pile is not Pile.SURE else named(*names.get(title.item_id, ("", None)))
    parts = [kind_word(title.subject.kind), title.subject.artist or "", day(title.at)]
    if pile == Pile.WISH:
        owned = title.pile is Pile.SURE or title.item_id is not None
        parts.append("in your library" if owned else "")
        return PastRow(title.id, named_subject(title.subject), "", SEPARATOR.join(part for part in parts if part))
    if title.pile is Pile.UNSURE:
        found = [named(*names[item_id]) for item_id in title.candidates if item_id in names]
        parts.append(f"is it {found[0]}?" if len(found) == 1 else f"{len(found)} candidates")
    if name and name != named_subject(title.subject):
        parts.append(f"taken for {name}")
    if title.value is not None:
        end = f"{title.value:g}"
    else:
        end = f"{title.lines:,} plays" if title.lines > 1 and title.pile is not Pile.WISH else ""
    return PastRow(title.id, named_subject(title.subject), end, SEPARATOR.join(part for part in parts if part))


def named_subject(subject: Subject) -> str:
    """A title as the files name it: "Heat (1995)"."""
    return named(subject.title, subject.year)


def named(title: str, year: int | None) -> str:
    """A title with its year."""
    return f"{title} ({year})" if year else title


def kind_word(kind: MediaKind | None) -> str:
    """What sort of title it is: "Film"; empty where the files do not say."""
    if kind is None:
        return ""
    return "Track" if kind is MediaKind.TRACK else kind_words(kind)[0].capitalize()


def day(at: float | None) -> str:
    """A day: "2 January 2020"; empty where it is not known."""
    if at is None:
        return ""
    then = datetime.fromtimestamp(at)
    return f"{then.day} {then:%B %Y}"
