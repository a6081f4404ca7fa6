"""Scans the sources again when their last scan is long ago, as long as the window is open, so that nobody has to think of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PyQt6.QtCore import QObject, QTimer

from gui.preferences import Preferences
from gui.source_actions import SourceActions
from library.scan_history import ScanRecord, ScanStatus
from library.settings import SERVER_KINDS

LOOK_MILLISECONDS = 10 * 60_000
SOON_MILLISECONDS = 60_000
"""The first look waits until whatever the start of the window needs is done."""
RETRY_HOURS = 1.0


class ScanSchedule(QObject):
    """Looks now and then which scans are due. Lives on the main thread; the worker scans.

    A source that was never scanned to an end is left alone: its first scan is asked for by whoever adds it.
    """

    def __init__(
        self,
        actions: SourceActions,
        preferences: Preferences,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._preferences = preferences
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start(SOON_MILLISECONDS)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def scan_what_is_due(self) -> list[str]:
        """Have the sources scanned whose time has come; their ids."""
        settings = self._preferences.settings
        hours = settings.scanning.every_hours
        due = [
            source.id
            for source in settings.sources
            if source.kind != "demo"
            and not (source.kind in SERVER_KINDS and settings.network.reach == "none")
            and self._actions.running_scan(source.id) is None
            and is_due(self._actions.last_scan(source.id), hours, self._clock())
        ]
        for source_id in due:
            self._actions.scan(source_id, unasked=True)
        return due

    def _look(self) -> None:
        self._timer.setInterval(LOOK_MILLISECONDS)
        self.scan_what_is_due()


def is_due(record: ScanRecord | None, hours: int, now: float) -> bool:
    """Whether a source is to be scanned again; ``hours`` is 0 for never. One that failed is tried again after an hour."""
    if record is None or not hours:
        return False
    wait = hours if record.status in (ScanStatus.SUCCESS, ScanStatus.PARTIAL) else min(RETRY_HOURS, hours)
    return now - (record.finished_at or record.started_at) >= wait * 3600
