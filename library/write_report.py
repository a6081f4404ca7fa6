"""What came of writing to servers, in numbers and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class WriteReport:
    """What came of an action.

    :param done: ids of the entries that were written; ``batch`` is their number in the journal.
    :param skipped: sentences about what was so already, or may not be written; ``failed`` about what went wrong.
    :param untried: how many were not tried, since the server was gone; ``gone`` says why.
    """

    batch: int | None = None
    done: list[int] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    untried: int = 0
    gone: str = ""

    @property
    def sentence(self) -> str:
        """The result in one line, as the person reads it."""
        parts = [f"{len(self.done):,} written"] if self.done or not (self.skipped or self.failed) else []
        parts += [f"{len(self.skipped):,} left as they are"] if len(self.skipped) > 1 else []
        parts += [f"{len(self.failed):,} failed"] if len(self.failed) > 1 else []
        parts += [f"{self.untried:,} not tried"] if self.untried else []
        alone = [sentences[0] for sentences in (self.skipped, self.failed) if len(sentences) == 1]
        return " ".join(filter(None, (f"{', '.join(parts).capitalize()}." if parts else "", *alone, self.gone)))


def together(reports: Sequence[WriteReport]) -> WriteReport:
    """What came of an action that wrote to several servers."""
    whole = WriteReport(batch=reports[0].batch if reports else None)
    for report in reports:
        whole.done += report.done
        whole.skipped += report.skipped
        whole.failed += report.failed
        whole.untried += report.untried
        whole.gone = " ".join(filter(None, (whole.gone, report.gone)))
    return whole
