"""Telling the program what one thinks of a title: the command rate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from cli import titles
from cli.options import JsonOption, KindOption, rating_value
from cli.session import Call, Session
from cli.watching import prediction_document
from cli.writing import rate_there, require_allowed, written_document
from library.errors import AppError
from library.feedback import Block, Rating, Retraction, Skip
from library.items import Item

_WORDS = {Rating: "rating", Skip: "skip", Block: "block"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with one title: exactly one of these."""

    value: float | None = None
    skip: bool = False
    block: bool = False
    unblock: bool = False


def rate(
    context: typer.Context,
    title: Annotated[str | None, typer.Argument(metavar="TITLE", help="The title in quotes, or its id.")] = None,
    value: Annotated[str | None, typer.Argument(metavar="RATING", help="Your rating from 1 to 10.")] = None,
    skip: Annotated[bool, typer.Option("--skip", help="Not now. It comes again later.")] = False,
    block: Annotated[bool, typer.Option("--block", help="Not for me. It is not suggested any more.")] = False,
    unblock: Annotated[bool, typer.Option("--unblock", help="Let a blocked title be suggested again.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last rating, skip or block back.")] = False,
    on_server: Annotated[
        bool, typer.Option("--on-server", help="Put the rating on the servers that have the title, too.")
    ] = False,
    kind: KindOption = None,
    json: JsonOption = False,
) -> None:
    """Rate a title from 1 to 10, or say what else you think of it.

    What you say counts at once, also in a window that is opened later.
    """
    call: Call = context.obj
    wishes = [value is not None, skip, block, unblock, undo]
    if sum(wishes) != 1:
        raise typer.BadParameter("Give a rating, or one of --skip, --block, --unblock and --undo.")
    if on_server and value is None:
        raise typer.BadParameter("--on-server belongs to a rating.")
    if undo and title is not None:
        raise typer.BadParameter("--undo takes the last answer back, whatever title it was for.")
    if not undo and not (title or "").strip():
        raise typer.BadParameter("Say which title is meant.")
    wish = Wish(rating_value(value) if value is not None else None, skip, block, unblock)
    with call.session() as session:
        if undo:
            document, sentence = _take_back(session)
        else:
            session.fill_if_bare()
            item = titles.find_title(session.library, title or "", kind.kind if kind else None)
            if on_server:
                require_allowed(session)
            document, sentence = _carry_out(session, item, wish)
            if on_server and wish.value is not None:
                report = rate_there(session, item, wish.value)
                document["on_server"] = written_document(report)
                sentence = f"{sentence} On the server: {report.sentence}"
    call.output.answer(document, sentence)


def _carry_out(session: Session, item: Item, wish: Wish) -> tuple[dict[str, Any], str]:
    engine, name = session.engine(), titles.named(item)
    expected = engine.predict(item.id)
    document: dict[str, Any] = {"item": titles.brief(item), "expected": prediction_document(expected)}
    if wish.value is not None:
        event = engine.rate(item.id, wish.value)
        guess = f" The guess was {expected.rating:.1f}." if expected else ""
        return {
            "action": "rating",
            **document,
            "rating": wish.value,
            "event": event,
        }, f"{name}: {wish.value:g}.{guess}"
    if wish.skip:
        return {"action": "skip", **document, "event": engine.skip(item.id)}, f"{name} is skipped for now."
    if wish.block:
        return {"action": "block", **document, "event": engine.block(item.id)}, f"{name} is not suggested any more."
    blocked = any(block.item_id == item.id for block in engine.blocked())
    if not blocked:
        raise AppError(f"{name} is not blocked.")
    engine.unblock(item.id)
    return {"action": "unblock", **document}, f"{name} may be suggested again."


def _take_back(session: Session) -> tuple[dict[str, Any], str]:
    last = session.library.feedback.last_answer(session.library.person)
    if last is None:
        raise AppError("There is no rating, skip or block of yours to take back.")
    session.library.feedback.append(Retraction(at=time.time(), user=last.user, retracts=last.id))
    item, word = session.library.items.get(last.item_id), _WORDS[type(last)]
    name = titles.named(item) if item else f"title {last.item_id}"
    document = {"action": "undo", "item": titles.brief(item) if item else None, "taken_back": word, "event": last.id}
    given = f" {last.value:g}" if isinstance(last, Rating) else ""
    return document, f"The {word}{given} of {name} is taken back."
