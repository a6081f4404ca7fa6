"""Files that are broken, odd, or meant to do harm: each ends in a sentence, and what can be read of it is read."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from library.errors import SettingsError
from library.library import Library
from library.past import reading
from library.past.importing import ImportReport, bring_along
from library.progress import run
from tests.past_files import PASTS

HEAD = "Date,Name,Year,Letterboxd URI,Rating\n"
LINE = "2020-01-01,Heat,1995,https://boxd.it/1,4.5\n"


@pytest.fixture
def read(library: Library, tmp_path: Path) -> Callable[..., ImportReport]:
    def bring(content: bytes | str, name: str = "ratings.csv") -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return run(bring_along(library, [path], dry_run=True))

    return bring


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20, "is not an export that is known here"),
        (b"Name,Colour\nHeat,blue\n", "its columns are Name, Colour"),
        (b"{\"tracks\": [", "is not valid JSON; it may have been cut off"),
        (b"[1, 2, 3]", "is not an export that is known here"),
        (b"[[[[[[" * 5000, "is not an export that is known here"),
        (b"userId,movieId,rating\n", ""),
        (b"PK\x03\x04 and nothing more", "is a damaged archive"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_said_in_a_sentence(content: bytes, said: str, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    if not said:  # an export without a line
        assert run(bring_along(library, [path])).total("lines") == 0
        return
    with pytest.raises(SettingsError) as caught:
        run(bring_along(library, [path]))
    assert said in caught.value.message
    assert caught.value.message.startswith("file.bin ")
    assert not library.database.rows("SELECT 1 FROM import")


def test_random_bytes_behind_a_good_heading_are_lines_left_out(read: Callable[..., ImportReport]) -> None:
    noise = random.Random(7).randbytes(60_000).replace(b"\r", b"\n")
    report = read(HEAD.encode() + LINE.encode() + noise)
    assert report.total("ratings") == 1
    assert report.total("left_out") == report.total("lines") - 1 > 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_encodings_are_recognised(encoding: str, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes((HEAD + "2020-01-01,Amélie à la plage,2001,https://boxd.it/1,4.5\n").encode(encoding))
    report = run(bring_along(library, [path]))
    entry = library.database.row("SELECT entry FROM import_title")
    assert entry is not None
    assert json.loads(entry[0])["title"] == "Amélie à la plage"
    note = report.files[0].note
    assert ("UTF-16" in note, "Windows-1252" in note) == (
        encoding.startswith("utf-16"),
        encoding in ("cp1252", "latin-1"),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(delimiter: str, read: Callable[..., ImportReport]) -> None:
    content = (HEAD + LINE).replace(",", delimiter)
    assert read(content).total("ratings") == 1
    assert read("sep=;\n" + (HEAD + LINE).replace(",", ";")).total("ratings") == 1
    assert read("\n\n" + HEAD + LINE).total("ratings") == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('2020-01-01,"Heat,1995,https://boxd.it/1,4.5', "has a quotation mark that is never closed"),
        ("2020-01-01,Heat", "has 2 fields where 5 are expected"),
        ("2020-01-01,Heat,1995,https://boxd.it/1,4.5,more", "has 6 fields where 5 are expected"),
        ("2020-01-01,,1995,https://boxd.it/1,4.5", "names no title"),
        ("2020-01-01,Heat,1995,https://boxd.it/1,", "has no rating"),
        ("2020-01-01,Heat,1995,https://boxd.it/1,11", "has a rating that is none: “11”"),
        ("2020-01-01,Heat,1995,https://boxd.it/1,nan", "has a rating that is none: “nan”"),
        ("2999-01-01,Heat,1995,https://boxd.it/1,4", "has a date in the future"),
        ("1700-01-01,Heat,1995,https://boxd.it/1,4", "has a date before 1900"),
        ("2020-01-01,He\0at,1995,https://boxd.it/1,4", "holds bytes that are no text"),
        ("x" * (reading.LONGEST_LINE + 10), "is longer than 1 MB"),
    ],
)  # fmt: skip
def test_a_broken_line_is_left_out_and_the_next_is_read(
    line: str, reason: str, read: Callable[..., ImportReport]
) -> None:
    report = read(HEAD + line + "\n" + LINE)
    assert (report.total("lines"), report.total("ratings"), report.reasons) == (2, 1, ((reason, 1),))


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_reviews_after_it(
    read: Callable[..., ImportReport],
) -> None:
    head = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
    good = '2020-01-0{},Heat,1995,https://boxd.it/1,4.5,,"Two\nlines, really",,2020-01-01\n'
    broken = '2020-01-09,"Ronin,1998,https://boxd.it/1,4,,fine,,2020-01-01\n'
    report = read(head + good.format(1) + broken + good.format(2) + good.format(3), "reviews.csv")
    assert (report.total("lines"), report.total("ratings"), report.total("left_out")) == (4, 3, 1)


def test_json_goes_on_after_a_broken_object(read: Callable[..., ImportReport]) -> None:
    def rated(title: str) -> str:
        return json.dumps(
            {"rated_at": "2014-09-01T09:10:11.000Z", "rating": 9, "movie": {"title": title, "year": 2000, "ids": {}}}
        )

    texts = [
        rated("One"),
        '{"rated_at": "2014", "rating": }',
        rated("Two"),
        '{"rated_at": "2014"',
        rated("Three"),
        "17",
        rated("Four"),
    ]
    report = read("[\n" + ",\n".join(texts) + "\n]", "ratings.json")
    assert (report.total("lines"), report.total("ratings"), report.total("left_out")) == (7, 4, 3)
    cut = read("[" + ",".join([rated("One"), rated("Two")])[:-20], "ratings.json")
    assert (cut.total("lines"), cut.total("ratings"), cut.reasons) == (2, 1, (("is not valid JSON", 1),))


def test_an_archive_that_is_a_trap_is_not_unpacked(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trap.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ratings.csv", HEAD + LINE)
        archive.writestr("diary.csv", b"0" * (4 << 20))
        archive.writestr("../../outside.csv", HEAD + LINE.replace("Heat", "Ronin"))
        archive.writestr("/etc/passwd.csv", b"Name,Colour\n")
        archive.writestr("inner.zip", b"PK\x03\x04")
    report = run(bring_along(library, [path]))
    assert report.total("ratings") == 2
    assert dict(report.unused) == {
        "diary.csv": "is packed so tightly that it must be a trap",
        "etc/passwd.csv": "is not an export that is known here: its columns are Name, Colour",
        "inner.zip": "is not a table or a list",
    }
    assert {found.name for found in report.files} == {"ratings.csv", "outside.csv"}
    assert not (tmp_path.parent / "outside.csv").exists()
    monkeypatch.setattr("library.past.reading.MOST_ENTRIES", 2)
    with pytest.raises(SettingsError, match="holds 5 files"):
        run(bring_along(library, [path]))
    monkeypatch.setattr("library.past.reading.MOST_ENTRIES", 10)
    monkeypatch.setattr("library.past.reading.MOST_ALL_BYTES", 1 << 20)
    with pytest.raises(SettingsError, match="unpacked"):
        run(bring_along(library, [path]))


def test_an_archive_that_lies_about_a_size_or_is_damaged_says_so(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("ratings.csv", HEAD + LINE * 3000)
        archive.writestr("watched.csv", "Date,Name,Year,Letterboxd URI\n2020-01-01,Heat,1995,x\n")
    whole = bytearray(path.read_bytes())
    at = whole.index(LINE.encode(), 90_000)
    whole[at : at + 4] = b"9999"
    path.write_bytes(whole)
    report = run(bring_along(library, [path]))
    notes = {found.name: found.note for found in report.files}
    assert "nothing more could be read" in notes["ratings.csv"]
    assert not notes["watched.csv"]
    assert report.total("lines") == sum(report.total(kind) for kind in ("ratings", "plays", "wishes", "left_out"))


def test_files_that_are_gone_or_no_files(library: Library, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: no such file"):
        run(bring_along(library, [tmp_path / "gone.csv"]))
    with pytest.raises(SettingsError, match="is not a file"):
        run(bring_along(library, [tmp_path]))
    good = tmp_path / "ratings.csv"
    good.write_text(HEAD + LINE)
    report = run(bring_along(library, [tmp_path / "gone.csv", good]))
    assert report.total("ratings") == 1
    assert report.unused[0][0] == "gone.csv"


def test_facts_alone_are_no_past(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "movies.csv"
    path.write_text("movieId,title,genres\n1,Heat (1995),Crime\n")
    with pytest.raises(SettingsError, match="tell about titles"):
        run(bring_along(library, [path]))


@pytest.mark.parametrize("past", PASTS)
def test_damage_anywhere_is_no_more_than_lines_left_out(past: str, library: Library, tmp_path: Path) -> None:
    chance = random.Random(past)
    made = PASTS[past][0]()
    path = tmp_path / made.name
    for _ in range(12):
        content = bytearray(made.content[: chance.randrange(200, 4000)])
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(3)] = chance.choice(
                (b'"', b"\n", b"{", b"}", b"]", b"\0", b"\\", b"\xff\xfe", b"1e999")
            )
        path.write_bytes(content)
        try:
            report = run(bring_along(library, [path], dry_run=True))
        except SettingsError:
            continue  # nothing in it is known any more, and that was said
        kinds = ("ratings", "plays", "wishes", "left_out")
        assert report.total("lines") == sum(report.total(kind) for kind in kinds)
        assert report.total("left_out") == sum(count for _, count in report.reasons)
