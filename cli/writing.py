"""Writing to servers from the command line: what was written, the way back, ratings and playlists on a server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli import titles
from cli.options import JsonOption
from cli.output import table
from cli.session import Call, Session
from library import write_plans
from library.accounts import account_secret_of, person_secret_of
from library.errors import AppError, ProviderDenied, ProviderError, SettingsError
from library.feedback import LOCAL_USER
from library.items import Item
from library.journal import JournalEntry, JournalState
from library.secrets import Secrets
from library.settings import SourceSettings
from library.write_jobs import WriteReport, carry_out, together
from library.write_jobs import undo as undo_job
from library.write_plans import Clash, WritePlan, source_named
from library.write_states import change_words, entry_words
from library.writing import WritableServer, WriteKind

MOST_LISTED = 50


class PlaylistAction(StrEnum):
    """What ``playlist`` does."""

    CREATE = "create"


def activity(
    context: typer.Context,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=5000, metavar="NUMBER", help="So many, the newest.")
    ] = MOST_LISTED,
    allow: Annotated[
        bool | None,
        typer.Option(
            "--allow-writing/--forbid-writing", help="Let Homereel write to your servers from now on, or not."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List what was written to your servers, before and after.

    Homereel only reads from your servers until it is allowed to write.
    """
    call: Call = context.obj
    with call.session() as session:
        if allow is not None:
            _allow(session, allow)
        found = session.library.journal.page(user=session.library.person, limit=count)
        ids = {entry.item_id for entry in found if entry.item_id is not None}
        names = {item.id: item.title for item in session.library.items.many(ids)}
        documents = [_document(session, entry, names.get(entry.item_id or 0, "")) for entry in found]
        allowed = session.settings.writing.allowed
    if not documents:
        may = "Homereel may write to them." if allowed else "Homereel only reads from them."
        call.output.answer({"allowed": allowed, "activity": []}, f"Nothing was written to your servers. {may}")
        return
    rows = [
        [str(one["id"]), one["at"], one["what"], one["change"], one["source"], f"{one['state']}. {one['message']}".strip(". ")]
        for one in documents
    ]  # fmt: skip
    call.output.answer(
        {"allowed": allowed, "activity": documents}, table(("id", "when", "what", "change", "where", "state"), rows)
    )


def undo(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="ID", min=1, help="Of a line of “activity”; with --all, its action.")
    ],
    everything: Annotated[bool, typer.Option("--all", help="All that the same action wrote.")] = False,
    json: JsonOption = False,
) -> None:
    """Put back what was there before a write to a server.

    What somebody changed since is left as it is. An undo can be undone.
    """
    call: Call = context.obj
    with call.session() as session:
        require_allowed(session)
        journal = session.library.journal
        entry = journal.get(number)
        if entry is None or entry.user != session.library.person:
            raise AppError(f"Nothing was written under the number {number}.", "List what was: homereel activity")
        entries = [entry]
        if everything and entry.batch is not None:
            entries = [one for one in journal.of_batch(entry.batch) if one.undoable]
        report = together([_undo(session, group) for group in _by_source(entries)])
    _tell(call, report, "It is put back as it was.")


def playlist(
    context: typer.Context,
    action: Annotated[PlaylistAction, typer.Argument(metavar="create", help="Make one.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    wanted: Annotated[list[str], typer.Argument(metavar="TITLE...", help="Titles in quotes, or their ids, in order.")],
    on: Annotated[str, typer.Option("--on", metavar="SOURCE", help="The source whose server it is made on.")],
    append: Annotated[bool, typer.Option("--append", help="Add to the one of this name, if there is one.")] = False,
    instead: Annotated[bool, typer.Option("--replace", help="Replace what is in the one of this name.")] = False,
    many: Annotated[bool, typer.Option("--many", help="Write more than one action usually may.")] = False,
    json: JsonOption = False,
) -> None:
    """Make a playlist on one of your servers.

    Titles that do not lie on that server are left out, and shows, which would become all of their episodes.
    """
    call: Call = context.obj
    if append and instead:
        raise typer.BadParameter("Say --append or --replace, not both.")
    clash: Clash = "append" if append else "replace" if instead else "another"
    with call.session() as session:
        require_allowed(session)
        source = _source(session, on)
        items = [titles.find_title(session.library, text) for text in wanted]
        with _writable(session, source, session.library.person) as server:
            there = _there(server, name, clash)
        plan = write_plans.playlist(source, name, items, session.library.person, there=there, clash=clash)
        report = write(session, (write_plans.confirmed(plan) if many else plan,))
        for sentence in plan.left_out:
            call.output.note(sentence)
    _tell(call, report, f"{plan.heading} on {source.name}: done.")


def require_allowed(session: Session) -> None:
    """Raise :class:`SettingsError` unless the person allowed writing."""
    if not session.settings.writing.allowed:
        raise SettingsError(write_plans.NOT_ALLOWED, "Allow it with: homereel activity --allow-writing")


def _allow(session: Session, allow: bool) -> None:
    settings = replace(session.settings, writing=replace(session.settings.writing, allowed=allow))
    session.library.settings.save(settings)
    session.settings = settings


def rate_there(session: Session, item: Item, value: float) -> WriteReport:
    """Put a rating on the servers that have a title."""
    plans = write_plans.rate(session.settings, item, value, session.library.person)
    if not plans:
        raise AppError(f"No server that can be written to has {titles.named(item)}.")
    return write(session, plans)


def write(session: Session, plans: tuple[WritePlan, ...]) -> WriteReport:
    """Carry plans out; a server that does not answer does not keep the others from being written to."""
    reports, batch = [], session.library.journal.next_batch()
    for plan in plans:
        try:
            with _writable(session, plan.source, plan.user) as server:
                reports.append(session.drive(carry_out(session.library, server, plan, batch)))
        except ProviderError as error:
            reports.append(WriteReport(batch, untried=len(plan.changes), gone=str(error)))
    return together(reports)


def _undo(session: Session, entries: list[JournalEntry]) -> WriteReport:
    """Undo what was written to one source."""
    source = source_named(session.settings.sources, entries[0].source_id)
    if source is None:
        raise AppError("The server of this entry is not among your sources any more.", "Add it again to undo it.")
    try:
        with _writable(session, source, entries[0].user) as server:
            return session.drive(undo_job(session.library, server, source, entries))
    except ProviderError as error:
        return WriteReport(untried=len(entries), gone=str(error))


@contextmanager
def _writable(session: Session, source: SourceSettings, user: str) -> Iterator[WritableServer]:
    """The server, or the watchlist behind one, with the person's own account."""
    secrets = Secrets(session.home)
    if write_plans.is_watchlist(source.id):
        base = write_plans.server_behind(source)
        token = secrets.get(account_secret_of(base))
        if not token:
            raise SettingsError(f"Nobody has signed in to Plex for {base.name}.", "Sign in with: homereel sign-in")
        with closing(session.ports.open_watchlist(session.home, base, token)) as watchlist:
            yield watchlist
        return
    own = None if user == LOCAL_USER else secrets.get(person_secret_of(source, user.partition(":")[2]))
    if user != LOCAL_USER and not own:
        raise ProviderDenied(source.name, f"You have not signed in to {source.name} here.")
    with session.server(source, own) as server:
        if not isinstance(server, WritableServer):
            raise ProviderDenied(source.name, f"Nothing can be written to {source.name}.")
        yield server


def _source(session: Session, text: str) -> SourceSettings:
    known = write_plans.writable_sources(session.settings, WriteKind.PLAYLIST, session.library.person)
    found = [source for source in known if text == source.id or text.casefold() == source.name.casefold()]
    if len(found) != 1:
        names = ", ".join(f"“{source.name}” ({source.id})" for source in known) or "none"
        raise AppError(f"No single source called “{text}” can hold a playlist.", f"There are: {names}.")
    return found[0]


def _there(server: WritableServer, name: str, clash: Clash) -> str:
    """The key of the playlist of this name; refuses where it is there and nobody said what to do about that."""
    found = [one for one in server.lists(WriteKind.PLAYLIST) if one.title == name and not one.fixed]
    if found and clash == "another":
        raise AppError(
            f"There is a playlist “{name}” already.", "Add to it with --append, replace it with --replace, or rename."
        )
    return found[0].key if found else ""


def _by_source(entries: list[JournalEntry]) -> list[list[JournalEntry]]:
    groups: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.source_id, []).append(entry)
    return list(groups.values())


def _tell(call: Call, report: WriteReport, sentence: str) -> None:
    good = bool(report.done) and not (report.skipped or report.failed or report.untried)
    call.output.answer(written_document(report), sentence if good else report.sentence)
    if not report.done or report.failed or report.untried:
        raise typer.Exit(1)


def written_document(report: WriteReport) -> dict[str, Any]:
    """What came of an action as JSON."""
    return {
        "written": report.done,
        "left_alone": report.skipped,
        "failed": report.failed,
        "not_tried": report.untried,
        "problem": report.gone,
    }


def _document(session: Session, entry: JournalEntry, item_title: str) -> dict[str, Any]:
    source = source_named(session.settings.sources, entry.source_id)
    written = entry.state in (JournalState.DONE, JournalState.UNDONE)
    return {
        "id": entry.id,
        "at": time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.at)),
        "what": entry_words(entry, item_title),
        "change": change_words(entry.kind, entry.before, entry.after if written else entry.wanted),
        "source": source.name if source else entry.source_id,
        "kind": str(entry.kind),
        "title": entry.title,
        "state": str(entry.state),
        "message": entry.message,
        "before": entry.before,
        "wanted": entry.wanted,
        "after": entry.after if written else None,
        "batch": entry.batch,
        "automatic": entry.automatic,
        "undoes": entry.undoes,
    }
