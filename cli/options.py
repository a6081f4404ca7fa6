"""Options and values that several commands share, and how they are read."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from cli.session import Call
from library.feedback import MAX_RATING, MIN_RATING
from library.items import MediaKind

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)", re.ASCII)
_DECADE = re.compile(r"((?:18|19|20)?\d)0(?:'?s)?", re.ASCII)


class KindChoice(StrEnum):
    """What ``--kind`` takes."""

    MOVIES = "movies"
    SHOWS = "shows"

    @property
    def kind(self) -> MediaKind:
        """The kind of item that is meant."""
        return MediaKind.MOVIE if self is KindChoice.MOVIES else MediaKind.SHOW


def take_json(context: typer.Context, wanted: bool) -> bool:
    """Note that one JSON document is wanted, wherever in the line ``--json`` stands."""
    call: Call = context.obj
    call.output.as_json = call.output.as_json or wanted
    return wanted


JsonOption = Annotated[
    bool,
    typer.Option("--json", callback=take_json, help="Print one JSON document and nothing else."),
]
KindOption = Annotated[
    KindChoice | None, typer.Option("--kind", help="Only films or only shows.", case_sensitive=False)
]


def rating_value(text: str) -> float:
    """A rating as it was typed: a number from 1 to 10; a decimal comma is fine."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not MIN_RATING <= value <= MAX_RATING:
        raise typer.BadParameter(f"A rating is a number from 1 to 10, not {text}.")
    return value


def decade_value(text: str | None) -> int | None:
    """The first year of a decade, from "1990", "1990s" or "90s"."""
    if text is None:
        return None
    found = _DECADE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"A decade looks like 1990 or 90s, not {text}.")
    tens = int(found[1])
    return tens * 10 if tens >= 100 else (1900 if tens >= 3 else 2000) + tens * 10


def minutes_until(text: str, now: datetime) -> float:
    """Minutes from now until a time of day, which may be tomorrow's."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"A time looks like 22:30, not {text}.")
    end = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    if end <= now:
        end += timedelta(days=1)
    return (end - now).total_seconds() / 60


def time_left(minutes: float | None, finish_by: str | None, now: datetime) -> float | None:
    """The shorter of two limits, in minutes; ``None`` when there is none."""
    limits = [minutes] if minutes is not None else []
    if finish_by is not None:
        limits.append(minutes_until(finish_by, now))
    return min(limits, default=None)
