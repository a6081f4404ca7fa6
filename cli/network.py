"""Who was contacted, and how far the program may reach: the command network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.options import JsonOption
from cli.output import table
from cli.session import Call, Session
from cli.upkeep import moment, size_words, when
from library.contact_store import Contact

WORDS = {
    "all": "Homereel may reach what you set up: your servers, and the sites that you allowed.",
    "home": "Homereel stays within your own network. Nothing on the internet is asked for anything.",
    "none": "Homereel stays on this computer. No other computer is asked for anything.",
}


class ReachOption(StrEnum):
    """How far the program may reach."""

    ALL = "all"
    HOME = "home"
    NONE = "none"


def network(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="How many days to look at, today included.")] = 7,
    reach: Annotated[
        ReachOption | None,
        typer.Option("--reach", help="From now on reach all that is set up, only the own network (home), or nothing."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show who was contacted, and limit that."""
    call: Call = context.obj
    with call.session() as session:
        if reach is not None:
            settings = replace(session.settings, network=replace(session.settings.network, reach=reach.value))
            session.library.settings.save(settings)
            session.settings = settings
            session.ports.network.reach = reach.value
        rows = session.library.contacts.since(date.today() - timedelta(days=days - 1))
        call.output.answer(_document(session, days, rows), *_lines(session, days, rows))


def _document(session: Session, days: int, rows: tuple[Contact, ...]) -> dict[str, Any]:
    return {
        "reach": session.settings.network.reach,
        "days": days,
        "contacts": [
            {
                "day": row.day.isoformat(),
                "host": row.host,
                "where": str(row.reach),
                "purpose": row.purpose,
                "requests": row.requests,
                "sent_bytes": row.sent,
                "received_bytes": row.received,
                "last": moment(row.last_at),
            }
            for row in rows
        ],
    }


def _lines(session: Session, days: int, rows: tuple[Contact, ...]) -> list[object]:
    said = WORDS[session.settings.network.reach]
    when_words = "today" if days == 1 else f"in the last {days} days"
    if not rows:
        return [said, f"No computer was talked to {when_words}."]
    headings = ("Computer", "Where", "What for", "Last", "Requests", "Sent", "Received")
    cells = [
        (
            row.host, str(row.reach), row.purpose, when(row.last_at), f"{row.requests:,}",
            size_words(row.sent), size_words(row.received),
        )
        for row in rows
    ]  # fmt: skip
    return [said, "", table(headings, cells, numbers=(4, 5, 6))]
