"""What commands print: answers on stdout for people or as one JSON document, everything else on stderr."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from library.errors import AppError, ProviderUntrusted
from library.progress import Progress
from library.redaction import redact

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 2000
"""Columns when nobody looks: lines that go into a file or another program are not wrapped."""
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACED = "\ufffd"


def printable(text: str) -> str:
    """The text without what would move the cursor, turn the writing direction, or cannot be written at all."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _REPLACED if unicodedata.category(c) in _UNSEEN else c
        for c in text.replace("\n", " ").replace("\t", " ")
        if c not in _TURNING
    )


def prepare_streams() -> None:
    """Let no letter that the terminal lacks end a command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


class Output:
    """Where a command's answer goes.

    :param as_json: one JSON document on stdout instead of text.
    """

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json

    @property
    def interactive(self) -> bool:
        """Whether there is a person at a terminal who can be asked."""
        return not self.as_json and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def answer(self, document: Any, *lines: object) -> None:
        """The answer of a command: the document with ``--json``, else the lines (texts, or tables of :func:`table`)."""
        if self.as_json:
            _write(sys.stdout, _json_text(document, sys.stdout.encoding) + "\n")
            return
        console = _console(sys.stdout)
        with console.capture() as capture:
            for line in lines:
                console.print(printable(line) if isinstance(line, str) else line)
        _write(sys.stdout, "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))

    def raw(self, text: str) -> None:
        """Text as it is, such as a CSV file."""
        _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """A remark beside the answer, on stderr."""
        _write(sys.stderr, printable(redact(text)) + "\n")

    def fail(self, error: AppError) -> None:
        """Say why a command did not do what it was asked for."""
        message, hint = redact(error.message), redact(error.hint)
        more: Mapping[str, Any] = getattr(error, "details", {})
        if isinstance(error, ProviderUntrusted) and error.fingerprint:
            hint = f"{error.certificate} If that is your own server, scan it with --trust {error.fingerprint}"
            more = {"fingerprint": error.fingerprint}
        if self.as_json:
            self.answer({"error": message, "hint": hint, **more})
            return
        for line in filter(None, (message, *getattr(error, "lines", ()), hint)):
            self.note(line)

    @contextmanager
    def progress(self) -> Iterator[Callable[[Progress], None]]:
        """A bar on stderr for as long as the block lasts, when stderr is a terminal; give each step to the callable."""
        if not sys.stderr.isatty():
            yield lambda step: None
            return
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        with Bars(*columns, console=_console(sys.stderr), transient=True) as bars:
            task = bars.add_task("", total=None)

            def report(step: Progress) -> None:
                bars.update(task, description=printable(step.step), completed=step.done, total=step.total)

            yield report


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = (0,)) -> object:
    """A plain table: columns side by side, those in ``numbers`` set to the right."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, show_header=any(headings), pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        aligned: Any = "right" if index in numbers else "left"
        made.add_column(Text(heading), justify=aligned, no_wrap=index in numbers, overflow="fold")
    for row in rows:
        made.add_row(*(Text(printable(cell)) for cell in row))
    return made


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    wide = not stream.isatty() and "COLUMNS" not in os.environ
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=PIPE_WIDTH if wide else None)


def _json_text(document: Any, encoding: str | None) -> str:
    """The document as text that this encoding can write; a byte of a file name that is not UTF-8 becomes an escape."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(document, ensure_ascii=True, indent=2, allow_nan=False)
    return text


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
