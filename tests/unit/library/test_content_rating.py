from __future__ import annotations

import pytest

from library.content_rating import least_age


@pytest.mark.parametrize(
    ("mark", "age"),
    [
        ("PG-13", 13),
        ("R", 17),
        ("TV-MA", 17),
        ("TV-Y7-FV", 7),
        ("G", 0),
        ("Rated R", 17),
        ("FSK 16", 16),
        ("de/12", 12),
        ("gb/15", 15),
        ("12A", 12),
        ("U", 0),
        ("16+", 16),
        ("MA15+", 15),
        ("Tous publics", 0),
        ("Not Rated", None),
        ("1994", None),
        ("", None),
        (None, None),
    ],
)
def test_marks_of_many_boards_are_read(mark: str | None, age: int | None) -> None:
    assert least_age(mark) == age
