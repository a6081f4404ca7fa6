"""Which titles belong to a season of the year, and when that is: nobody wants Christmas in July.

Told by words: a title that names the feast belongs to it; otherwise three of its keywords, its tagline and its overview must.
A thriller that merely happens at Christmas says so once or twice and stays all year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from library.items import Item

ENOUGH = 3  # signs outside the title


@dataclass(frozen=True, slots=True)
class Season:
    """A feast with the days around it.

    :param first: month and day on which its titles are welcome; ``last`` likewise, in the next year where it is earlier.
    """

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    words: re.Pattern[str]

    def is_on(self, day: date) -> bool:
        """Whether its titles are in season on a day."""
        today = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)


SEASONS = (
    Season(
        "Christmas",
        (11, 24),
        (1, 6),
        _words("christmas(?:es)?", "xmas", "santa clause?", "st\\.? nick", "noël", "weihnacht\\w*", "advent calendar"),
    ),
    Season("Halloween", (10, 10), (11, 2), _words("halloween", "trick or treat\\w*")),
    Season("Valentine's Day", (2, 1), (2, 15), _words("valentine['’]?s day", "galentine\\w*")),
    Season("Thanksgiving", (11, 10), (11, 30), _words("thanksgiving")),
    Season("Easter", (3, 15), (4, 30), _words("easter(?! (?:island|rising|europe))")),
)


def season_of(item: Item) -> int:
    """The number of the season that a title belongs to, from 1, or 0 for none."""
    texts = [item.tagline or "", item.overview or "", *item.keywords]
    for number, season in enumerate(SEASONS, 1):
        signs = sum(bool(season.words.search(text)) for text in texts)
        if signs >= ENOUGH or season.words.search(item.title):
            return number
    return 0
