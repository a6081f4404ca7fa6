"""An open library in this test's own directory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.home import Home, find_home
from library.library import Library


@pytest.fixture
def home() -> Home:
    return find_home()


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    with Library.open(home) as opened:
        yield opened
