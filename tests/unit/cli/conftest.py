from __future__ import annotations

import pytest

from tests.unit.cli.world import World


@pytest.fixture
def world(capsys: pytest.CaptureFixture[str]) -> World:
    """Commands over a demo library of a few titles."""
    return World(capsys)
