"""Guards that hold for every test: no outside network, no unexpected log record, nothing left running, no real home."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.pop("COLUMNS", None)  # pytest-xdist sets it, and commands would wrap their lines
os.environ["PYTHON_KEYRING_BACKEND"] = "tests.fakes.keyring_backend.MemoryKeyring"

LOCAL_HOSTS = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}
QUIET_LOGGERS = ("asyncio", "aiohttp.access")


class OutsideConnection(AssertionError):
    """A test tried to leave this computer."""


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    return host in LOCAL_HOSTS or host.startswith("127.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let reports travel between processes whatever was printed: half a character of a file name is none that can be sent."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
    return report


@pytest.fixture(autouse=True)
def _only_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if not _is_local(address):
            raise OutsideConnection(f"a test tried to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        if not _is_local(address):
            raise OutsideConnection(f"a test tried to connect to {address}")
        return connect_ex(self, address)  # type: ignore[arg-type]

    def guarded_lookup(host: object, *args: object, **kwargs: object) -> object:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if not (name in LOCAL_HOSTS or name.startswith("127.")):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return lookup(host, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_lookup)


@pytest.fixture(autouse=True)
def home_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data directory of the program during this test; the user's own home is out of reach."""
    home = tmp_path / "homereel"
    home.mkdir(mode=0o700)
    user = tmp_path / "user"
    user.mkdir()
    monkeypatch.setenv("HOMEREEL_HOME", str(home))
    monkeypatch.setenv("HOME", str(user))
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(user / name.lower()))
    return home


@pytest.fixture(autouse=True)
def _fresh_keyring() -> Iterator[None]:
    from tests.fakes.keyring_backend import MemoryKeyring

    MemoryKeyring.entries.clear()
    yield
    MemoryKeyring.entries.clear()


@pytest.fixture(autouse=True)
def _as_in_a_fresh_process() -> Iterator[None]:
    """Secrets that a test told, and how loud loggers were made, are forgotten after it: a password may be an ordinary word."""
    from library import logs
    from library.redaction import _Exact

    secrets, pattern = _Exact.secrets, _Exact.pattern
    levels = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    yield
    _Exact.secrets, _Exact.pattern = secrets, pattern
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _is_a_client_that_hung_up(record: logging.LogRecord) -> bool:
    """aiohttp's server stumbles over a client that leaves in the very moment of the answer; the fakes are left often."""
    kind = record.exc_info[0] if record.exc_info else None
    return record.name == "aiohttp.server" and kind is not None and issubclass(kind, asyncio.InvalidStateError)


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[Callable[[str], None]]:
    """Fail on any record at WARNING or above, except those whose message holds a text given to ``expected_logs(text)``."""
    allowed: list[str] = []
    recorder = _Recorder()
    root = logging.getLogger()
    root.addHandler(recorder)
    yield allowed.append
    root.removeHandler(recorder)
    unexpected = [
        f"{record.name} {record.levelname}: {record.getMessage()}"
        for record in recorder.records
        if not record.name.startswith(QUIET_LOGGERS)
        and not _is_a_client_that_hung_up(record)
        and not any(text in record.getMessage() for text in allowed)
    ]
    assert not unexpected, "log records nobody expected:\n" + "\n".join(unexpected)


@pytest.fixture(autouse=True)
def _nothing_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(threading.enumerate())
    born: dict[int, str] = {}
    start = threading.Thread.start

    def remembered_start(self: threading.Thread) -> None:
        born[id(self)] = "".join(traceback.format_stack(limit=6)[:-1])
        start(self)

    monkeypatch.setattr(threading.Thread, "start", remembered_start)
    yield
    deadline = time.monotonic() + 3.0
    while time.monotonic() < deadline:
        left = [thread for thread in threading.enumerate() if thread not in before and thread.is_alive()]
        left = [thread for thread in left if not _is_pool_of_a_library(thread)]
        if not left:
            break
        time.sleep(0.02)
    assert not left, "threads left running:\n" + "\n".join(
        f"{thread.name}, started at:\n{born.get(id(thread), '?')}" for thread in left
    )


def _is_pool_of_a_library(thread: threading.Thread) -> bool:
    """Threads that libraries keep for the whole process: tqdm's monitor, and Python's view of threads made by Qt or C."""
    return type(thread).__name__ in {"TMonitor", "_DummyThread"} or thread.name.startswith(("asyncio_", "pymp"))
