"""Cuts a table or a list into its records, one by one: what is broken is one record that says so, and the next is read."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from library.past.formats import Layout
from library.past.reading import LONGEST_LINE

DELIMITERS = (",", ";", "\t", "|")
MOST_LINES_OF_A_FIELD = 200
CHUNK = 1 << 16
LONGEST_OBJECT = 1 << 21
MOST_SHOWN = 160
_NEXT_OBJECT = re.compile(r"\}\s*,?\s*(?=\{)|\n\s*(?=\{)")
_SPACE_OR_COMMA = re.compile(r"[\s,]*")
_decode = json.JSONDecoder().raw_decode


class Text(Protocol):
    """What is read from."""

    def readline(self, size: int = -1, /) -> str:
        """The next line."""
        ...

    def read(self, size: int = -1, /) -> str:
        """Some more."""
        ...


class Repairs(Protocol):
    """Makes letters of stray bytes."""

    def repair(self, part: str) -> str:
        """The text with letters in place of stray bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    :param number: the line that it begins in, from 1; in a list of objects, which object it is.
    :param row: its fields by the names of the columns; ``None`` when it is broken.
    :param problem: what is wrong with it, as the end of "This line …".
    :param text: how it begins, for people.
    """

    number: int
    row: dict[str, Any] | None
    problem: str = ""
    text: str = ""


class Readable(Protocol):
    """Something with lines: a file whose layout is known, or a list of an account."""

    @property
    def layout(self) -> Layout:
        """How its lines are read."""
        ...

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def origin(self) -> str:
        """The file or the account that it is in."""
        ...

    @property
    def note(self) -> str:
        """What was odd about it as a whole, once it was read; empty for nothing."""
        ...

    def records(self) -> Iterator[Record]:
        """Its lines."""
        ...


def column_name(name: str) -> str:
    """A heading as columns are named here."""
    return name.strip().strip("\ufeff\"'").strip().casefold()


def fields_of(line: str, delimiter: str) -> list[str] | None:
    """The fields of one line; ``None`` when a quotation mark in it is opened and never closed."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "end of data" in str(error):
            return None
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None


class TableRecords:
    """The records of a table.

    :param columns: names of the columns, in order.
    :param free_text: whether a field may go on in the next line.
    """

    def __init__(self, text: Text, columns: tuple[str, ...], delimiter: str, free_text: bool, mends: Repairs) -> None:
        self._text, self._mends = text, mends
        self._columns, self._delimiter, self._free_text = columns, delimiter, free_text
        self._waiting: deque[tuple[int, str, str]] = deque()
        self._number = 0

    def skip_heading(self, lines: int) -> None:
        """Pass over the first lines."""
        for _ in range(lines):
            self._next_line()

    def __iter__(self) -> Iterator[Record]:
        while (line := self._next_line()) is not None:
            number, words, problem = line
            if problem:
                yield Record(number, None, problem, words[:MOST_SHOWN])
            elif words.strip():
                yield self._record(number, words)

    def _record(self, number: int, words: str) -> Record:
        found = fields_of(words, self._delimiter)
        if found is None and self._free_text:
            found = self._over_several_lines(words)
        if found is None:
            return Record(number, None, "has a quotation mark that is never closed", words[:MOST_SHOWN])
        wanted = len(self._columns)
        if len(found) > wanted and not any(found[wanted:]):
            found = found[:wanted]
        if len(found) != wanted:
            told = f"has {len(found)} {'field' if len(found) == 1 else 'fields'} where {wanted} are expected"
            return Record(number, None, told, words[:MOST_SHOWN])
        return Record(number, dict(zip(self._columns, found, strict=True)), "", words[:MOST_SHOWN])

    def _over_several_lines(self, words: str) -> list[str] | None:
        """The fields of a record that goes on; the lines that turn out not to belong to it are read again."""
        taken: list[tuple[int, str, str]] = []
        whole = words
        while len(taken) < MOST_LINES_OF_A_FIELD and len(whole) < LONGEST_LINE:
            line = self._next_line()
            if line is None:
                break
            taken.append(line)
            if line[2]:
                break
            whole += "\n" + line[1]
            if '"' not in line[1]:
                continue
            found = fields_of_several(whole, self._delimiter)
            if found is not None:
                if len(found) == len(self._columns):
                    return found
                break
        self._waiting.extendleft(reversed(taken))
        return None

    def _next_line(self) -> tuple[int, str, str] | None:
        """Number, words and problem of the next line."""
        if self._waiting:
            return self._waiting.popleft()
        words = self._text.readline(LONGEST_LINE)
        if not words:
            return None
        self._number += 1
        problem = ""
        if len(words) >= LONGEST_LINE and not words.endswith("\n"):
            problem = f"is longer than {LONGEST_LINE >> 20} MB"
            while (more := self._text.readline(LONGEST_LINE)) and not more.endswith("\n"):
                pass
        words = self._mends.repair(words.rstrip("\r\n"))
        if not problem and ("\0" in words or "\ufffd" in words):
            problem = "holds bytes that are no text"
        return self._number, words, problem


def fields_of_several(words: str, delimiter: str) -> list[str] | None:
    """The fields of a record over several lines; ``None`` while a quotation mark in it is open."""
    try:
        rows = list(csv.reader(words.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def line_records(text: Text, mends: Repairs) -> Iterator[Record]:
    """The objects of a file with one in each line."""
    number = 0
    while words := text.readline(LONGEST_LINE):
        number += 1
        words = mends.repair(words.strip())
        if not words:
            continue
        try:
            found = json.loads(words)
        except (ValueError, RecursionError):
            yield Record(number, None, "is not valid JSON", words[:MOST_SHOWN])
            continue
        yield _object(number, found, words)


def list_records(text: Text, mends: Repairs) -> Iterator[Record]:
    """The objects of a list, read a piece at a time; within a broken one it is looked for where the next begins."""
    source = _Pieces(text, mends)
    source.skip_to("[")
    number = 0
    while source.begins():
        number += 1
        found = source.take()
        if found is _BROKEN:
            yield Record(number, None, "is not valid JSON", source.skipped[:MOST_SHOWN])
        elif isinstance(found, list):  # pages of a list
            number -= 1
            for part in found:
                number += 1
                yield _object(number, part, json.dumps(part, ensure_ascii=False)[:MOST_SHOWN])
        elif isinstance(found, Mapping) and isinstance(found.get("track"), list):
            number -= 1
            for part in found["track"]:
                number += 1
                yield _object(number, part, json.dumps(part, ensure_ascii=False)[:MOST_SHOWN])
        else:
            yield _object(number, found, source.skipped)


def lowered(row: Mapping[str, Any]) -> dict[str, Any]:
    """An object with the names of its fields as columns are named here."""
    return {column_name(str(name)): value for name, value in row.items()}


def _object(number: int, found: object, words: str) -> Record:
    if not isinstance(found, Mapping):
        return Record(number, None, "is not an object with names and values", words[:MOST_SHOWN])
    return Record(number, lowered(found), "", words[:MOST_SHOWN])


_BROKEN = object()


class _Pieces:
    """A list of JSON values, of which a piece at a time is in memory."""

    def __init__(self, text: Text, mends: Repairs) -> None:
        self._text, self._mends = text, mends
        self._held = ""
        self._at_end = False
        self.skipped = ""

    def skip_to(self, mark: str) -> None:
        """Go to just after the first such mark."""
        while mark not in self._held and self._more():
            pass
        self._held = self._held.partition(mark)[2]

    def begins(self) -> bool:
        """Go to the next value; False when there is none."""
        while True:
            start = _SPACE_OR_COMMA.match(self._held)
            self._held = self._held[start.end() :] if start else self._held
            if self._held:
                return not self._held.startswith("]")
            if not self._more():
                return False

    def take(self) -> object:
        """The next value, or that it is broken."""
        while True:
            try:
                found, end = _decode(self._held)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._held) - 16
                if cut_off and len(self._held) < LONGEST_OBJECT and self._more():
                    continue
                return self._skip_broken()
            except RecursionError:
                return self._skip_broken()
            if end >= len(self._held) and self._more():  # a number may go on
                continue
            self.skipped = self._held[: min(end, MOST_SHOWN)]
            self._held = self._held[end:]
            return found

    def _skip_broken(self) -> object:
        """Go to where the next object begins, or to the end."""
        self.skipped = self._held[:MOST_SHOWN]
        while True:
            found = _NEXT_OBJECT.search(self._held, 1)
            if found is not None:
                self._held = self._held[found.end() :]
                return _BROKEN
            self._held = self._held[-64:]
            if not self._more():
                self._held = ""
                return _BROKEN

    def _more(self) -> bool:
        if self._at_end:
            return False
        part = self._text.read(CHUNK if len(self._held) < CHUNK else len(self._held))
        self._at_end = not part
        self._held += self._mends.repair(part)
        return bool(part)
