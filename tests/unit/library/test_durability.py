"""What was acknowledged is there after kill -9, with another thread writing embeddings all the while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from library.feedback import Rating
from library.home import Home
from library.library import Library
from tests.unit.library.building import film

ROOT = Path(__file__).resolve().parents[3]

CHILD = """
import sys, threading, time
import numpy as np
from library.feedback import Rating
from library.home import find_home
from library.library import Library

home = find_home()

def train():
    with Library.open(home) as library:
        vector = np.ones(384, dtype=np.float32)
        while True:
            library.embeddings.put("m", {item_id: (str(time.time()), vector) for item_id in range(1, 201)})

threading.Thread(target=train, daemon=True).start()
with Library.open(home) as library:
    for number in range(100000):
        event_id = library.feedback.append(Rating(at=time.time(), item_id=1 + number % 200, value=1 + number % 10))
        sys.stdout.write(f"{event_id}\\n")
        sys.stdout.flush()
"""


def test_a_rating_survives_kill_9_while_the_trainer_writes(home: Home) -> None:
    with Library.open(home) as library:
        library.items.upsert("s", "l", [film(str(number), f"Film {number}") for number in range(200)])
    for acknowledged in (1, 7, 40, 90):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True, env=environment)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(acknowledged)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        last = max(int(line) for line in lines if line.endswith("\n"))
        with Library.open(home) as library:
            assert library.database.check() == []
            assert library.feedback.log(limit=1)[0].id >= last
            assert len(library.feedback.log()) == library.feedback.log(limit=1)[0].id


OTHER_PROGRAM = """
from library.home import find_home
from library.library import Library

with Library.open(find_home()) as library:
    library.feedback.log()
"""


def test_another_program_that_comes_and_goes_takes_nothing_away(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thread opens the library anew; none of that may give up the locks by which others see that it is in use."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    for checked_always in (0, 1_000_000_000):
        monkeypatch.setattr("library.database.CHECKED_ALWAYS_BYTES", checked_always)
        with Library.open(home) as window:
            window.items.upsert("s", "l", [film("1", "Film 1")])
            with Library.open(home):
                pass
            subprocess.run([sys.executable, "-c", OTHER_PROGRAM], env=environment, check=True)
            event_id = window.feedback.append(Rating(at=1.0, item_id=1, value=9.0))
            with Library.open(home) as reader:
                assert [event.id for event in reader.feedback.log(limit=1)] == [event_id]
