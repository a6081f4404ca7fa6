"""The log file."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from library.errors import StoreUnavailable
from library.home import Home
from library.logs import log_file, set_up_logging, take_down_logging

log = logging.getLogger("library.test")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    logging.captureWarnings(False)


def test_what_is_logged_is_written_without_secrets_for_the_owner_alone(home: Home, expected_logs) -> None:
    expected_logs("went wrong")
    destination = set_up_logging(home)
    log.info("Asking %s", "http://host/?X-Plex-Token=abcdef12")
    try:
        raise RuntimeError("Authorization: Bearer abcdef12")
    except RuntimeError:
        log.exception("Something went wrong")
    log.debug("not this")
    take_down_logging(destination)
    log.info("nor this")
    text = log_file(home).read_text("utf-8")
    assert "Asking http://host/?X-Plex-Token=" in text
    assert "RuntimeError" in text
    assert "abcdef12" not in text
    assert "this" not in text
    assert log_file(home).stat().st_mode & 0o777 == 0o600


def test_the_file_is_turned_over_when_it_is_full(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.logs.LARGEST_BYTES", 2000)
    destination = set_up_logging(home)
    for number in range(300):
        log.info("Line %d of a long story", number)
    take_down_logging(destination)
    files = sorted(home.logs.iterdir())
    assert len(files) == 6
    assert all(path.stat().st_size <= 2000 for path in files)
    assert "Line 299" in log_file(home).read_text("utf-8")


def test_names_in_an_odd_encoding_can_be_logged(home: Home) -> None:
    destination = set_up_logging(home)
    log.info("Reading %s", "caf\udce9.mkv")
    take_down_logging(destination)
    assert "caf" in log_file(home).read_text("utf-8")


def test_a_place_that_cannot_be_written_is_said(home: Home) -> None:
    log_file(home).mkdir()
    with pytest.raises(StoreUnavailable, match="log file"):
        set_up_logging(home)
