"""Who and what an item is made of: people, companies, keywords and its collection, by name.

There are hundreds of thousands of names, so each stands for a fixed vector of random signs and a row is the weighted sum of the
vectors of its names: the product of two rows is the weight of the names that they share, give or take 1 / sqrt(columns)
(Achlioptas, "Database-friendly random projections", 2003; a count sketch as of Charikar, Chen and Farach-Colton, 2002, would
put each name into a single column, and among few columns every collision would make strangers look like relatives).

The signs are the bits of a BLAKE2b hash of the name: no vocabulary, nothing to learn, and any of the columns are a sketch too.
Weights are fixed by role, for a weight by rarity would change with the library: a director counts more than a writer, and a
writer more than the fifth of the cast.

A title of which no keyword (company, ...) is known gets a name of its own in that field, made of its title and year, as if nobody
else had what it has. Left empty, the field would make it look like everybody: names make up much of a vector's length and
little of its products, and what is left would be scaled up. Films whose names were taken away so were among the hundred nearest
of 223 others instead of 103 (160 instead of 102 with the graph); with the stand-in they are among those of 98.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

import numpy as np

from encoders.encoder import Floats, digest_of, plain_names
from library.items import CreditRole, Item, MediaKind

SHARES = {"person": 0.50, "keyword": 0.20, "company": 0.10, "collection": 0.20}
MOST_CAST, MOST_WRITERS, MOST_KEYWORDS, MOST_COMPANIES = 6, 4, 40, 8
MAKER, WRITER, CAST = 1.0, 0.5, 0.6  # weight of the first of the role; it falls as 1 / sqrt(place)

_ITSELF = "\0"  # begins no name
ROWS_AT_ONCE = 512

Names = tuple[tuple[tuple[str, float], ...], ...]


class MetadataEncoder:
    """People, keywords, companies and collection, float32 (n, ``width``): a sum of random signs for each name, unit rows.

    :param width: how many columns: a multiple of 8, up to the 512 bits of the hash.
    """

    name = "metadata"
    version = 1

    def __init__(self, width: int) -> None:
        self.width = width

    def digest(self, item: Item) -> str:
        """What the row of an item is made from."""
        return digest_of(self.name, self.version, names_of(item))

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows of the items; see ``Encoder``."""
        rows = np.zeros((len(items), self.width), np.float32)
        for first in range(0, len(items), ROWS_AT_ONCE):
            some = [names_of(item) for item in items[first : first + ROWS_AT_ONCE]]
            rows[first : first + ROWS_AT_ONCE] = _sums(some, self.width)
        return rows


def names_of(item: Item) -> Names:
    """The names of each field of ``SHARES`` and their weights within it."""
    named = (
        _people(item),
        _alike(item.keywords[:MOST_KEYWORDS]),
        _alike(item.companies[:MOST_COMPANIES]),
        _alike([item.collection or item.album]),
    )
    itself = (_ITSELF + json.dumps([item.kind, item.title.strip().casefold(), item.year, item.artist]), 1.0)
    return tuple(names or (itself,) for names in named)


def _alike(names: Iterable[str | None]) -> tuple[tuple[str, float], ...]:
    return tuple((name, 1.0) for name in sorted(plain_names(names)))


def _people(item: Item) -> tuple[tuple[str, float], ...]:
    """Each person once, with the weight of the greatest part that they had."""
    makers = item.people(CreditRole.DIRECTOR, CreditRole.CREATOR, CreditRole.ARTIST)
    if item.kind is MediaKind.TRACK and item.artist:
        makers = (*makers, item.artist)
    weights = dict.fromkeys(plain_names(makers), MAKER)
    for role, first, most in ((CreditRole.WRITER, WRITER, MOST_WRITERS), (CreditRole.CAST, CAST, MOST_CAST)):
        for place, name in enumerate(plain_names(item.people(role))[:most], start=1):
            weights[name] = max(weights.get(name, 0.0), first / place**0.5)
    return tuple(sorted(weights.items()))


def _sums(items: Sequence[Names], width: int) -> Floats:
    """The rows of a few items."""
    columns: dict[bytes, int] = {}
    names: list[int] = []
    weights: list[float] = []
    counts: list[int] = []
    for fields in items:
        for (field, share), named in zip(SHARES.items(), fields, strict=True):
            scale = (share / sum(weight * weight for _, weight in named)) ** 0.5
            for name, weight in named:
                names.append(columns.setdefault(_bits(field, name, width), len(columns)))
                weights.append(scale * weight)
        counts.append(sum(len(named) for named in fields))
    bits = np.unpackbits(np.frombuffer(b"".join(columns), np.uint8)).reshape(-1, width)
    signs = 1.0 - 2.0 * bits.astype(np.float32)
    firsts = np.cumsum([0, *counts[:-1]])
    rows: Floats = np.add.reduceat(signs[names] * np.array(weights, np.float32)[:, None], firsts, axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def _bits(field: str, name: str, width: int) -> bytes:
    """The signs of a name, a bit each; the longest hash is cut, so that a narrower sketch is part of a wider one."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), person=field.encode()).digest()[: width // 8]
