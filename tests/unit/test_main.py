from __future__ import annotations

import logging
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import main
from library.home import find_home
from library.logs import log_file, set_up_logging, take_down_logging
from library.settings import SourceSettings
from providers.ledger import NetworkLedger


@pytest.mark.parametrize(
    ("arguments", "home", "rest"),
    [
        ([], None, []),
        (["--home", "/x"], "/x", []),
        (["--home=/x"], "/x", []),
        (["--home", "/x", "info", "--json"], "/x", ["info", "--json"]),
        (["info", "--home", "/x"], None, ["info", "--home", "/x"]),
        (["--home"], "", []),
        (["--help"], None, ["--help"]),
    ],
)
def test_home_in_front_is_told_from_a_command(arguments: list[str], home: str | None, rest: list[str]) -> None:
    assert main.split_home(arguments) == (home, rest)


def test_a_home_without_a_value_is_misuse_and_opens_no_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["--home"]) == 2
    assert main.main(["--home="]) == 2
    assert "--help" in capsys.readouterr().err


def test_the_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((main.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == main.VERSION


@pytest.mark.parametrize("kind", ["demo", "folder", "plex"])
def test_every_kind_of_source_has_its_server(kind: str, tmp_path: Path, home_path: Path) -> None:
    source = SourceSettings("one", kind, "One", url="http://127.0.0.1:9", paths=(str(tmp_path),))  # type: ignore[arg-type]
    server = main.open_server(find_home(), source, "a-token", NetworkLedger())
    assert type(server).__name__.casefold().endswith(f"{kind}server")
    server.close()


def test_the_demo_library_is_shipped() -> None:
    server = main.open_server(find_home(), SourceSettings("demo", "demo", "Demo"), None, NetworkLedger())
    assert [library.title for library in server.libraries()] == ["Films", "Shows"]


def test_a_command_loads_no_window_and_the_window_no_commands() -> None:
    def loaded(code: str) -> set[str]:
        code = f"import main\n{code}\nimport sys\nprint(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=main.ROOT)
        return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}

    of_commands = loaded("main.main(['info', '--json'])")
    assert not of_commands & {"PyQt6", "gui", "torch", "requests", "plexapi", "guessit"}
    of_window = loaded("from library.home import find_home; main.window_ports(find_home())")
    assert not of_window & {"typer", "rich", "cli", "torch", "requests", "plexapi", "guessit"}


@pytest.fixture
def log_text() -> Iterator[Callable[[], str]]:
    """The text of the log file of this test's home."""
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    home = find_home()
    destination = set_up_logging(home)
    main.install_crash_hooks(f"The details are in {log_file(home)}.")
    yield lambda: log_file(home).read_text(encoding="utf-8")
    take_down_logging(destination)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def test_a_crash_says_one_sentence_and_logs_the_rest(
    log_text: Callable[[], str], capsys: pytest.CaptureFixture[str], expected_logs: Callable[[str], None]
) -> None:
    expected_logs("Something went wrong")
    try:
        raise RuntimeError("http://a/?X-Plex-Token=abcdef12345 went away")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Something went wrong that should not have. The details are in ")
    assert len(err.splitlines()) == 1
    assert "Traceback" in log_text()
    assert "went away" in log_text()
    assert "abcdef12345" not in log_text()


def test_a_crash_in_a_thread_is_noted_too(
    log_text: Callable[[], str], capsys: pytest.CaptureFixture[str], expected_logs: Callable[[str], None]
) -> None:
    expected_logs("Something went wrong")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert "ZeroDivisionError" in log_text()
    assert "Traceback" not in capsys.readouterr().err


def test_ctrl_c_is_no_crash(log_text: Callable[[], str], capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert capsys.readouterr().err == ""
    assert logging.getLogger().handlers


def test_without_a_screen_it_says_so_and_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main.main([]) == 1
    assert "homereel --help" in capsys.readouterr().err
    assert main.has_screen("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert main.has_screen("win32", {})


def test_a_home_that_cannot_be_used_is_a_sentence_and_no_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main.main(["--home", str(tmp_path / "file" / "home")]) == 1
    assert "cannot be used" in capsys.readouterr().err
