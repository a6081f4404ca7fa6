"""The Logs tab: what is logged on any thread appears, without secrets; filters, pause, copy, bounds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtGui import QDesktopServices, QGuiApplication

from gui.log_tail import MOST_LINES, LogTail
from gui.tabs.log_page import LogPage
from gui.theme import Theme


@pytest.fixture
def logger() -> logging.Logger:
    logger = logging.getLogger("homereel.test")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger


@pytest.fixture
def tail(logger: logging.Logger, qapp) -> Iterator[LogTail]:
    tail = LogTail()
    tail.start(logger)
    yield tail
    tail.stop(logger)


@pytest.fixture
def tab(tail: LogTail, theme: Theme, tmp_path: Path, qtbot) -> LogPage:
    tab = LogPage(tail, theme, tmp_path)
    qtbot.addWidget(tab)
    tab.show()
    return tab


def lines(tab: LogPage) -> list[str]:
    return tab.view.toPlainText().splitlines()


def test_lines_of_all_threads_appear_and_secrets_do_not(tab, tail, logger, qtbot) -> None:
    def work() -> None:
        logger.info("GET http://server/library?X-Plex-Token=%s", "abcdefghijklmnop")

    with qtbot.waitSignal(tail.added):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(lines(tab)) == 1
    assert "GET http://server/library" in lines(tab)[0]
    assert "abcdefghijklmnop" not in tab.view.toPlainText()
    assert tab.count.text() == "1 line"


def test_lines_that_come_fast_are_handed_over_in_batches(tab, tail, logger, qtbot) -> None:
    batches: list[int] = []
    tail.added.connect(lambda added: batches.append(len(added)))
    began = time.monotonic()
    for number in range(2000):
        logger.info("line %d", number)
    qtbot.waitUntil(lambda: sum(batches) == 2000)
    assert len(batches) <= 2 + 10 * (time.monotonic() - began)
    assert lines(tab)[-1].endswith("line 1999")


def test_only_the_newest_lines_are_kept(tab, tail, logger, qtbot) -> None:
    for number in range(MOST_LINES + 500):
        logger.info("line %d", number)
    qtbot.waitUntil(lambda: len(tail.lines) == MOST_LINES)
    assert tail.lines[0].text == "line 500"
    assert len(lines(tab)) == MOST_LINES
    assert tab.count.text() == f"{MOST_LINES:,} lines"


def test_levels_and_words_filter_what_is_shown_and_what_comes(tab, tail, logger, qtbot) -> None:
    logger.info("all is well")
    logger.warning("the disk is slow")
    logger.error("the disk is full")
    qtbot.waitUntil(lambda: len(lines(tab)) == 3)
    tab.level.setCurrentIndex(1)
    assert len(lines(tab)) == 2
    tab.search.setText("FULL")
    qtbot.waitUntil(lambda: len(lines(tab)) == 1)
    with qtbot.waitSignal(tail.added):
        logger.warning("the cup is full")
    assert len(lines(tab)) == 2
    tab.search.setText("nothing like it")
    qtbot.waitUntil(lambda: tab.empty.isVisible())
    assert tab.empty.text() == "No line fits the filter."
    tab.search.clear()
    tab.level.setCurrentIndex(0)
    qtbot.waitUntil(lambda: len(lines(tab)) == 4)


def test_details_are_left_out(tab, tail, logger, qtbot) -> None:
    logger.debug("a detail")
    with qtbot.waitSignal(tail.added):
        logger.info("a note")
    assert len(lines(tab)) == 1


def test_pausing_holds_the_view_and_loses_nothing(tab, tail, logger, qtbot) -> None:
    tab.pause.click()
    with qtbot.waitSignal(tail.added):
        logger.info("while paused")
    assert lines(tab) == []
    assert tab.pause.text() == "Go on"
    tab.pause.click()
    assert lines(tab)[0].endswith("while paused")


def test_copy_takes_the_selection_or_else_all(tab, tail, logger, qtbot) -> None:
    with qtbot.waitSignal(tail.added):
        logger.info("first")
        logger.info("second")
    with qtbot.waitSignal(tab.noticed):
        tab.copy.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text().count("\n") == 1
    cursor = tab.view.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(5, cursor.MoveMode.KeepAnchor)
    tab.view.setTextCursor(cursor)
    tab.copy.click()
    assert clipboard.text() == lines(tab)[0][:5]


def test_a_reader_who_scrolled_up_is_not_moved(tab, tail, logger, qtbot) -> None:
    tab.resize(700, 300)
    for number in range(200):
        logger.info("line %d", number)
    qtbot.waitUntil(lambda: len(lines(tab)) == 200)
    bar = tab.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(3)
    with qtbot.waitSignal(tail.added):
        logger.info("one more")
    assert bar.value() == 3


def test_the_folder_is_opened_or_named(tab, tmp_path, qtbot, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or False)
    with qtbot.waitSignal(tab.noticed) as answer:
        tab.open_folder.click()
    assert opened == [str(tmp_path)]
    assert str(tmp_path) in answer.args[0]


def test_tracebacks_keep_their_lines(tab, tail, logger, qtbot) -> None:
    with qtbot.waitSignal(tail.added):
        try:
            raise ValueError("token=abcdefghijkl")
        except ValueError:
            logger.exception("It failed")
    text = tab.view.toPlainText()
    assert "Traceback" in text
    assert "abcdefghijkl" not in text
