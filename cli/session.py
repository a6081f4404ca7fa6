"""What a command works with: the open library, and an engine over an up-to-date picture of it."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.output import Output
from cli.ports import Ports
from library import backups
from library.errors import StoreError
from library.home import Home, find_home
from library.library import Library
from library.logs import set_up_logging, take_down_logging
from library.progress import Job, Progress, Result, run
from library.secrets import Secrets, secret_of
from library.settings import DEMO_SOURCE, SourceSettings
from library.sources import MediaServer
from library.sync import scan

if TYPE_CHECKING:
    from pathlib import Path

    from recommender.engine import Engine
    from recommender.snapshot import Snapshot
    from recommender.trainer import TrainingPlan

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Call:
    """One call of the program on the command line. Typer hands it to every command.

    :param home_path: what ``--home`` said.
    :param log_destination: what writes the log file, from the moment that the home is known.
    """

    ports: Ports
    output: Output
    home_path: Path | None = None
    log_destination: logging.Handler | None = None

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Open the library for the length of a command.

        :raises StoreError: when it cannot be used.
        """
        home = find_home(self.home_path)
        if self.log_destination is None:
            self.log_destination = set_up_logging(home)
        library, recovered = backups.open_or_recover(home)
        with library:
            if recovered:
                self.output.note(recovered)
            try:
                yield Session(self.ports, self.output, library)
            finally:
                self._keep_contacts(library)

    def _keep_contacts(self, library: Library) -> None:
        """Keep who was contacted; the command has its answer by now, whether that works or not."""
        try:
            library.contacts.keep(self.ports.network)
        except StoreError as error:
            log.info("Who was contacted could not be kept: %s", error)

    def close(self) -> None:
        """Close the log file."""
        if self.log_destination is not None:
            take_down_logging(self.log_destination)
            self.log_destination = None


class Session:
    """The open library with what is around it, for one command and one thread."""

    def __init__(self, ports: Ports, output: Output, library: Library) -> None:
        self.ports = ports
        self.output = output
        self.library = library
        self.settings = library.settings.load()
        ports.network.reach = self.settings.network.reach

    @property
    def home(self) -> Home:
        """Where everything lies."""
        return self.library.home

    def token_of(self, source: SourceSettings) -> str | None:
        """The token of a source; ``None`` when it has none."""
        name = secret_of(source)
        return Secrets(self.home).get(name) if name else None

    @contextlib.contextmanager
    def server(self, source: SourceSettings, token: str | None = None) -> Iterator[MediaServer]:
        """The media server of a source, with its stored token unless another one is given."""
        with closing(self.ports.open_server(self.home, source, token or self.token_of(source))) as server:
            yield server

    def fill_if_bare(self) -> None:
        """Bring the demo library in when nothing is configured and nothing is there."""
        if self.settings.sources or self.library.items.count():
            return
        with self.server(DEMO_SOURCE) as server:
            self.drive(scan(self.library, server, DEMO_SOURCE))
        self.output.note(
            "Nothing is configured yet, so this is the demo library. Add your own with: homereel scan --help"
        )

    def engine(self) -> Engine:
        """The engine over all that is in the library now; texts that were never read are left to ``scan``."""
        from recommender.engine import Engine

        self.fill_if_bare()
        return Engine(self.library, self.snapshot(), self.settings)

    def snapshot(self) -> Snapshot:
        """The saved picture of the library, or a new one when the library has changed since."""
        from recommender.snapshot import load_snapshot
        from recommender.trainer import Published, refresh

        plan = self.plan()
        saved = load_snapshot(self.home.snapshot, plan.weights)
        if saved is not None and saved.revision == self.library.items.revision():
            return saved
        with self.output.progress() as report, closing(refresh(self.library, plan, saved)) as job:
            while True:
                try:
                    step = next(job)
                except StopIteration as end:
                    fresh: Snapshot = end.value
                    return fresh
                report(step)
                if isinstance(step, Published) and step.snapshot is not None:
                    return step.snapshot

    def plan(self, whole: bool = False) -> TrainingPlan:
        """How the picture is built: with all that can be learned, or only as far as the texts."""
        from recommender.trainer import TrainingPlan
        from recommender.weights import load_weights

        model = self.settings.text_model.name
        threads = os.cpu_count() or 1
        return TrainingPlan(
            model,
            lambda: self.ports.load_encoder(model, threads),
            load_weights(),
            save_to=self.home.snapshot,
            load_networks=(lambda: self.ports.load_networks(self.home, threads)) if whole else None,
            threads=threads,
        )

    def drive(self, job: Job[Result]) -> Result:
        """Run a job to its end with a bar on stderr; what it tells goes into the log as well."""
        with self.output.progress() as show:

            def report(step: Progress) -> None:
                show(step)
                if step.failure:
                    log.warning("%s", step.failure)
                elif step.message:
                    log.info("%s", step.message)

            return run(job, report)
