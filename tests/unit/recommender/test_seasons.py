from __future__ import annotations

from datetime import date

import pytest

from library.items import Item, MediaKind
from recommender.seasons import SEASONS, season_of


def film(title: str, overview: str = "", keywords: tuple[str, ...] = (), tagline: str = "") -> Item:
    return Item(id=1, kind=MediaKind.MOVIE, title=title, overview=overview, keywords=keywords, tagline=tagline)


@pytest.mark.parametrize(
    ("item", "season"),
    [
        (film("A Christmas Carol"), "Christmas"),
        (film("Elf", "A man raised by Santa Claus looks for his father.", ("christmas", "santa claus")), "Christmas"),
        (film("Halloween II"), "Halloween"),
        (film("Easter Parade"), "Easter"),
        (film("Eastern Promises", keywords=("eastern europe",)), None),
        (film("Heist", "On Christmas Eve a bank is robbed.", ("christmas",)), None),
        (film("Easter Island", "Statues on Easter Island.", ("easter island",)), None),
        (film("Plain"), None),
    ],
)
def test_a_title_belongs_to_a_feast_when_it_says_so_often_enough(item: Item, season: str | None) -> None:
    number = season_of(item)
    assert (SEASONS[number - 1].name if number else None) == season


def test_christmas_goes_over_the_turn_of_the_year() -> None:
    christmas = SEASONS[0]
    assert christmas.is_on(date(2026, 12, 24))
    assert christmas.is_on(date(2027, 1, 2))
    assert not christmas.is_on(date(2026, 7, 24))
    assert not SEASONS[1].is_on(date(2026, 12, 24))
