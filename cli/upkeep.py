"""Looking after what is kept: the commands export, backup and info."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import JsonOption
from cli.output import table
from cli.session import Call, Session
from cli.titles import several
from library import backups
from library import export as exports
from library.errors import AppError, EncoderError
from library.items import MediaKind
from library.logs import log_file
from library.secrets import Secrets
from library.statistics import LibraryStatistics, library_statistics

_REASONS = {
    backups.Reason.DAILY: "every day",
    backups.Reason.MANUAL: "by hand",
    backups.Reason.MIGRATION: "before an update",
    backups.Reason.RESET: "before a reset",
    backups.Reason.RESTORE: "before a restore",
}
_NOUNS = (("movie", "film"), ("show", "show"), ("track", "track"))


class Format(StrEnum):
    """What ratings are written as."""

    CSV = "csv"
    JSON = "json"


def export(
    context: typer.Context,
    form: Annotated[
        Format | None, typer.Option("--format", help="Else the ending of FILE says it, or it is csv.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file, not to the terminal.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write your ratings down for other programs."""
    call: Call = context.obj
    chosen = form or (Format.JSON if _ends_in_json(output) or (output is None and call.output.as_json) else Format.CSV)
    if output is None and call.output.as_json and chosen is not Format.JSON:
        raise typer.BadParameter("--json prints JSON: leave --format away, or give --output.")
    with call.session() as session:
        if output is None:
            rows = exports.rating_rows(session.library)
            call.output.raw(exports.ratings_as_csv(rows) if chosen is Format.CSV else exports.ratings_as_json(rows))
            return
        path = Path(os.path.abspath(output.expanduser()))
        count = exports.export_ratings(session.library, path, chosen.value)
    document = {"file": str(path), "format": str(chosen), "ratings": count}
    call.output.answer(document, f"{several(count, 'rating')} written to {path}")


def _ends_in_json(path: Path | None) -> bool:
    return path is not None and path.suffix.lower() == ".json"


def backup(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--list", help="Show the backups there are.")] = False,
    restore: Annotated[
        str | None,
        typer.Option("--restore", metavar="NAME", help="Go back to this backup. What is there now is kept as another."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Restore without asking.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a backup of the library, or go back to one.

    Backups are also made every day that the window is opened.
    """
    call: Call = context.obj
    if show and restore is not None:
        raise typer.BadParameter("Choose --list or --restore.")
    with call.session() as session:
        if restore is not None:
            _restore(call, session, restore, yes)
        elif show:
            _list(call, session)
        else:
            made = backups.back_up(session.library)
            call.output.answer(
                _backup_document(made), f"The backup {made.path.name} is made ({size_words(made.size)})."
            )


def _list(call: Call, session: Session) -> None:
    found = backups.listed(session.home)
    rows = [(b.path.name, when(b.made_at), size_words(b.size), _REASONS[b.reason]) for b in found]
    answer = table(("Name", "Made", "Size", "Why"), rows, numbers=(2,)) if rows else "There are no backups yet."
    call.output.answer({"backups": [_backup_document(b) for b in found]}, answer)


def _restore(call: Call, session: Session, name: str, sure: bool) -> None:
    found = [b for b in backups.listed(session.home) if name in (b.path.name, b.path.stem)]
    if not found:
        raise AppError(f"There is no backup called “{name}”.", "See which there are with: homereel backup --list")
    if not sure:
        if not call.output.interactive:
            raise typer.BadParameter("Restoring needs --yes when nobody can be asked.")
        question = f"Go back to the backup of {when(found[0].made_at)}"
        if not typer.confirm(question, default=False, err=True):
            raise typer.Exit(1)
    sentence = backups.restore(session.library, found[0].path)
    call.output.answer({"restored": _backup_document(found[0]), "text": sentence}, sentence)


def _backup_document(made: backups.Backup) -> dict[str, Any]:
    return {
        "name": made.path.name,
        "path": str(made.path),
        "reason": str(made.reason),
        "made_at": moment(made.made_at),
        "bytes": made.size,
    }


def info(context: typer.Context, json: JsonOption = False) -> None:
    """Show what is in the library and where it lies."""
    call: Call = context.obj
    with call.session() as session:
        statistics = library_statistics(session.library)
        document = _info_document(session, statistics)
        call.output.answer(document, *_info_lines(session, statistics, document))


def _info_document(session: Session, statistics: LibraryStatistics) -> dict[str, Any]:
    found = backups.listed(session.home)
    return {
        "version": session.ports.version,
        "home": str(session.home.path),
        "database": str(session.home.database),
        "database_bytes": statistics.database_bytes,
        "log": str(log_file(session.home)),
        "library": {
            "movies": statistics.items.get(MediaKind.MOVIE, 0),
            "shows": statistics.items.get(MediaKind.SHOW, 0),
            "tracks": statistics.items.get(MediaKind.TRACK, 0),
            "gone": statistics.removed,
        },
        "feedback": {"rated": statistics.rated, "skipped": statistics.skipped, "blocked": statistics.blocked},
        "texts": {"model": session.settings.text_model.name, "read": _texts_read(session, statistics)},
        "sources": _source_documents(session, statistics),
        "backups": {"count": len(found), "newest": moment(found[0].made_at) if found else None},
        "secrets": Secrets(session.home).describe(),
    }


def _texts_read(session: Session, statistics: LibraryStatistics) -> int:
    """How many titles the text model of the settings has read; what another one read before does not count."""
    from recommender.trainer import key_of_model

    try:
        return statistics.embedded.get(key_of_model(session.settings.text_model.name), 0)
    except EncoderError:
        return 0


def _source_documents(session: Session, statistics: LibraryStatistics) -> list[dict[str, Any]]:
    documents = []
    for source in session.settings.sources:
        last = statistics.last_scans.get(source.id)
        documents.append(
            {
                "id": source.id,
                "name": source.name,
                "kind": source.kind,
                "address": source.url or None,
                "paths": list(source.paths),
                "libraries": None if source.libraries is None else list(source.libraries),
                "titles": statistics.sources.get(source.id, 0),
                "last_scan": last
                and {"at": moment(last.started_at), "status": str(last.status), "message": last.message},
            }
        )
    return documents


def _info_lines(session: Session, statistics: LibraryStatistics, document: dict[str, Any]) -> list[object]:
    counts, feedback, texts = document["library"], document["feedback"], document["texts"]
    rows = [
        ("Version", document["version"]),
        ("Home", document["home"]),
        ("Library", ", ".join(several(counts[f"{noun}s"], word) for noun, word in _NOUNS)),
        ("Feedback", f"{feedback['rated']:,} rated, {feedback['skipped']:,} skipped, {feedback['blocked']:,} blocked"),
        ("Texts", f"{texts['read']:,} read with {texts['model']}"),
        ("Size", size_words(statistics.database_bytes)),
        ("Backups", _backup_words(session)),
        ("Tokens", document["secrets"]),
        ("Log", document["log"]),
    ]
    lines: list[object] = [table(("", ""), rows, numbers=())]
    for source in document["sources"]:
        last = source["last_scan"]
        told = (
            f"{last['message']} ({last['status']}, {when(statistics.last_scans[source['id']].started_at)})"
            if last
            else ""
        )
        place = source["address"] or ", ".join(source["paths"])
        lines += ["", f"{source['name']} ({source['id']}) {place}".rstrip(), f"  {told or 'Not scanned yet.'}"]
    if not document["sources"]:
        lines += ["", "No source is configured. Add one with: homereel scan --help"]
    return lines


def _backup_words(session: Session) -> str:
    found = backups.listed(session.home)
    return f"{len(found):,}, the newest of {when(found[0].made_at)}" if found else "none yet"


def moment(at: float) -> str:
    """A moment as other programs read it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def when(at: float) -> str:
    """A moment as a person reads it."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")


def size_words(count: int) -> str:
    """A number of bytes: "3.4 MB"."""
    size = float(count)
    for unit in ("bytes", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
