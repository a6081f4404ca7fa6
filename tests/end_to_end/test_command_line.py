"""The command line as a process: what it prints, what it returns, and what it leaves behind."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from library.home import find_home
from library.library import Library
from tests.fakes.certificate import fingerprint_of, make_certificate, server_side
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, str(ROOT / "main.py"))
PATIENCE = 60


@pytest.fixture(autouse=True)
def _one_thread_and_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str, stdin: str = "", **more: Any) -> subprocess.CompletedProcess[str]:
    more.setdefault("cwd", "/")
    return subprocess.run(
        [*COMMAND, *arguments], input=stdin, capture_output=True, encoding="utf-8", timeout=PATIENCE, **more
    )


def answer(*arguments: str, status: int = 0, stdin: str = "") -> Any:
    done = run(*arguments, "--json", stdin=stdin)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_first_evening_on_the_demo_library() -> None:
    first = answer("recommend", "-n", "3")
    assert first["total"] >= 300
    assert [pick["kind"] for pick in first["picks"]] == ["movie"] * 3
    done = run("rate", "Seven Samurai", "10")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Seven Samurai (1954): 10.")
    assert answer("explain", "Yojimbo")["expected"]["mean"] > 7
    ledger = answer("explain", "Yojimbo")
    assert abs(sum(term["points"] for term in ledger["ledger"]) - ledger["expected"]["mean"]) < 1e-6
    assert answer("search", "kurosawa")["results"]
    assert json.loads(run("export", "--format", "json").stdout)[0]["rating"] == 10
    assert answer("recommend", "--kind", "shows")["total"] >= 80


def test_statuses_and_streams() -> None:
    wrong = run("rate", "No such film at all", "8")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.splitlines()[-2] == "Nothing in the library is called “No such film at all”."
    misused = run("recommend", "--kind", "operas")
    assert (misused.returncode, misused.stdout) == (2, "")
    assert "Traceback" not in misused.stderr
    assert "\x1b" not in run("info").stdout
    assert answer("info", "--home", status=2)["error"]
    assert run("--version").stdout == "Homereel 0.1.0\n"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_titles_print_in_any_locale(locale: str, tmp_path: Path) -> None:
    films = tmp_path / "Films"
    films.mkdir()
    for name in (b"Am\xc3\xa9lie (2001).mkv", b"Od\xff Name (1999).mkv", b"Red\x1b[31m Alert (1977).mkv"):
        Path(os.fsdecode(bytes(films) + b"/" + name)).touch()
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    scans = (("scan", "--folder", str(films), "--no-texts"), ("scan", "--demo", "--no-texts"))
    for arguments in (*scans, ("search", "alert"), ("recommend", "-n", "50"), ("search", "amelie")):
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, timeout=PATIENCE, env=environment)
        assert done.returncode == 0, done.stderr
        assert b"\x1b" not in done.stdout
    done = subprocess.run(
        [*COMMAND, "search", "amelie", "--json"], capture_output=True, timeout=PATIENCE, env=environment
    )
    assert "Amélie" in [item["title"] for item in json.loads(done.stdout)["results"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three films and an episode, as people keep them."""
    films = tmp_path / "Media"
    (films / "Heat (1995)").mkdir(parents=True)
    (films / "Heat (1995)" / "Heat.1995.1080p.BluRay.x264.mkv").touch()
    (films / "Heat (1995)" / "movie.nfo").write_text(
        "<movie><title>Heat</title><year>1995</year><runtime>170</runtime><genre>Crime</genre>"
        "<director>Michael Mann</director><plot>A thief and a detective.</plot></movie>"
    )
    (films / "The.Third.Man.1949.720p.mkv").touch()
    (films / "Alien (1979).mp4").touch()
    (films / "Fargo" / "Season 1").mkdir(parents=True)
    (films / "Fargo" / "Season 1" / "Fargo.S01E01.mkv").touch()
    return films


def test_a_folder_is_read_and_read_again(folder: Path) -> None:
    first = answer("scan", "--folder", str(folder), "--no-texts")
    assert first["library"] == {"movies": 3, "shows": 1, "tracks": 0}
    assert answer("explain", "Heat")["item"]["makers"] == ["Michael Mann"]
    assert run("rate", "Alien", "9").returncode == 0
    (folder / "Alien (1979).mp4").unlink()
    again = answer("scan", "--no-texts")
    assert (again["sources"][0]["added"], again["sources"][0]["removed"]) == (0, 1)
    assert answer("info")["feedback"]["rated"] == 1
    assert answer("search", "alien")["results"] == []


def test_texts_are_read_with_the_real_model(folder: Path) -> None:
    answer("scan", "--folder", str(folder))
    assert answer("info")["texts"] == {"model": "all-MiniLM-L6-v2", "read": 4}


def test_a_plex_server_whose_token_nobody_sees(home_path: Path) -> None:
    with FakePlex(make_world(30, 3)) as plex:
        added = answer("scan", "--plex", plex.url, "--token-from-stdin", "--no-texts", stdin=f"{plex.token}\n")
        assert added["library"] == {"movies": 30, "shows": 3, "tracks": 0}
        assert answer("scan", "--no-texts")["sources"][0]["added"] == 0
        denied = answer("scan", "--plex", plex.url, "--token-from-stdin", status=1, stdin="wrong-token-entirely\n")
        assert "token" in denied["error"]
    gone = run("scan", "--no-texts")
    assert gone.returncode == 1
    assert "nothing answers" in gone.stdout
    assert answer("recommend")["picks"]
    for file in home_path.rglob("*"):
        if file.is_file() and file.name != "secrets.json":
            assert plex.token.encode() not in file.read_bytes(), file


def test_a_certificate_is_shown_and_trusted_by_its_fingerprint(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with FakePlex(make_world(3, 0), tls=server_side(certificate)) as plex:
        add = ("scan", "--plex", plex.url, "--token-from-stdin", "--no-texts")
        refused = answer(*add, status=1, stdin=f"{plex.token}\n")
        assert refused["fingerprint"] == fingerprint_of(certificate)
        assert "nobody vouches for it" in refused["error"]
        assert refused["hint"].endswith(f"scan it with --trust {refused['fingerprint']}")
        assert not [seen for seen in plex.requests if seen.headers], "nothing was sent to it"
        other = answer(*add, "--trust", "0" * 64, status=1, stdin=f"{plex.token}\n")
        assert "another certificate" in other["error"]
        added = answer(*add, "--trust", refused["fingerprint"].upper(), stdin=f"{plex.token}\n")
        assert added["library"]["movies"] == 3


def test_ctrl_c_keeps_what_was_read_and_the_next_scan_goes_on() -> None:
    with FakePlex(make_world(900, 0)) as plex:
        slow = plex.fail("slow", path="/library/metadata/", seconds=1.0)
        arguments = [*COMMAND, "scan", "--plex", plex.url, "--token-from-stdin", "--no-texts"]
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(f"{plex.token}\n".encode())
        process.stdin.flush()
        _wait_until(lambda: slow.met >= 3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (130, b"")
        assert err.decode().splitlines()[0] == "Stopped."
        with Library.open(find_home()) as library:
            kept = library.items.count()
        assert 200 <= kept < 900
        plex.recover()
        again = answer("scan", "--no-texts")
        assert again["sources"][0]["added"] == 900 - kept
        assert again["library"]["movies"] == 900


def test_ratings_given_at_the_same_moment_are_all_there() -> None:
    picks = [pick["id"] for pick in answer("recommend", "-n", "12")["picks"]]
    processes = [
        subprocess.Popen([*COMMAND, "rate", f"id:{item_id}", "7"], stdout=subprocess.DEVNULL) for item_id in picks
    ]
    assert [process.wait(PATIENCE) for process in processes] == [0] * 12
    with Library.open(find_home()) as library:
        assert {rating.item_id for rating in library.feedback.current().ratings} == set(picks)


def test_a_reader_that_goes_away_is_no_crash() -> None:
    process = subprocess.Popen(
        [*COMMAND, "recommend", "-n", "200", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(PATIENCE) == 1
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


class Terminal:
    """A terminal of our own: what was written on it, and a way to type."""

    def __init__(self) -> None:
        self._master, self.end = pty.openpty()
        self._text = bytearray()
        self._reader = threading.Thread(target=self._read, name="terminal")
        self._reader.start()

    def _read(self) -> None:
        try:
            while part := os.read(self._master, 4096):
                self._text += part
        except OSError:  # how a terminal says that the other end is closed
            return

    @property
    def text(self) -> str:
        return self._text.decode("utf-8", "replace")

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        os.close(self.end)
        self._reader.join(5)
        os.close(self._master)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_at_a_terminal_there_is_a_bar_and_the_token_is_asked_for_unseen(terminal: Terminal) -> None:
    with FakePlex(make_world(400, 0)) as plex:
        plex.fail("slow", path="/library/metadata/", seconds=0.5)
        process = subprocess.Popen(
            [*COMMAND, "scan", "--plex", plex.url, "--no-texts"],
            stdin=terminal.end,
            stderr=terminal.end,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm"},
        )
        _wait_until(lambda: "Plex token" in terminal.text)
        terminal.type(f"{plex.token}\n")
        assert process.stdout is not None
        out = process.stdout.read().decode()
        process.stdout.close()
        assert process.wait(PATIENCE) == 0
    assert "In the library now: 400 films." in out
    assert "\x1b" not in out
    assert "%" in terminal.text
    assert plex.token not in terminal.text


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
