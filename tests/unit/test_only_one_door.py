"""Nothing leaves this computer but through the door: read from the syntax tree, and watched while six services are read.

Who may open a connection is a short list with reasons. Everybody on it asks the network ledger before and tells it afterwards.
"""

from __future__ import annotations

import ast
import functools
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import main
import providers.ledger
from library.errors import ProviderOffline
from library.home import find_home
from library.library import Library
from library.settings import SourceSettings
from providers.ledger import NetworkLedger, Reach
from providers.servers.listening import Ear, Rhythm, listen
from tests.end_to_end.service_table import SERVICES, Service, fill
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("library", "providers", "encoders", "graph", "music", "recommender", "playlists", "gui", "cli")

OPENERS = {
    "socket", "ssl", "socketserver", "http.client", "http.server", "urllib.request", "urllib3", "requests", "aiohttp",
    "websocket", "websockets", "httpx", "httpcore", "openai", "plexapi", "ftplib", "smtplib", "imaplib", "poplib", "xmlrpc",
    "telnetlib", "paramiko", "zmq", "grpc", "PyQt6.QtNetwork", "PyQt6.QtWebSockets", "PyQt6.QtWebEngineCore",
    "PyQt6.QtWebEngineWidgets", "PyQt6.QtMultimedia", "multiprocessing.connection",
}  # fmt: skip
"""What can open a connection, or has something in it that can."""

DOOR = {
    "providers/http.py": "the door for requests",
    "providers/deadline.py": "the connections that it sends over",
    "providers/certificates.py": "asks a server for its certificate; the door tells it who may be asked",
    "providers/async_http.py": "the door for services that are asked many things at once",
    "providers/servers/listening.py": "holds the conversations in which servers tell what changed",
    "providers/discovery.py": "calls into the local network when the person asked for it",
    "providers/ledger.py": "looks names up, to know how far away they are",
}
"""Who may open a connection, and why."""

WORDS_ONLY = {
    "requests": {"Response", "PreparedRequest", "RequestException", "exceptions", "ConnectTimeout", "ReadTimeout",
                 "ConnectionError"},
    "urllib3": {"exceptions"},
    "ssl": {"SSLError", "SSLCertVerificationError"},
}  # fmt: skip
"""What others may take from these libraries: names of answers and of failures, nothing that sends."""

OTHERWISE = {
    "gui/end_signals.py": ({"socket"}, "a pair of sockets within the process, for signals of the system"),
    "providers/servers/plex_client.py": ({"plexapi"}, "given the door's session, which is all that it sends with"),
    "cli/http_api.py": ({"aiohttp.web"}, "answers on this computer, and opens nothing"),
}
"""Who else may import one of them, and why that opens nothing."""

LOADERS = {"SentenceTransformer", "from_pretrained", "snapshot_download", "hf_hub_download"}
CALLS = {"create_connection", "open_connection", "urlopen", "create_datagram_endpoint", "create_server", "start_server"}


MENTIONS = re.compile(
    r"\b("
    + "|".join(
        {name.split(".")[-1] for name in OPENERS}
        | {name.split(".")[0] for name in OPENERS if name[:5] != "PyQt6"}
        | CALLS
    )
    + r"|import_module|__import__|\w*ProviderSession)\b"
)
"""Modules without any of these words open nothing, and need not be read more closely."""


@functools.cache
def modules() -> tuple[tuple[str, ast.AST], ...]:
    paths = [ROOT / "main.py", *(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))]
    texts = ((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in sorted(paths))
    return tuple((name, ast.parse(text)) for name, text in texts if MENTIONS.search(text))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Everything that is imported by name, also by ``import_module("...")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            first = node.args[0] if node.args else None
            assert isinstance(first, ast.Constant), f"line {node.lineno} imports what cannot be known"
            yield node.lineno, str(first.value)


def opener_in(name: str) -> str:
    """Which of the openers an imported name belongs to; empty for none."""
    parts = name.split(".")
    heads = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((head for head in heads if head in OPENERS), "")


def taken_from(tree: ast.AST, library: str) -> set[str]:
    """Names that a module takes from a library: ``requests.get`` is "get"."""
    taken = set()
    names = {library}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname for alias in node.names if alias.name.split(".")[0] == library and alias.asname}
            taken |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith(f"{library}.")}
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == library:
            inner = (node.module or "").split(".")[1:2]
            taken |= set(inner) or {alias.name for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == library:
            taken.add(node.attr)
    return taken


def test_only_the_door_can_open_a_connection() -> None:
    wrong = []
    for name, tree in modules():
        if name in DOOR:
            continue
        allowed, _ = OTHERWISE.get(name, (set(), ""))
        for line, imported in imports(tree):
            opener = opener_in(imported)
            if not opener or opener in allowed or imported in allowed:
                continue
            if opener in WORDS_ONLY and taken_from(tree, opener) <= WORDS_ONLY[opener]:
                continue
            wrong.append(f"{name}:{line} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_nobody_else_calls_what_opens_one() -> None:
    wrong = [
        f"{name}:{node.lineno} calls {node.func.attr}"
        for name, tree in modules()
        if name not in DOOR
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
    ]
    assert not wrong, "\n".join(wrong)


def test_models_come_from_this_computer_only() -> None:
    """Their libraries fetch what is missing, unless they are told not to."""
    loaded, wrong = 0, []
    for path in sorted((ROOT / "encoders").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in LOADERS:
                local = [word.value for word in node.keywords if word.arg == "local_files_only"]
                loaded += 1
                if not (local and isinstance(local[0], ast.Constant) and local[0].value is True):
                    wrong.append(f"{path.name}:{node.lineno}")
    assert loaded
    assert not wrong, wrong


def test_the_lists_name_nobody_who_is_gone() -> None:
    names = {name for name, _ in modules()}
    assert set(DOOR) <= names
    for name, (allowed, _) in OTHERWISE.items():
        if name in names:
            found = {imported for _, imported in imports(ast.parse((ROOT / name).read_text("utf-8")))}
            assert any(one.startswith(tuple(allowed)) for one in found), (
                f"{name} does not need to be on the list any more"
            )


@pytest.mark.parametrize("name", sorted(DOOR))
def test_who_opens_connections_asks_the_ledger(name: str) -> None:
    """Those below the door are handed a way to ask by it."""
    if name == "providers/ledger.py":
        return
    text = (ROOT / name).read_text("utf-8")
    assert "permit(" in text
    assert "record(" in text or name in ("providers/deadline.py", "providers/certificates.py")


SPARE = {"providers/servers/plex.py", "providers/servers/jellyfin.py"}
"""Servers that make themselves a session when they are given none, which ``main.py`` never does."""


def test_every_session_of_the_program_keeps_the_ledger() -> None:
    wrong = []
    for name, tree in modules():
        for node in ast.walk(tree):
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if called in ("ProviderSession", "AsyncProviderSession") and name not in SPARE:
                assert isinstance(node, ast.Call)
                if len(node.args) < 3 and "ledger" not in {keyword.arg for keyword in node.keywords}:
                    wrong.append(f"{name}:{node.lineno}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", ["plex", "jellyfin", "subsonic"])
def test_the_servers_that_are_opened_for_the_program_keep_its_ledger(kind: str, home_path: Path) -> None:
    ledger = NetworkLedger(reach="none")
    source = SourceSettings(id="s", kind=kind, name="Cellar", url="http://media.example:80", user="ada", account="1")
    server = main.open_server(find_home(home_path), source, "some-Token-0123456789", ledger)
    with closing(server), pytest.raises(ProviderOffline):
        server.identify()


# While it runs


class Watch:
    """Who was called, and by whom within the program."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.called: list[tuple[str, set[str]]] = []
        for name in ("connect", "connect_ex"):
            monkeypatch.setattr(socket.socket, name, self._watched(getattr(socket.socket, name)))

    def _watched(self, real):  # type: ignore[no-untyped-def]
        def connect(sock: socket.socket, address: object) -> object:
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                assert isinstance(address, tuple)
                self.called.append((str(address[0]), _files_on_the_way()))
            return real(sock, address)

        return connect

    def unaccounted(self, ledger: NetworkLedger) -> list[str]:
        """Calls that the ledger does not know, or that did not come through the door."""
        known = {row.host for row in ledger.fresh()}
        doors = {*DOOR, "aiohttp/connector.py"}
        return [host for host, files in self.called if host not in known or not files & doors]


def _files_on_the_way() -> set[str]:
    """The modules that are being carried out now: ours by their path, those of libraries by their last two names."""
    files, frame = set(), sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        inside = path.is_relative_to(ROOT) and ".venv" not in path.parts
        files.add(path.relative_to(ROOT).as_posix() if inside else "/".join(path.parts[-2:]))
        frame = frame.f_back  # type: ignore[assignment]
    return files


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_every_call_of_the_process_is_in_the_ledger(
    service: Service, watch: Watch, home_path: Path, tmp_path: Path
) -> None:
    ledger = NetworkLedger()
    with Library.open(find_home(home_path)) as library, service.start(None) as fake:
        fill(library, tmp_path / "films")
        with closing(service.client(fake, fake.url, ledger)) as client:
            client.read(library)
        assert watch.called
        assert watch.unaccounted(ledger) == []
        assert sum(row.requests for row in ledger.fresh()) == len(fake.requests)
        assert sum(row.sent for row in ledger.fresh()) > 0
        assert {row.purpose for row in ledger.fresh()} - {""}


def test_the_watch_sees_what_goes_past_the_door(watch: Watch) -> None:
    ledger = NetworkLedger()
    ledger.record("127.0.0.1", "", 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    assert watch.unaccounted(ledger) == ["127.0.0.1"]


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_offline_nobody_is_called(service: Service, watch: Watch, home_path: Path, tmp_path: Path) -> None:
    ledger = NetworkLedger(reach="none")
    with Library.open(find_home(home_path)) as library, service.start(None) as fake:
        fill(library, tmp_path / "films")
        far = fake.url.replace("127.0.0.1", "somewhere.example")
        with closing(service.client(fake, far, ledger)) as client, pytest.raises(ProviderOffline):
            client.read(library)
        assert (watch.called, fake.requests, ledger.fresh()) == ([], [], ())


def test_a_conversation_does_not_begin_with_who_turns_out_to_be_far(monkeypatch: pytest.MonkeyPatch) -> None:
    real = providers.ledger._reach_of_address
    far = {"127.0.0.1": Reach.INTERNET}
    monkeypatch.setattr(providers.ledger, "_reach_of_address", lambda text: far.get(text) or real(text))
    with FakePlex(make_world(1)) as fake:
        url = fake.url.replace("127.0.0.1", "localhost")
        ear = Ear("Cellar", url, {}, NetworkLedger(reach="home"), "", lambda _: [], lambda: None)
        with closing(listen(ear, Rhythm())) as heard, pytest.raises(ProviderOffline):  # type: ignore[type-var]
            for _ in heard:
                pass
        assert fake.requests == []
