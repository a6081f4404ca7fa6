"""The window's start: what is needed for the first recommendation first, everything else after it was painted."""

from __future__ import annotations

from gui.ports import Ports
from library.home import Home

__all__ = ["Ports", "run"]


def run(home: Home, ports: Ports) -> int:
    """Open the window on the library of ``home`` and return the exit status when it is closed."""
    raise SystemExit(f"{home} {ports}")
