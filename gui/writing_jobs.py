"""What the worker threads do about writing to servers: look, write, undo, and write what had to wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gui.worker import Task, Workplace
from library.accounts import person_secret_of
from library.errors import AppError, ProviderDenied, ProviderError, SettingsError
from library.feedback import LOCAL_USER
from library.items import Item
from library.journal import JournalEntry
from library.progress import Job, Progress
from library.secrets import Secrets
from library.settings import SourceSettings
from library.write_jobs import WriteReport, carry_out, preview, settle, together, undo, write_waiting
from library.write_plans import Preview, WritePlan, is_watchlist, server_behind
from library.writing import Listed, ServerList, WritableServer, WriteKind


@contextmanager
def writable(workplace: Workplace, source: SourceSettings, user: str = LOCAL_USER) -> Iterator[WritableServer]:
    """The server, or the watchlist behind one, to write to with a person's own account; given back at the end.

    :raises ProviderDenied: when nothing can be written there.
    """
    if is_watchlist(source.id):
        watchlist = workplace.open_watchlist(server_behind(source))
        try:
            yield watchlist
        finally:
            watchlist.close()
        return
    token: str | None = None
    if user != LOCAL_USER:
        token = Secrets(workplace.home).get(person_secret_of(source, user.partition(":")[2]))
        if not token:
            raise ProviderDenied(source.name, f"You have not signed in to {source.name} here.", "Sign in under People.")
    opened = workplace.open_server(source, token)
    try:
        if not isinstance(opened, WritableServer):
            raise ProviderDenied(source.name, f"Nothing can be written to {source.name}.")
        yield opened
    finally:
        opened.close()


def look_at(plans: Sequence[WritePlan]) -> Task:
    """Say what plans would do; a server that does not answer is a preview with a problem. Nothing is written."""

    def job(workplace: Workplace) -> Job[tuple[Preview, ...]]:
        most = workplace.library.settings.load().writing.most
        titles = workplace.library.items.library_titles()
        previews = []
        for plan in plans:
            names = {key: title for (source_id, key), title in titles.items() if source_id == plan.source.id}
            try:
                with writable(workplace, plan.source, plan.user) as server:
                    previews.append((yield from preview(server, plan, most, names)))
            except AppError as error:
                previews.append(Preview(plan, plan.source.name, problem=str(error)))
        return tuple(previews)

    return job


def write(plans: Sequence[WritePlan]) -> Task:
    """Write what was agreed to; a server that does not answer does not keep the others from being written to."""

    def job(workplace: Workplace) -> Job[WriteReport]:
        reports, batch = [], workplace.library.journal.next_batch()
        for plan in plans:
            try:
                with writable(workplace, plan.source, plan.user) as server:
                    reports.append((yield from carry_out(workplace.library, server, plan, batch)))
            except ProviderError as error:
                reports.append(WriteReport(batch, untried=len(plan.changes), gone=str(error)))
        return together(reports)

    return job


def take_back(groups: Sequence[tuple[SourceSettings, Sequence[JournalEntry]]]) -> Task:
    """Undo entries of the journal, those of each source together."""

    def job(workplace: Workplace) -> Job[WriteReport]:
        reports = []
        for source, entries in groups:
            try:
                with writable(workplace, source, entries[0].user) as server:
                    reports.append((yield from undo(workplace.library, server, source, entries)))
            except ProviderError as error:
                reports.append(WriteReport(untried=len(entries), gone=str(error)))
        return together(reports)

    return job


def catch_up(work: Sequence[tuple[SourceSettings, str]], allowed: bool) -> Task:
    """Settle what was begun, and write what waits, where the server is there; nobody waits for it, so nobody is told.

    :param work: sources, each with the person whose writes they are.
    :param allowed: else nothing is written, and only what was begun is looked at.
    """

    def job(workplace: Workplace) -> Job[WriteReport]:
        reports = []
        for source, user in work:
            try:
                with writable(workplace, source, user) as server:
                    if allowed:
                        reports.append((yield from write_waiting(workplace.library, server, source, user)))
                    else:
                        yield from settle(workplace.library, server, source, user)
            except (ProviderError, SettingsError) as error:
                waiting = workplace.library.journal.waiting(source.id, user)
                for entry in waiting:
                    workplace.library.journal.say_why(entry.id, str(error))
                reports.append(WriteReport(untried=len(waiting), gone=str(error)))
        return together(reports)

    return job


def lists_on(source: SourceSettings, kind: WriteKind, library_key: str = "", user: str = LOCAL_USER) -> Task:
    """The playlists, or the collections, that are on a server and can be written."""

    def job(workplace: Workplace) -> Job[tuple[ServerList, ...]]:
        yield Progress(f"Asking {source.name}")
        with writable(workplace, source, user) as server:
            return tuple(found for found in server.lists(kind, library_key) if not found.fixed)

    return job


def find_listed(source: SourceSettings, item: Item) -> Task:
    """Titles of a watchlist's catalogue that could be this one, the likeliest first."""

    def job(workplace: Workplace) -> Job[tuple[Listed, ...]]:
        yield Progress("Looking for the title")
        watchlist = workplace.open_watchlist(source)
        try:
            return watchlist.candidates(item.kind, item.title, item.year)
        finally:
            watchlist.close()

    return job


def read_watchlist(source: SourceSettings) -> Task:
    """What is on the watchlist of the account behind a source."""

    def job(workplace: Workplace) -> Job[tuple[Listed, ...]]:
        yield Progress("Reading the watchlist")
        watchlist = workplace.open_watchlist(source)
        try:
            return watchlist.watchlist()
        finally:
            watchlist.close()

    return job
