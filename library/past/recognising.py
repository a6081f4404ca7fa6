"""Tells by what is in a file which program wrote it, whatever it is called."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from library.past import imdb, lastfm, letterboxd, listenbrainz, movielens, own, spotify, trakt, tvtime
from library.past.formats import Layout, Row
from library.past.reading import Member, Unusable
from library.past.records import (
    DELIMITERS,
    Record,
    TableRecords,
    column_name,
    fields_of,
    line_records,
    list_records,
    lowered,
)

LAYOUTS: tuple[Layout, ...] = (
    *own.LAYOUTS,
    *imdb.LAYOUTS,
    *trakt.LAYOUTS,
    *letterboxd.LAYOUTS,
    *tvtime.LAYOUTS,
    *movielens.LAYOUTS,
    *spotify.LAYOUTS,
    *listenbrainz.LAYOUTS,
    *lastfm.LAYOUTS,
)
"""Every layout that can be read, the more particular ones first."""

MOST_DOCUMENT_BYTES = 256 << 20
LOOKED_AT = 20
"""So many first objects of a list are looked at: the first may be broken."""
UNKNOWN = "is not an export that is known here"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file whose layout is known.

    :param form: "table", "list", "lines" or "document".
    :param skipped: lines of a table before its first record.
    """

    member: Member
    layout: Layout
    form: str
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    skipped: int = 0
    head: bytes = b""

    @property
    def name(self) -> str:
        """What a person calls it: with its folder, within an archive."""
        return self.member.name

    @property
    def origin(self) -> str:
        """The file that it is, or is in."""
        return self.member.path.name

    @property
    def note(self) -> str:
        """What was odd about its letters, once it was read."""
        if self.member.encoding.startswith("utf-16"):
            return "It is written in UTF-16."
        if self.member.repaired:
            return "It is not all UTF-8: what is not was read as Windows-1252 (Latin-1)."
        return ""

    def records(self) -> Iterator[Record]:
        """Its records; raises ``Unusable`` when it turns out to be damaged further on."""
        member, layout = self.member, self.layout
        with closing(member.text(self.head)) as text:
            if self.form == "table":
                table = TableRecords(text, self.columns, self.delimiter, layout.free_text, member)
                table.skip_heading(self.skipped)
                yield from table
            elif self.form == "lines":
                yield from line_records(text, member)
            elif self.form == "list":
                yield from list_records(text, member)
            else:
                yield from self._of_a_document(text)

    def _of_a_document(self, text: io.TextIOWrapper) -> Iterator[Record]:
        if self.member.size > MOST_DOCUMENT_BYTES:
            raise Unusable(f"is one object of more than {MOST_DOCUMENT_BYTES >> 20} MB")
        assert self.layout.unpack is not None
        try:
            found = json.loads(self.member.repair(text.read()))
        except (ValueError, RecursionError) as error:
            raise Unusable("is not valid JSON; it may have been cut off on the way") from error
        for number, row in enumerate(self.layout.unpack(lowered(found)), 1):
            yield Record(number, lowered(row), "", json.dumps(row, ensure_ascii=False)[:160])


def recognise(member: Member) -> Recognised:
    """The layout of a file; raises :class:`Unusable` when it is none that is known."""
    head = member.head()
    with io.TextIOWrapper(io.BytesIO(head), encoding=_encoding(member, head), errors="replace") as text:
        words = text.read().lstrip("\ufeff \r\n\t")
    if not words:
        raise Unusable("is empty")
    if words[0] in "[{":
        return _recognise_json(member, head, words)
    return _recognise_table(member, head, words)


def _encoding(member: Member, head: bytes) -> str:
    member.text(head).close()
    return member.encoding


class _NoMends:
    def repair(self, part: str) -> str:
        return part


def _recognise_json(member: Member, head: bytes, words: str) -> Recognised:
    if words[0] == "[":
        rows = (record.row for record in list_records(io.StringIO(words), _NoMends()))
        layout = _first_known(rows)
        return Recognised(member, layout, "list", head=head)
    first = words.partition("\n")[0]
    try:
        told = json.loads(first)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, Mapping):
        found = _layout_of(lowered(told))
        if found is not None and found.unpack is None:
            return Recognised(member, found, "lines", head=head)
        if found is not None:
            return Recognised(member, found, "document", head=head)
    rows = (record.row for record in line_records(io.StringIO(words), _NoMends()))
    lines = next((found for row in _some(rows) if (found := _layout_of(row)) and found.unpack is None), None)
    if lines is not None:
        return Recognised(member, lines, "lines", head=head)
    return Recognised(member, _document_layout(member, head), "document", head=head)


def _document_layout(member: Member, head: bytes) -> Layout:
    """The layout of one object that goes over many lines, by its names."""
    if member.size > MOST_DOCUMENT_BYTES:
        raise Unusable(f"is one object of more than {MOST_DOCUMENT_BYTES >> 20} MB")
    with closing(member.text(head)) as text:
        try:
            found = json.loads(text.read())
        except (ValueError, RecursionError) as error:
            raise Unusable("is not valid JSON; it may have been cut off on the way") from error
    layout = _layout_of(lowered(found)) if isinstance(found, Mapping) else None
    if layout is None or layout.unpack is None:
        raise Unusable(UNKNOWN)
    return layout


def _first_known(rows: Iterator[Row | None]) -> Layout:
    layout = next((found for row in _some(rows) if (found := _layout_of(row))), None)
    if layout is None:
        raise Unusable(UNKNOWN)
    return layout


def _some(rows: Iterator[Row | None]) -> Iterator[Row]:
    for looked_at, row in enumerate(rows):
        if looked_at >= LOOKED_AT:
            return
        if row is not None:
            yield row


def _layout_of(row: Row) -> Layout | None:
    columns = frozenset(row)
    return next((layout for layout in LAYOUTS if layout.recognises(columns)), None)


def _recognise_table(member: Member, head: bytes, words: str) -> Recognised:
    lines = words.splitlines()
    before = 1 if lines[0].casefold().startswith("sep=") else 0
    heading = lines[before] if len(lines) > before else ""
    for delimiter in DELIMITERS:
        columns = tuple(column_name(name) for name in fields_of(heading, delimiter) or ())
        layout = next((known for known in LAYOUTS if known.recognises(frozenset(columns))), None)
        if layout is not None and len(columns) > 1:
            skipped = before + 1 + _empty_lines(member, head)
            return Recognised(member, layout, "table", columns, delimiter, skipped, head)
    for layout in LAYOUTS:
        if layout.headings and layout.fits(tuple(fields_of(heading, ",") or ())):
            return Recognised(member, layout, "table", layout.headings, ",", before, head)
    told = [name for name in (fields_of(heading, ",") or ()) if name.strip()][:6]
    if len(told) > 1 and heading.isprintable():
        raise Unusable(f"{UNKNOWN}: its columns are {', '.join(name.strip()[:30] for name in told)}")
    raise Unusable(UNKNOWN)


def _empty_lines(member: Member, head: bytes) -> int:
    """How many lines before the heading are empty."""
    with io.TextIOWrapper(io.BytesIO(head), encoding=_encoding(member, head), errors="replace") as text:
        count = 0
        for line in text:
            if line.strip("\ufeff \r\n\t"):
                return count
            count += 1
        return count
