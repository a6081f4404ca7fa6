"""A real Subsonic server, supysonic, as a process of its own that can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from library.settings import SignIn, SourceSettings
from providers.http import Patience, ProviderSession
from providers.servers.subsonic import SubsonicServer

USER, PASSWORD = "ada", "sesame-Password-42"
PATIENCE = Patience(connect=2, read=20, overall=40, pause=0.05)
_STARTING = 30.0
_SET_UP = """
import sys
from supysonic.cli import cli
from supysonic.config import IniConfig
from supysonic.db import init_database, release_database

config = IniConfig(["supysonic.conf"])
init_database(config.BASE["database_uri"])
user, password, *folders = sys.argv[1:]
commands = [["user", "add", user, "-p", password]]
for name, path in (pair.split("=", 1) for pair in folders):
    commands += [["folder", "add", name, path], ["folder", "scan", "--foreground", name]]
for command in commands:
    cli.main(command, obj=config, standalone_mode=False)
release_database()
"""
_SERVE = "from supysonic.server import main; main()"


class Supysonic:
    """The server; use it in a ``with`` block."""

    def __init__(self, where: Path, folders: Mapping[str, Path]) -> None:
        self._where = where
        self._folders = folders
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    def __enter__(self) -> Supysonic:
        self._where.mkdir(parents=True)
        database, cache, daemon = (self._where / name for name in ("supysonic.db", "cache", "daemon.sock"))
        text = (
            f"[base]\ndatabase_uri = sqlite:///{database}\nscanner_extensions = mp3 ogg opus flac m4a\n"
            f"[webapp]\ncache_dir = {cache}\nmount_webui = off\nlog_level = ERROR\n"
            f"[daemon]\nsocket = {daemon}\nrun_watcher = no\n"
        )
        (self._where / "supysonic.conf").write_text(text, encoding="utf-8")
        folders = [f"{name}={path}" for name, path in self._folders.items()]
        self._run([_SET_UP, USER, PASSWORD, *folders]).check_returncode()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def source(self, sign_in: SignIn = "legacy password") -> SourceSettings:
        return SourceSettings(id="s", kind="subsonic", name="Supysonic", url=self.url, user=USER, sign_in=sign_in)

    def server(self, sign_in: SignIn = "legacy password") -> SubsonicServer:
        """A new server object, as after a restart of the program."""
        return SubsonicServer(self.source(sign_in), PASSWORD, ProviderSession("Supysonic", PATIENCE))

    def start(self) -> None:
        """Start it, and wait until it takes calls."""
        arguments = ["-S", "waitress", "-h", "127.0.0.1", "-p", str(self._port)]
        with (self._where / "stderr").open("ab") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, *arguments],
                cwd=self._where,
                env=self._environment(),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        until = time.monotonic() + _STARTING
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 0.5):
                return
            time.sleep(0.05)
        raise AssertionError((self._where / "stderr").read_text(encoding="utf-8", errors="replace"))

    def kill(self) -> None:
        """End it in the middle of whatever it does (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-c", *arguments]
        return subprocess.run(
            command, cwd=self._where, env=self._environment(), check=False, stdout=subprocess.DEVNULL, timeout=600
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONWARNINGS": "ignore"}
