"""Brings in what was watched when, after a scan, from servers that know it."""

from __future__ import annotations

from dataclasses import replace

from library.errors import ProviderError
from library.feedback import LOCAL_USER
from library.library import Library
from library.progress import Job, Progress
from library.settings import SourceSettings
from library.sources import HistoryEntry, KeepsHistory, MediaServer
from library.sync import ScanReport, scan

OVERLAP_SECONDS = 7 * 86400.0
"""So much of what is known already is read again: a player that was away tells late."""


def scan_with_history(
    library: Library,
    server: MediaServer,
    source: SourceSettings,
    *,
    allow_shrink: bool = False,
    user: str = LOCAL_USER,
) -> Job[ScanReport]:
    """Scan, and then read what was watched since the last time; where that fails, the scan stands and says so.

    Of a library that is new here, the whole past is read.

    :raises ProviderError: when the scan itself fails, as ``library.sync.scan`` does.
    """
    before = set(library.items.library_keys(source.id))
    report = yield from scan(library, server, source, allow_shrink=allow_shrink)
    if not isinstance(server, KeepsHistory):
        return report
    is_new = bool(set(library.items.library_keys(source.id)) - before)
    try:
        yield from read_history(library, server, source, user, whole=is_new)
    except ProviderError as error:
        sentence = f"What was watched could not be read. {error}"
        yield Progress("Reading what was watched", failure=sentence)
        report = replace(report, problems=(*report.problems, sentence))
    return report


def read_history(
    library: Library, server: KeepsHistory, source: SourceSettings, user: str = LOCAL_USER, whole: bool = False
) -> Job[int]:
    """Store what was watched on a server since it was read last; the result is how many times are new.

    All of it is read before any of it is stored, the oldest first: a reading that is cut off begins at the same place again.

    :param user: whose history it is: that of the account the source is signed in as.
    :param whole: read all of it.
    """
    step = "Reading what was watched"
    since = 0.0 if whole else max(0.0, library.watches.newest(source.id, user) - OVERLAP_SECONDS)
    found: list[HistoryEntry] = []
    yield Progress(step)
    for page in server.history(since):
        found += page
        yield Progress(step, len(found))
    return library.watches.add(source.id, sorted(found, key=lambda entry: entry.at), user)
