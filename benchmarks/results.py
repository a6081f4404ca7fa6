"""Where benchmark figures go, and the words they are printed in."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def write(name: str, figures: dict[str, Any], out: Path | None = None) -> Path:
    """Write figures as JSON beside facts about the machine, and return where."""
    path = out or RESULTS / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": sys.platform}
    path.write_text(json.dumps({"benchmark": name, "machine": machine, **figures}, indent=2) + "\n", encoding="utf-8")
    return path


def verdict(value: float, limit: float, unit: str) -> str:
    """A figure beside what was promised."""
    return f"{value:.3g} {unit} (promised: at most {limit:g} {unit}, {'kept' if value <= limit else 'NOT KEPT'})"
