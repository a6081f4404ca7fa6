"""The jobs that write to servers: each change is recorded before it is sent, read back, and can be taken back.

A row that was begun and never finished (the power went, the answer was lost) is settled by asking the server what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from library.errors import ProviderBusy, ProviderError, ProviderReplyError, ProviderUnavailable, SettingsError
from library.feedback import LOCAL_USER
from library.journal import Action, Journal, JournalEntry, JournalState
from library.library import Library
from library.progress import Job, Progress
from library.settings import SourceSettings
from library.write_plans import Preview, PreviewLine, WritePlan, owns, require_allowed, server_behind
from library.write_report import WriteReport, together
from library.write_states import (
    LISTS,
    UNFINISHED,
    change_words,
    entries_of,
    entry_words,
    is_part_of,
    is_so,
    refusal,
    same,
    several,
    without,
)
from library.writing import State, WritableServer

__all__ = ["WriteReport", "carry_out", "preview", "settle", "together", "undo", "write_waiting"]
MOST_LOOKED_AT = 30
"""For so many changes the preview asks the server what is there now; above that only their titles are told."""
_GONE = (ProviderUnavailable, ProviderBusy)
_CUT_SHORT = "The program ended before this was finished."


@dataclass(frozen=True, slots=True)
class _Desk:
    """What writing one entry needs."""

    journal: Journal
    server: WritableServer
    source: SourceSettings


# What the window and the command line ask for


def preview(server: WritableServer, plan: WritePlan, most: int, libraries: dict[str, str]) -> Job[Preview]:
    """Say what a plan would do; nothing is written.

    :param libraries: the titles of the source's libraries by their keys.
    """
    lines, looked_at = [], len(plan.changes) <= MOST_LOOKED_AT
    for number, entry in enumerate(plan.entries()):
        yield Progress(f"Asking {plan.source.name}", number, len(plan.changes))
        if not looked_at:
            lines.append(PreviewLine(entry.title))
            continue
        found = _resolved(server, entry)
        if is_so(found.kind, found.wanted, found.before, plan.source.kind):
            lines.append(PreviewLine(entry.title, "", "It is so already."))
            continue
        lines.append(PreviewLine(entry.title, _addition(entry, found)))
    names = dict.fromkeys(libraries.get(change.library_key, "") for change in plan.changes)
    where = ", ".join(filter(None, (plan.source.name, *names)))
    return Preview(plan, where, tuple(lines), plan.size > most)


def carry_out(library: Library, server: WritableServer, plan: WritePlan, batch: int | None = None) -> Job[WriteReport]:
    """Write what a plan says, change by change; one that fails does not keep the others from being written.

    :param batch: the number of the action, when it writes to other servers too.
    :raises SettingsError: when writing is not allowed, or the plan is larger than one action may be without being asked.
    :raises ProviderError: when the server as a whole does not answer before anything was written.
    """
    _check(library, plan)
    yield from settle(library, server, plan.source, plan.user)
    able = server.can_write()
    report = WriteReport(batch=batch or library.journal.next_batch())
    desk = _Desk(library.journal, server, plan.source)
    for number, entry in enumerate(plan.entries(report.batch)):
        yield Progress(plan.heading, number, len(plan.changes))
        if entry.kind not in able:
            report.skipped.append(_not_able(entry, plan.source))
        elif not (yield from _attempt(desk, entry, report)):
            report.untried = len(plan.changes) - number - 1
            break
    yield Progress(plan.heading, len(plan.changes), len(plan.changes), message=f"{plan.heading}: {report.sentence}")
    return report


def undo(
    library: Library, server: WritableServer, source: SourceSettings, entries: Sequence[JournalEntry]
) -> Job[WriteReport]:
    """Put back what was there before these writes, the newest first; what somebody changed since is left as it is.

    :param entries: of this source, and of one person.
    """
    require_allowed(library.settings.load())
    for user in {entry.user for entry in entries}:
        yield from settle(library, server, source, user)
    report = WriteReport(batch=library.journal.next_batch() if len(entries) > 1 else None)
    desk = _Desk(library.journal, server, source)
    for number, entry in enumerate(sorted(entries, key=lambda entry: -entry.id)):
        yield Progress("Undoing", number, len(entries))
        try:
            yield from _undo_one(desk, entry, report)
        except _GONE as error:
            report.gone, report.untried = str(error), len(entries) - number
            break
        except ProviderError as error:
            report.failed.append(f"{entry_words(entry)}: {error}")
    yield Progress("Undoing", len(entries), len(entries), message=f"Undoing: {report.sentence}")
    return report


def write_waiting(
    library: Library, server: WritableServer, source: SourceSettings, user: str = LOCAL_USER
) -> Job[WriteReport]:
    """Write what waits for a server: ratings that a person gave while it was off, and the like."""
    settings, report = library.settings.load(), WriteReport()
    require_allowed(settings)
    yield from settle(library, server, source, user)
    waiting = library.journal.waiting(source.id, user)
    able = server.can_write() if waiting else frozenset()
    desk = _Desk(library.journal, server, source)
    for number, entry in enumerate(waiting):
        yield Progress(f"Writing to {source.name}", number, len(waiting))
        if entry.kind not in able:
            library.journal.fail(entry.id, _not_able(entry, source))
            report.failed.append(_not_able(entry, source))
        elif not (yield from _attempt(desk, entry, report)):
            report.untried = len(waiting) - number
            break
    return report


def settle(library: Library, server: WritableServer, source: SourceSettings, user: str = LOCAL_USER) -> Job[int]:
    """Find out what became of the writes that were begun and never finished; the result is how many there were."""
    unsettled = library.journal.unsettled(source.id, user)
    for number, entry in enumerate(unsettled):
        yield Progress(f"Looking what was written to {source.name}", number, len(unsettled))
        try:
            yield from _tidy(server, entry)
            target, now = _found(server, entry)
        except _GONE:
            raise
        except ProviderError as error:
            library.journal.fail(entry.id, f"{_CUT_SHORT} {error}")
            continue
        _judge(library.journal, entry, source, (target, now), _CUT_SHORT, again=True)
    return len(unsettled)


def _tidy(server: WritableServer, entry: JournalEntry) -> Job[None]:
    """Take away what was only a step on the way to a list and was left behind when it was cut short."""
    if entry.kind not in LISTS:
        return
    for left in server.lists(entry.kind, entry.library_key):
        if left.title == f"{entry.title} ({UNFINISHED})" and not left.fixed:
            there = server.state(entry.kind, left.key, entry.library_key)
            yield from server.write(entry.kind, left.key, there, None, entry.library_key)


# One entry


def _attempt(desk: _Desk, entry: JournalEntry, report: WriteReport) -> Job[bool]:
    """Write one entry and note how it went; says whether the server is still there."""
    try:
        if entry.undoes is not None:
            former = desk.journal.get(entry.undoes)
            if former is not None:
                yield from _undo_one(desk, former, report, waited=entry)
            return True
        found = _resolved(desk.server, entry)
        if is_so(found.kind, found.wanted, found.before, desk.source.kind):
            if entry.id:
                desk.journal.forget(entry.id)
            report.skipped.append(f"{entry_words(entry)}: it is so already.")
            return True
        yield from _write(desk, found, report)
    except _GONE as error:
        report.gone = str(error)
        if entry.id:
            desk.journal.say_why(entry.id, str(error))
        return False
    except ProviderError as error:
        if entry.id and entry.state is JournalState.WAITING:
            desk.journal.fail(entry.id, str(error))
        report.failed.append(f"{entry_words(entry)}: {error}")
    return True


def _write(desk: _Desk, entry: JournalEntry, report: WriteReport) -> Job[None]:
    """Record, write, read back, record what is there."""
    journal = desk.journal
    entry = replace(entry, id=journal.begin(entry))
    try:
        written = yield from desk.server.write(entry.kind, entry.target, entry.before, entry.wanted, entry.library_key)
    except ProviderError as error:
        try:
            there = _found(desk.server, entry)
        except ProviderError:  # nobody knows; it is settled when the server answers again
            raise error from None
        if not _judge(journal, entry, desk.source, there, str(error), again=isinstance(error, _GONE)):
            raise
        report.done.append(entry.id)
        return
    there = written.target, written.state
    if _judge(journal, entry, desk.source, there, "The server took it and did something else."):
        report.done.append(entry.id)
    else:
        failed = journal.get(entry.id)
        report.failed.append(f"{entry_words(entry)}: {failed.message if failed else ''}")


def _judge(
    journal: Journal,
    entry: JournalEntry,
    source: SourceSettings,
    there: tuple[str, State | None],
    reason: str,
    again: bool = False,
) -> bool:
    """Record what came of a write by what is there now; says whether there is anything of it.

    :param there: the target and its state.
    :param again: what follows from a setting is tried again when nothing of it is there.
    """
    target, now = there
    if is_so(entry.kind, entry.wanted, now, source.kind):
        journal.finish(entry.id, target, now)
        return True
    if same(now, entry.before):
        if again and entry.automatic:
            journal.put_off(_as_it_waited(entry), reason)
        else:
            journal.fail(entry.id, f"{reason} Nothing was changed." if reason == _CUT_SHORT else reason)
        return False
    if entry.kind in LISTS and is_part_of(now, entry.wanted, entry.before):
        count = f"{len(entries_of(now)):,} of {several(len(entries_of(entry.wanted)), 'title')}"
        journal.finish(entry.id, target, now, f"Only part of it is there: {count}. {reason}")
        return True
    found = change_words(entry.kind, entry.wanted, now)
    journal.fail(entry.id, f"{reason} Wanted and found: {found}.")
    return False


def _as_it_waited(entry: JournalEntry) -> JournalEntry:
    """An entry as it was before the server was asked what it has: a list may hold other things by the next time."""
    if entry.action is not Action.COLLECT:
        return entry
    there = set(entries_of(entry.before))
    added = [key for key in entries_of(entry.wanted) if key not in there]
    return replace(entry, target="", wanted={"title": entry.title, "add": added})


def _undo_one(desk: _Desk, entry: JournalEntry, report: WriteReport, waited: JournalEntry | None = None) -> Job[None]:
    """Put back what was there before one write, if what is there now is still what it wrote."""
    if desk.journal.call_off(entry.id):
        report.done.append(entry.id)
        return
    if entry.state is not JournalState.DONE:
        _drop(desk.journal, waited)
        report.skipped.append(f"{entry_words(entry)}: there is nothing to undo.")
        return
    now = desk.server.state(entry.kind, entry.target, entry.library_key)
    wanted = entry.before
    if not same(now, entry.after):
        newest = desk.journal.newest_at(entry.source_id, entry.kind, entry.target)
        ours = newest is not None and newest.id != entry.id and same(newest.after, now)
        if not (ours and entry.action in (Action.COLLECT, Action.APPEND) and now is not None):
            _drop(desk.journal, waited)
            report.skipped.append(refusal(entry, now))
            return
        wanted = without(entry, now)
    back = JournalEntry(
        id=waited.id if waited else 0, source_id=entry.source_id, kind=entry.kind, title=entry.title, action=Action.UNDO,
        target=entry.target if now is not None else "", library_key=entry.library_key, before=now, wanted=wanted,
        user=entry.user, item_id=entry.item_id, batch=report.batch, undoes=entry.id,
        automatic=waited is not None,
        known=_known(desk.server, entry) if entry.kind in LISTS else (),
    )  # fmt: skip
    yield from _write(desk, back, report)


def _drop(journal: Journal, waited: JournalEntry | None) -> None:
    if waited is not None:
        journal.forget(waited.id)


def _resolved(server: WritableServer, entry: JournalEntry) -> JournalEntry:
    """The entry with what is there now, and with all of what is wanted: a list is found by its title, or is to be made."""
    if entry.kind not in LISTS:
        return replace(entry, before=server.state(entry.kind, entry.target, entry.library_key))
    wanted, known, target = dict(entry.wanted or {}), _known(server, entry), entry.target
    added = [str(key) for key in wanted.pop("add", ())]
    if added and not target and entry.action is Action.COLLECT:
        target = known[0] if known else ""
    before = server.state(entry.kind, target, entry.library_key) if target else None
    if target and before is None:
        raise ProviderReplyError(entry.title, f"“{entry.title}” is not on the server any more.", "Look for it again.")
    if added:
        there = entries_of(before)
        new = [key for key in dict.fromkeys(added) if key not in set(there)]
        wanted = {"title": entry.title if before is None else before.get("title", entry.title), "items": [*there, *new]}
    return replace(
        entry, target=target, before=before, wanted=wanted if entry.wanted is not None else None, known=known
    )


def _known(server: WritableServer, entry: JournalEntry) -> tuple[str, ...]:
    """The lists of this title that are there now and can be written."""
    return tuple(
        found.key
        for found in server.lists(entry.kind, entry.library_key)
        if found.title == entry.title and not found.fixed
    )


def _found(server: WritableServer, entry: JournalEntry) -> tuple[str, State | None]:
    """What is at the target of an entry now; a list that was made meanwhile is found by being new."""
    now = server.state(entry.kind, entry.target, entry.library_key) if entry.target else None
    if entry.kind in LISTS and now is None and entry.wanted is not None:
        new = [key for key in _known(server, entry) if key not in entry.known]
        if new:
            return new[-1], server.state(entry.kind, new[-1], entry.library_key)
    return entry.target, now


# Words and checks


def _check(library: Library, plan: WritePlan) -> None:
    settings = library.settings.load()
    require_allowed(settings)
    if not owns(settings, plan.user, server_behind(plan.source)):
        raise SettingsError(
            f"You have no account of your own on {plan.source.name}.", "Nobody writes to somebody else's account."
        )
    if plan.size > settings.writing.most and not plan.confirmed:
        raise SettingsError(
            f"This would write {several(plan.size, 'title')} at once, more than the"
            f" {settings.writing.most:,} that one action may.",
            "Say that it is meant, or allow more in Configuration.",
        )


def _not_able(entry: JournalEntry, source: SourceSettings) -> str:
    return f"{entry_words(entry)}: your account on {source.name} may not do that."


def _addition(entry: JournalEntry, found: JournalEntry) -> str:
    """The change of a preview; of a list that is added to, also what it has already."""
    words = change_words(found.kind, found.before, found.wanted)
    twice = set(_added(entry)) & set(entries_of(found.before))
    return f"{words}; {several(len(twice), 'title')} in it already" if twice else words


def _added(entry: JournalEntry) -> Iterable[str]:
    return [str(key) for key in (entry.wanted or {}).get("add", ())]
