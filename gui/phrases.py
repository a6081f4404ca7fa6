"""Times, sizes and lengths as a person says them."""

from __future__ import annotations

import time


def ago(at: float, now: float | None = None) -> str:
    """When something was: "just now", "5 minutes ago", "yesterday at 21:30", "on 3 May 2024"."""
    now = time.time() if now is None else now
    seconds = now - at
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{_several(seconds / 60, 'minute')} ago"
    then, today = time.localtime(at), time.localtime(now)
    if then[:3] == today[:3]:
        return f"today at {time.strftime('%H:%M', then)}"
    if time.localtime(now - 86400)[:3] == then[:3]:
        return f"yesterday at {time.strftime('%H:%M', then)}"
    return f"on {then.tm_mday} {time.strftime('%B %Y', then)}"


def until(at: float, now: float | None = None) -> str:
    """When something will be: "in a moment", "in 5 minutes", "in 2 hours"."""
    seconds = at - (time.time() if now is None else now)
    if seconds < 10:
        return "in a moment"
    return f"in {lasting(seconds)}"


def lasting(seconds: float) -> str:
    """How long something takes: "14 seconds", "3 minutes", "2 hours"."""
    if seconds < 90:
        return _several(max(seconds, 1), "second")
    if seconds < 90 * 60:
        return _several(seconds / 60, "minute")
    return _several(seconds / 3600, "hour")


def remaining(seconds: float) -> str:
    """How long it still takes, short enough for a strip: "about 14 s", "about 3 min"."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {round(seconds / 3600)} h"


def size(number: int) -> str:
    """A size of a file: "3.4 MB"."""
    value = float(number)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _several(number: float, noun: str) -> str:
    whole = round(number)
    return f"{whole:,} {noun}" if whole == 1 else f"{whole:,} {noun}s"
