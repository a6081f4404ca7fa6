"""What to watch: the commands recommend, search and explain."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import titles
from cli.options import JsonOption, KindChoice, KindOption, decade_value, time_left
from cli.output import Output, table
from cli.session import Call, Session
from library.errors import AppError
from library.feedback import on_the_scale
from library.items import Item, MediaKind

if TYPE_CHECKING:
    from recommender.engine import Engine, Filters, Pick, Slate
    from recommender.explain import Explanation, Prediction

MOST_PICKS = 200
MINUS = "−"
_MANY = {MediaKind.MOVIE: "films", MediaKind.SHOW: "shows"}
_EMPTY = {
    "library": "There are no {many} in the library yet. Add some with: homereel scan --help",
    "everything rated": "You have rated or blocked all {many} there are.",
    "resting": "All {many} that are left were skipped a short while ago. They come again after the cool-down.",
    "filtered": "No {many} fit these wishes. {total:,} would without them.",
}


def recommend(
    context: typer.Context,
    kind: Annotated[
        KindChoice, typer.Option("--kind", help="Films or shows.", case_sensitive=False)
    ] = KindChoice.MOVIES,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=MOST_PICKS, metavar="NUMBER", help="How many titles.")
    ] = 10,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=1, metavar="NUMBER", help="No longer than this.")
    ] = None,
    finish_by: Annotated[
        str | None, typer.Option("--finish-by", metavar="HH:MM", help="Over by this time of day.")
    ] = None,
    genre: Annotated[str | None, typer.Option("--genre", metavar="NAME", help="Only this genre.")] = None,
    decade: Annotated[
        str | None, typer.Option("--decade", metavar="YEAR", help="Only this decade, such as 1990 or 90s.")
    ] = None,
    unseen: Annotated[bool, typer.Option("--unseen", help="Only what you have not seen.")] = False,
    json: JsonOption = False,
) -> None:
    """Say what to watch next, and why.

    Each title comes with the rating you would probably give, how sure that is, and the reasons.
    """
    call: Call = context.obj
    longest, of_decade = time_left(minutes, finish_by, datetime.now()), decade_value(decade)
    with call.session() as session:
        from recommender.engine import Filters

        engine = session.engine()
        filters = Filters(longest, _genre(engine, kind.kind, genre), of_decade, unseen)
        slate = engine.recommend(kind.kind, filters, count)
        items = {item.id: item for item in session.library.items.many(pick.item_id for pick in slate.picks)}
        told = [
            (pick, items[pick.item_id], engine.explain(pick.item_id)) for pick in slate.picks if pick.item_id in items
        ]
        call.output.answer(_slate_document(kind.kind, filters, slate, told), *_slate_lines(kind.kind, slate, told))


def search(
    context: typer.Context,
    text: Annotated[
        list[str], typer.Argument(metavar="WORD", help="Words of a title, a name, a genre, a keyword or the story.")
    ],
    kind: KindOption = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=1000, metavar="NUMBER", help="How many titles at most.")
    ] = 20,
    json: JsonOption = False,
) -> None:
    """Find titles in the library.

    A word may be the beginning of a longer one, and accents do not matter.
    """
    call: Call = context.obj
    words = titles.sendable(" ".join(text))
    if not words.strip():
        raise typer.BadParameter("Say what to look for.")
    with call.session() as session:
        engine = session.engine()
        found = session.library.items.search(words, kind.kind if kind else None, count)
        items = session.library.items.many(found)
        told = [(item, engine.rating_of(item.id), engine.predict(item.id)) for item in items]
    documents = [
        {**titles.document(item), "rating": rating, "expected": prediction_document(expected)}
        for item, rating, expected in told
    ]
    call.output.answer({"text": words, "results": documents}, _found_table(told) if told else "Nothing was found.")


def explain(
    context: typer.Context,
    title: Annotated[list[str], typer.Argument(metavar="TITLE", help="The title, or its id.")],
    kind: KindOption = None,
    json: JsonOption = False,
) -> None:
    """Take the expected rating of a title apart.

    Every point is shown with what it comes from, and all of them add up to the rating.
    """
    call: Call = context.obj
    with call.session() as session:
        engine = session.engine()
        item = titles.find_title(session.library, " ".join(title), kind.kind if kind else None)
        explanation = engine.explain(item.id)
        if explanation is None:
            raise AppError(
                f"There is nothing to explain about {titles.named(item)}.", "Only films and shows are suggested."
            )
        _answer_explanation(session, engine, item, explanation)


def prediction_document(prediction: Prediction | None) -> dict[str, float] | None:
    """An expected rating as the JSON documents have it."""
    return None if prediction is None else {"mean": prediction.rating, "deviation": prediction.deviation}


def _genre(engine: Engine, kind: MediaKind, wanted: str | None) -> str | None:
    """The genre as the engine names it, whatever case it was typed in."""
    if wanted is None:
        return None
    known = [name for name, _ in engine.genres(kind)]
    found = next((name for name in known if name.casefold() == wanted.strip().casefold()), None)
    if found is None and known:
        raise AppError(
            f"There are no {_MANY[kind]} of the genre “{wanted}”.", f"There are: {', '.join(sorted(known))}."
        )
    return found


def _found_table(told: list[tuple[Item, float | None, Prediction | None]]) -> object:
    rows = [
        (
            str(item.id),
            titles.named(item),
            titles.KIND_WORDS[item.kind],
            f"{rating:g}" if rating is not None else "",
            f"{expected.rating:.1f}" if expected else "",
        )
        for item, rating, expected in told
    ]
    return table(("Id", "Title", "Kind", "You gave", "Expected"), rows, numbers=(0, 3, 4))


Told = tuple["Pick", Item, "Explanation | None"]


def _slate_document(kind: MediaKind, filters: Filters, slate: Slate, told: list[Told]) -> dict[str, Any]:
    return {
        "kind": str(kind),
        "filters": {
            "max_minutes": filters.max_minutes,
            "genre": filters.genre,
            "decade": filters.decade,
            "unseen_only": filters.unseen_only,
        },
        "remaining": slate.remaining,
        "total": slate.total,
        "notice": slate.notice,
        "empty": slate.empty,
        "picks": [
            {
                **titles.document(item),
                "mean": on_the_scale(pick.mean),
                "deviation": pick.deviation,
                "score": pick.score,
                "reasons": [_reason_document(reason) for reason in explanation.reasons] if explanation else [],
                "against": _reason_document(explanation.against) if explanation and explanation.against else None,
            }
            for pick, item, explanation in told
        ],
    }


def _reason_document(reason: Any) -> dict[str, Any]:
    return {"points": reason.points, "text": reason.text}


def _slate_lines(kind: MediaKind, slate: Slate, told: list[Told]) -> list[str]:
    if not told:
        return [_EMPTY[slate.empty].format(many=_MANY[kind], total=slate.total)]
    lines = [slate.notice] if slate.notice else []
    for place, (pick, item, explanation) in enumerate(told, 1):
        lines.append(
            f"{place:>3}  {titles.named(item)}   {on_the_scale(pick.mean):.1f} ± {pick.deviation:.1f}   id {item.id}"
        )
        lines += [f"     {line}" for line in (titles.facts(item), *_reason_lines(explanation)) if line]
    many = _MANY[kind]
    count = (
        f"{slate.total:,} {many}"
        if slate.remaining == slate.total
        else f"{slate.remaining:,} of {slate.total:,} {many}"
    )
    return [*lines, "", f"Chosen from {count}."]


def _reason_lines(explanation: Explanation | None) -> list[str]:
    if explanation is None:
        return []
    lines = [f"+ {reason.text}" for reason in explanation.reasons]
    return [*lines, f"{MINUS} {explanation.against.text}"] if explanation.against else lines


def _answer_explanation(session: Session, engine: Engine, item: Item, explanation: Explanation) -> None:
    rating, output = engine.rating_of(item.id), session.output
    blocked = any(block.item_id == item.id for block in engine.blocked())
    prediction, ledger = explanation.prediction, explanation.ledger
    document = {
        "item": titles.document(item),
        "rating": rating,
        "blocked": blocked,
        "expected": prediction_document(prediction),
        "usual": prediction.usual,
        "order": [{"signal": term.signal, "text": term.text, "points": term.points} for term in explanation.order],
        "total": ledger.total,
        "ledger": [
            {"signal": t.signal, "text": t.text, "points": t.points, "item_id": t.item_id, "rating": t.rating}
            for t in ledger.terms
        ],
    }
    lines = [titles.named(item), titles.facts(item)]
    expected = f"{prediction.rating:.1f} ± {prediction.deviation:.1f}"
    usual = f"You would give it {expected}, usual for you: {prediction.usual:.1f}."
    lines.append(usual if engine.ratings else f"A first guess: {expected}. Every rating makes it more your own.")
    if rating is not None:
        lines.append(f"You gave it {rating:g}.")
    if blocked:
        lines.append("It is blocked, so it is not suggested.")
    _answer_table(output, document, [line for line in lines if line], explanation)


def _answer_table(output: Output, document: dict[str, Any], lines: list[str], explanation: Explanation) -> None:
    ledger = explanation.ledger
    shown = rounded_to_sum([term.points for term in ledger.terms], ledger.total)
    rows = [(points_words(points), term.text) for points, term in zip(shown, ledger.terms, strict=True)]
    rows.append((f"{sum(shown):.2f}", "together"))
    output.answer(document, *lines, "", table(("Points", "From"), rows))


def points_words(points: float) -> str:
    """Points with their sign, with a real minus."""
    return f"{MINUS if points < 0 else '+'}{abs(points):.2f}"


def rounded_to_sum(values: list[float], total: float, digits: int = 2) -> list[float]:
    """The values rounded so that what is shown adds up to the total as it is shown (largest remainders)."""
    scale = 10**digits
    wanted = round(total * scale)
    floors = [int(value * scale // 1) for value in values]
    by_remainder = sorted(range(len(values)), key=lambda k: floors[k] - values[k] * scale)
    for k in by_remainder[: wanted - sum(floors)]:
        floors[k] += 1
    return [floor / scale for floor in floors]
