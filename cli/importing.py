"""Bringing a past along from files of other programs, and taking it back: the commands import and imports."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import JsonOption
from cli.output import table
from cli.session import Call, Session
from cli.titles import several
from library.accounts import CodeShown
from library.enrich import SECRETS
from library.errors import SettingsError
from library.past.import_store import FileCount, ImportRecord, ImportStore
from library.past.importing import ImportReport, bring_along
from library.past.matching import Pile
from library.past.taking import bring_back, take_back
from library.past.tmdb import AccountPast, bring_account_along
from library.progress import Job, Progress
from library.progress import run as drive
from library.secrets import Secrets

MOST_REASONS = 12
_KINDS = ("ratings", "plays", "wishes", "left_out")
_PILES = {
    Pile.SURE: "found in the library",
    Pile.UNSURE: "to be decided",
    Pile.NOT_OWNED: "not owned; their ratings teach your taste all the same",
    Pile.WISH: "on a watchlist; nothing is done with them",
}


def import_past(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Exported files, or the zip they came in.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it, and change nothing.")
    ] = False,
    back: Annotated[int | None, typer.Option("--take-back", metavar="N", help="Take import N back as a whole.")] = None,
    again: Annotated[
        int | None, typer.Option("--bring-back", metavar="N", help="Let import N, which was taken back, count again.")
    ] = None,
    tmdb_account: Annotated[
        bool, typer.Option("--tmdb-account", help="Ask your account at TMDB; you agree to it in a browser.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Bring ratings and what you watched along from other programs.

    Letterboxd, IMDb, Trakt, TV Time, MovieLens, Last.fm, ListenBrainz, Spotify, Homereel's own exports, and an account at TMDB.
    Doing it twice changes nothing.
    """
    call: Call = context.obj
    if sum((bool(files), back is not None, again is not None, tmdb_account)) != 1:
        raise typer.BadParameter(
            "Name the files to import, or --tmdb-account, or one import with --take-back or --bring-back."
        )
    with call.session() as session:
        if back is not None:
            record = session.drive(take_back(session.library, back))
            call.output.answer(_document(session, record), f"Import {back} is taken back: {record.name}.")
        elif again is not None:
            record = session.drive(bring_back(session.library, again))
            call.output.answer(_document(session, record), f"Import {again} counts again: {record.name}.")
        else:
            report = session.drive(_bringing(session, files or [], dry_run))
            call.output.answer({**_report_document(report), "dry_run": dry_run}, *_report_lines(report, dry_run))


def imports(context: typer.Context, json: JsonOption = False) -> None:
    """Show what was imported from other programs."""
    call: Call = context.obj
    with call.session() as session:
        found = ImportStore(session.library.database).all(session.library.person)
        documents = [_document(session, record) for record in found]
        rows = [_row(record, document) for record, document in zip(found, documents, strict=True)]
    headings = ("N", "When", "From", "Ratings", "Plays", "Wishes", "Left out", "To decide", "")
    lines = table(headings, rows, numbers=(0, 3, 4, 5, 6, 7)) if rows else "Nothing was imported yet."
    call.output.answer({"imports": documents}, lines)


def _bringing(session: Session, files: list[Path], dry_run: bool) -> Job[ImportReport]:
    """The work of bringing these files along; without any, the account at TMDB."""
    if not files:
        return bring_account_along(session.library, _ask_tmdb(session), dry_run=dry_run)
    paths = [Path(os.path.abspath(path.expanduser())) for path in files]
    return bring_along(session.library, paths, dry_run=dry_run)


def _ask_tmdb(session: Session) -> AccountPast:
    """What the account says of whoever agrees to it in a browser."""
    key = Secrets(session.home).get(SECRETS["tmdb"][0])
    if not key:
        raise SettingsError("TMDB is not asked without a key.", "Store one with: homereel enrich --switch-on tmdb")
    language = session.settings.catalogs.language

    def tell(step: Progress) -> None:
        if isinstance(step, CodeShown):
            session.output.note("Open this page in a browser, on any computer, and agree there:")
            session.output.note(f"  {step.link}")
            session.output.note(f"It is good for {max(1, round(step.seconds / 60))} minutes. Waiting for you …")

    with closing(session.ports.open_past_account(key, language)) as account:
        return drive(account.past(), tell)


def _row(record: ImportRecord, document: dict[str, Any]) -> tuple[str, ...]:
    counts = (f"{record.total(kind):,}" for kind in _KINDS)
    when = datetime.fromtimestamp(record.at).strftime("%Y-%m-%d %H:%M")
    unsure = f"{document['piles']['unsure']:,}"
    state = "taken back" if record.taken_back_at is not None else ""
    return (str(record.id), when, f"{record.format}: {record.name}", *counts, unsure, state)


def _document(session: Session, record: ImportRecord) -> dict[str, Any]:
    piles = ImportStore(session.library.database).piles(record.id)
    return {
        "id": record.id,
        "at": _moment(record.at),
        "from": record.format,
        "name": record.name,
        "lines": record.total("lines"),
        **{kind: record.total(kind) for kind in _KINDS},
        "piles": {str(pile): count for pile, count in piles.items()},
        "taken_back_at": None if record.taken_back_at is None else _moment(record.taken_back_at),
    }


def _report_document(report: ImportReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "from": report.format,
        "lines": report.total("lines"),
        **{kind: report.total(kind) for kind in _KINDS},
        "piles": {str(pile): count for pile, count in report.piles.items()},
        "files": [_file_document(count) for count in report.files],
        "unused": [{"name": name, "reason": reason} for name, reason in report.unused],
        "reasons": [{"reason": reason, "lines": count} for reason, count in report.reasons],
    }


def _file_document(count: FileCount) -> dict[str, Any]:
    kinds = {kind: getattr(count, kind) for kind in _KINDS}
    return {"name": count.name, "layout": count.layout, "lines": count.lines, **kinds, "note": count.note}


def _report_lines(report: ImportReport, dry_run: bool) -> list[object]:
    lines: list[object] = [
        f"{count.name} ({count.layout}): {several(count.lines, 'line')}. {count.note}".rstrip()
        for count in report.files
    ]
    lines += [f"{name} {reason}." for name, reason in report.unused]
    counted = [
        several(report.total("ratings"), "rating"),
        several(report.total("plays"), "play"),
        f"{report.total('wishes'):,} on a watchlist",
        f"{report.total('left_out'):,} left out",
    ]
    lines.append(f"{several(report.total('lines'), 'line')}: {', '.join(counted)}.")
    piles = [(f"{count:,}", _PILES[pile]) for pile, count in report.piles.items() if count]
    if piles:
        lines += ["", table(("Titles", ""), piles)]
    if report.reasons:
        shown = [(f"{count:,}", f"This line {reason}.") for reason, count in report.reasons[:MOST_REASONS]]
        lines += ["", table(("Left out", ""), shown)]
    return [*lines, "", _last_line(report, dry_run)]


def _last_line(report: ImportReport, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was changed: this was a dry run."
    if report.id is None:
        return "There was nothing new in it."
    decide = (
        "Decide about the unsure titles in the window, under Configuration, Your past. "
        if report.piles[Pile.UNSURE]
        else ""
    )
    return f"{decide}It can be taken back with: homereel import --take-back {report.id}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
