from __future__ import annotations

import io
import json

import pytest

from cli.output import Output, printable, table
from library.errors import AppError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heat", "Heat"),
        ("Amélie – WALL·E 七人の侍", "Amélie – WALL·E 七人の侍"),
        ("a\x1b[31mb\x07", "a�[31mb�"),
        ("turned\u202eround", "turnedround"),
        ("two\nlines\tand more", "two lines and more"),
        ("byte \udcff of a name", "byte � of a name"),
    ],
)
def test_a_title_cannot_do_anything_to_the_terminal(text: str, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_json_is_the_same_document_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    monkeypatch.setattr("sys.stdout", stream)
    document = {"title": "Amélie 七 \udcff", "ids": [1, 2], "none": None}
    Output(as_json=True).answer(document, "never shown")
    assert json.loads(stream.buffer.getvalue().decode(encoding)) == document


def test_markup_in_titles_is_text_and_piped_lines_are_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300
    Output().answer({}, "[bold]A[/bold] :smile:", table(("Id", "Title"), [("1", "[red]B"), ("22", long)]), long)
    assert capsys.readouterr().out.splitlines() == [
        "[bold]A[/bold] :smile:",
        "Id  Title",
        " 1  [red]B",
        f"22  {long}",
        long,
    ]


def test_a_failure_says_its_sentence_and_its_hint_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    Output().fail(AppError("No answer from http://a/?X-Plex-Token=abcdef.", "Try again."))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "No answer from http://a/?X-Plex-Token=[secret]\nTry again.\n"


def test_there_is_no_bar_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    from library.progress import Progress

    with Output().progress() as report:
        report(Progress("Reading", 1, 2))
    assert capsys.readouterr() == ("", "")
