"""``homereel learn`` and ``homereel similar``: what the window does in the background, and the titles most like one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import titles
from cli.options import JsonOption, KindOption
from cli.output import table
from cli.session import Call, Session
from library.errors import AppError

if TYPE_CHECKING:
    from recommender.kin import Kin
    from recommender.snapshot import Snapshot


def learn(context: typer.Context, json: JsonOption = False) -> None:
    """Learn now what the window learns in the background.

    Texts, the graph and its networks, which titles are alike, and your ratings. For ten thousand titles this takes minutes the
    first time. It may be stopped with Ctrl+C, and goes on from there.
    """
    call: Call = context.obj
    with call.session() as session:
        session.fill_if_bare()
        snapshot = _learned(session)
        call.output.answer(_document(snapshot), *_lines(snapshot))


def similar(
    context: typer.Context,
    title: Annotated[list[str], typer.Argument(metavar="TITLE", help="The title, or its id.")],
    kind: KindOption = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=100, metavar="NUMBER", help="How many titles at most.")
    ] = 10,
    json: JsonOption = False,
) -> None:
    """Show the titles most like one, and what they share."""
    call: Call = context.obj
    with call.session() as session:
        engine = session.engine()
        item = titles.find_title(session.library, " ".join(title), kind.kind if kind else None)
        kin, near = engine.similar(item.id, count), engine.snapshot.near
    if engine.snapshot.row_of(item.id) is None:
        raise AppError(f"Nothing is compared with {titles.named(item)}.", "Only films and shows are.")
    if near is None or near.row_of(item.id) is None:
        raise AppError(f"What is like {titles.named(item)} is not worked out yet.", "Do that with: homereel learn")
    if not kin:
        raise AppError(
            f"Nothing in the library is like {titles.named(item)}.", "More titles, or more facts about it, help."
        )
    document = {"item": titles.document(item), "similar": [_kin_document(one) for one in kin]}
    rows = [(str(one.item_id), _named(one), f"{one.likeness:.0%}", _rating_words(one), one.reason) for one in kin]
    heading = ("Id", "Title", "Alike", "You", "Why")
    call.output.answer(document, titles.named(item), table(heading, rows, numbers=(0, 2)))


def _learned(session: Session) -> Snapshot:
    from recommender.snapshot import load_snapshot
    from recommender.trainer import refresh

    plan = session.plan(whole=True)
    return session.drive(refresh(session.library, plan, load_snapshot(session.home.snapshot, plan.weights)))


def _document(snapshot: Snapshot) -> dict[str, Any]:
    test = snapshot.self_test
    return {
        "titles": len(snapshot),
        "texts": snapshot.texts,
        "graph": None if snapshot.graph is None else {"nodes": len(snapshot.graph), "edges": snapshot.graph.edges},
        "networks": bool(snapshot.features.dense["graph"].any()),
        "similar": 0 if snapshot.near is None else len(snapshot.near.neighbours),
        "own_weights": snapshot.shipped is not None,
        "self_test": None if test is None else test.as_stored(),
    }


def _lines(snapshot: Snapshot) -> list[str]:
    lines = [f"{len(snapshot):,} titles are learned, {snapshot.texts:,} of them with their texts."]
    if snapshot.graph is not None:
        lines.append(f"The graph relates {len(snapshot.graph):,} titles and names by {snapshot.graph.edges:,} edges.")
    if snapshot.self_test is not None:
        lines.append(snapshot.self_test.verdict)
    return lines


def _kin_document(one: Kin) -> dict[str, Any]:
    return {
        "id": one.item_id,
        "title": one.title,
        "year": one.year,
        "likeness": one.likeness,
        "shares": dict(one.shares),
        "expected": {"mean": one.mean, "deviation": one.deviation},
        "rating": one.given,
        "shared": [{"signal": part.signal, "name": part.name} for part in one.shared],
        "reason": one.reason,
    }


def _named(one: Kin) -> str:
    return one.title if one.year is None else f"{one.title} ({one.year})"


def _rating_words(one: Kin) -> str:
    return f"gave {one.given:g}" if one.given is not None else f"{one.mean:.1f} ± {one.deviation:.1f}"
