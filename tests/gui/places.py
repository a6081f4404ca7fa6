"""What window tests stand on: a home, ports that lead to fakes on this computer, a training process without torch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gui.ports import Ports
from library.home import Home
from library.settings import SourceSettings
from library.sources import MediaServer
from main import window_ports

LEARN_QUICKLY = Path(__file__).with_name("learn_quickly.py")


def make_home(path: Path) -> Home:
    home = Home(path)
    for directory in (home.path, home.backups, home.snapshot, home.posters, home.logs):
        directory.mkdir(mode=0o700, exist_ok=True)
    return home


def quick_ports(home: Home, **changes: object) -> Ports:
    """The program's own ports, with a training process that makes its vectors up."""
    ports = replace(window_ports(home), trainer_command=quick_trainer, check_text_model=check_model)
    return replace(ports, **changes)  # type: ignore[arg-type]


def quick_trainer(home: Home) -> Sequence[str]:
    return (sys.executable, str(LEARN_QUICKLY), str(home.path))


def check_model(name: str) -> str:
    return "" if name == "all-MiniLM-L6-v2" or "model" in name else f"“{name}” is not on this computer."


@dataclass
class FakeServer:
    """Wraps a real server to count, and to do something before each answer."""

    real: MediaServer
    before: Callable[[str], None] = lambda _: None
    closed: int = 0
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        self.before(name)
        return getattr(self.real, name)

    def close(self) -> None:
        self.closed += 1
        self.real.close()


def demo_source() -> SourceSettings:
    return SourceSettings(id="demo", kind="demo", name="Demo library")
