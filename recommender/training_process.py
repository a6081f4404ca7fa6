"""The training cycle as a process of its own, so that the window never shares Python's lock with torch.

    python -m recommender.training_process HOME [--threads N] [ITEM_ID ...]

runs one cycle on the library in HOME with so many threads, texts of the given items first, and writes one JSON object per line
to standard output:

    {"progress": {"step": ..., "done": ..., "total": ..., "message": ..., "failure": ...}}
    {"published": true}             a better snapshot lies in the snapshot directory
    {"failed": ..., "hint": ...}    the cycle ended with this sentence
    {"done": true}                  all there was to do is done

When its standard input is closed it ends at the next step: whoever started it wants that, or is gone. What it has done until
then is stored.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from library.errors import AppError, TrainingError
from library.home import Home
from library.library import Library
from library.progress import Progress
from recommender.snapshot import Snapshot, load_snapshot
from recommender.trainer import Published, TrainingPlan, refresh
from recommender.weights import load_weights

if TYPE_CHECKING:
    from encoders.text import TextEncoder
    from graph.networks.embeddings import Networks

NICENESS = 10


def _load_encoder(name: str, threads: int) -> TextEncoder:
    from encoders.text import load_text_encoder

    return load_text_encoder(name, threads)


def _load_networks(directory: Path, threads: int) -> Networks:
    from graph.networks.training import StoredNetworks

    return StoredNetworks(directory, threads)


@dataclasses.dataclass(frozen=True, slots=True)
class Tools:
    """What is heavy to load, and loaded only when it is needed.

    :param load_encoder: name and threads -> the text model.
    :param load_networks: directory of the checkpoints and threads -> the graph networks.
    """

    load_encoder: Callable[[str, int], TextEncoder] = _load_encoder
    load_networks: Callable[[Path, int], Networks] = _load_networks


def main(arguments: Sequence[str], tools: Tools | None = None) -> int:
    """Run one cycle and return the exit status.

    :param tools: the program's own unless a test brings others.
    """
    _step_back()
    stop = threading.Event()
    threading.Thread(target=_wait_for_end, args=(stop,), name="end of input", daemon=True).start()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the lines
    home, numbers, threads = Home(Path(arguments[0])), list(arguments[1:]), spare_threads()
    if numbers[:1] == ["--threads"]:
        threads, numbers = int(numbers[1]), numbers[2:]
    try:
        finished = _cycle(home, threads, [int(number) for number in numbers], tools or Tools(), out, stop)
    except AppError as error:
        _say(out, {"failed": error.message, "hint": error.hint})
        return 1
    if finished:
        _say(out, {"done": True})
    return 0


def _cycle(home: Home, threads: int, first: Sequence[int], tools: Tools, out: BinaryIO, stop: threading.Event) -> bool:
    """Drive the cycle; whether it came to its end."""
    weights = load_weights()
    previous = load_snapshot(home.snapshot, weights)
    with Library.open(home) as library:
        model = library.settings.load().text_model.name
        plan = TrainingPlan(
            model,
            lambda: tools.load_encoder(model, threads),
            weights,
            first=tuple(first),
            load_networks=lambda: tools.load_networks(home.networks, threads),
            threads=threads,
        )
        with contextlib.closing(refresh(library, plan, previous)) as job:
            while not stop.is_set():
                try:
                    step = next(job)
                except StopIteration as end:
                    if end.value is not previous:
                        _publish(end.value, home, out)
                    return True
                _say(out, {"progress": _plain(step)})
                if isinstance(step, Published) and step.snapshot is not None:
                    _publish(step.snapshot, home, out)
    return False


def spare_threads() -> int:
    """All cores but one: the one is for the window."""
    return max(1, (os.cpu_count() or 2) - 1)


def _publish(snapshot: Snapshot, home: Home, out: BinaryIO) -> None:
    try:
        snapshot.save(home.snapshot)
    except OSError as error:
        raise TrainingError(
            f"What was learned cannot be stored: {error.strerror or error}.", "Make room on the disk."
        ) from error
    _say(out, {"published": True})


def _plain(step: Progress) -> dict[str, object]:
    return {field.name: getattr(step, field.name) for field in dataclasses.fields(Progress)}


def _say(out: BinaryIO, message: dict[str, object]) -> None:
    """One line out; when nobody reads any more, the end of the input says so too."""
    with contextlib.suppress(BrokenPipeError):
        out.write(json.dumps(message).encode("ascii") + b"\n")
        out.flush()


def _wait_for_end(stop: threading.Event) -> None:
    """Read the standard input to its end. Not through ``sys.stdin``: its lock would be held when the process ends."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    stop.set()


def _step_back() -> None:
    """Give way to everything a person is looking at."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
