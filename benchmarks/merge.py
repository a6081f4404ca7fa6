"""Measures which entries of two servers become one title, and which should, with real titles told in two ways.

    python -m benchmarks.merge --data DIR [--items 1000]

What each server says of them is changed by rule, as servers differ: ids missing, a year beside, lengths of another cut, titles
in the original language or without accents, "Part II" and "2". One in twenty is nasty: a film and a remake of it, the same name
in another year, a film and a show of one name. The truth is known by construction, for an entry carries the number of its title
in its file name, which the library does not look at.

Precision is the share of the pairs put together that belong together; recall the share of the pairs that belong together that
were. Pairs that the person is asked about count as not put together.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.results import write
from library.database import open_store
from library.item_identity import folded, match_title
from library.item_store import ItemStore
from library.items import Credit, CreditRole, ExternalId, MediaKind
from library.sources import ServerItem
from library.title_pairs import PairStore

NASTY = 0.05
_ROMAN = {"2": "II", "3": "III", "4": "IV", "5": "V"}


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def choose(directory: Path, number: int, chance: random.Random) -> tuple[list[ServerItem], int]:
    """Titles as they are, each named in ``files``; and how many of them are nasty."""
    films = [row for row in read(directory / "movies.jsonl.gz") if row.get("year") and row.get("runtime")]
    shows = [row for row in read(directory / "tv.jsonl.gz") if row.get("year")]
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in films:
        by_name[match_title(row["title"])].append(row)
    names_of_shows = {match_title(row["title"]): row for row in shows}
    remakes = [rows for rows in by_name.values() if len({row["year"] for row in rows}) > 1]
    both = [(rows[0], names_of_shows[name]) for name, rows in by_name.items() if name in names_of_shows]
    nasty: list[tuple[MediaKind, dict[str, Any]]] = []
    for rows in chance.sample(remakes, min(len(remakes), int(number * NASTY / 2))):
        nasty += [(MediaKind.MOVIE, row) for row in rows]
    for film, show in chance.sample(both, min(len(both), int(number * NASTY / 4))):
        nasty += [(MediaKind.MOVIE, film), (MediaKind.SHOW, show)]
    taken = {id(row) for _, row in nasty}
    plain = [(MediaKind.MOVIE, row) for row in films if id(row) not in taken]
    plain += [(MediaKind.SHOW, row) for row in shows if id(row) not in taken]
    chosen = nasty + chance.sample(plain, number - len(nasty))
    return [described(place, kind, row) for place, (kind, row) in enumerate(chosen)], len(nasty)


def described(number: int, kind: MediaKind, row: dict[str, Any]) -> ServerItem:
    """A title as the data set tells it; its other name, where it has one, is the original title."""
    other = re.search(r"\((?:a\.k\.a\. )?([^()]*[^\d()][^()]*)\)", row.get("ml_title") or "")
    people = [*((CreditRole.DIRECTOR, name) for name in row.get("directors") or row.get("creators") or ())]
    people += [(CreditRole.CAST, name) for name in (row.get("cast") or ())[:8]]
    ids = [(scheme, row.get(f"{scheme}_id")) for scheme in ("imdb", "tmdb")]
    return ServerItem(
        key=str(number),
        version="1",
        kind=kind,
        title=row["title"],
        original_title=other[1] if other else None,
        year=row["year"],
        runtime=row.get("runtime"),
        credits=tuple(Credit(name, role, place) for place, (role, name) in enumerate(people)),
        external_ids=tuple(ExternalId(scheme, str(value)) for scheme, value in ids if value),
        files=(f"/media/{number}",),
    )


def told(item: ServerItem, chance: random.Random) -> ServerItem:
    """The title as one server tells it."""
    title, original, year, runtime = item.title, item.original_title, item.year, item.runtime
    if original and chance.random() < 0.4:
        title, original = original, title
    elif chance.random() < 0.3:
        original = None
    if chance.random() < 0.15:
        title = folded(title)
    if chance.random() < 0.15:
        title = title.replace("&", "and").replace(":", " -")
    if chance.random() < 0.3:
        title = re.sub(r"\b([2-5])$", lambda found: _ROMAN[found[1]], title)
    if chance.random() < 0.1 and re.search(r"\b(II|III|[2-5])$", title):
        title = re.sub(r"\b(II|III|[2-5])$", r"Part \1", title)
    if chance.random() < 0.05 and year:
        year += chance.choice((-1, 1))
    if runtime:
        runtime = max(1.0, runtime + chance.choice((0, 0, 0, 1, -1, 2, -3))) if chance.random() < 0.95 else None
    keep_ids = chance.random() < 0.8
    ids = tuple(found for found in item.external_ids if keep_ids and chance.random() < 0.85)
    credits = item.credits if chance.random() < 0.9 else ()
    return replace(
        item, title=title, original_title=original, year=year, runtime=runtime, external_ids=ids, credits=credits
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the directory with the real metadata")
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--show", type=int, default=0, help="print so many of the pairs that came out wrong")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    titles, nasty = choose(options.data, options.items, chance)
    with tempfile.TemporaryDirectory() as directory:
        database = open_store(Path(directory) / "library.sqlite3")
        store = ItemStore(database)
        found: dict[int, list[ServerItem]] = defaultdict(list)
        truth: dict[str, list[int]] = defaultdict(list)
        for source in ("one", "two"):
            entries = [told(item, chance) for item in titles]
            chance.shuffle(entries)
            for kind in MediaKind:
                part = [entry for entry in entries if entry.kind is kind]
                for item_id, entry in zip(store.upsert(source, str(kind), part), part, strict=True):
                    found[item_id].append(entry)
                    truth[entry.files[0]].append(item_id)
        asked = len(PairStore(database).waiting())
        database.close()
    together = [pair for entries in found.values() for pair in combinations(entries, 2)]
    wrong = [pair for pair in together if pair[0].files != pair[1].files]
    right = len(together) - len(wrong)
    missed = [ids for ids in truth.values() if len(set(ids)) > 1]
    precision, recall = right / max(1, len(together)), 1 - len(missed) / len(truth)
    for one, other in wrong[: options.show]:
        print(f"wrongly one: {one.title} ({one.year}) and {other.title} ({other.year})")
    for ids in missed[: options.show]:
        print("not one:", *(f"{found[item_id][0].title} ({found[item_id][0].year})" for item_id in set(ids)))
    figures = {
        "titles": len(titles),
        "nasty": nasty,
        "together": len(together),
        "wrong": len(wrong),
        "missed": len(missed),
        "asked": asked,
        "precision": precision,
        "recall": recall,
    }
    print(f"{len(titles)} titles on two servers, {nasty} of them nasty")
    print(f"precision {precision:.4f} (promised .995), recall {recall:.4f} (promised .97), {asked} pairs asked about")
    print(f"written to {write('merge', figures)}")


if __name__ == "__main__":
    main()
