"""The menu "On the server": what can be written about a title, or a list of titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from gui.models import RATING_WORDS

HEADING = "On the server"
READ_ONLY = "Homereel only reads from your servers"
NOTHING_HERE = "No server that can be written to has this title"


@dataclass(frozen=True, slots=True)
class ServerOffer:
    """What the menu is to offer.

    :param allowed: else it explains itself, with the way to the switch.
    :param given: what the person gave the title here.
    :param starred: it has a star there, as far as is known.
    :param named: the server says which title of Plex's catalogue it is.
    :param listed: what the list is called, such as "Up next"; empty where there is none.
    """

    allowed: bool = False
    rating: bool = False
    given: float | None = None
    watched: bool = False
    star: bool = False
    starred: bool = False
    watchlist: bool = False
    named: bool = False
    collection: bool = False
    listed: str = ""


class ServerMenu(QMenu):
    """Filled anew whenever it opens.

    Signals: ``acted(str)``: "rate:8", "clear rating", "watched", "star", "unstar", "watchlist", "unlist", "collection",
    "list" or "allow".

    :param offer: asked when it opens.
    """

    acted = pyqtSignal(str)

    def __init__(self, offer: Callable[[], ServerOffer], parent: QWidget | None = None) -> None:
        super().__init__(HEADING, parent)
        self._offer = offer
        self.setAccessibleName(HEADING)
        self.rates = QMenu("Rate it there", self)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Offer what can be done now."""
        offer = self._offer()
        self.clear()
        self.rates.clear()
        if not offer.allowed:
            self._line(READ_ONLY, "").setEnabled(False)
            self._line("Allow writing…", "allow")
            return
        if offer.rating:
            self._add_rating(offer)
        for wanted, text, name in (
            (offer.watched, "Mark as watched…", "watched"),
            (offer.star and not offer.starred, "Star it…", "star"),
            (offer.star and offer.starred, "Take the star away…", "unstar"),
            (offer.watchlist, "Add to my watchlist…", "watchlist"),
            (offer.watchlist and offer.named, "Take off my watchlist…", "unlist"),
            (offer.collection, "Add to a collection…", "collection"),
        ):
            if wanted:
                self._line(text, name)
        if offer.listed:
            self.addSeparator()
            self._line(f"Save “{offer.listed}” as a playlist…", "list")
        if self.isEmpty():
            self._line(NOTHING_HERE, "").setEnabled(False)

    def lines(self) -> list[str]:
        """What the lines say."""
        return [action.text() for action in self.actions() if not action.isSeparator()]

    def choose(self, text: str) -> None:
        """Do what the line with this text does."""
        next(action for action in (*self.actions(), *self.rates.actions()) if action.text() == text).trigger()

    def _add_rating(self, offer: ServerOffer) -> None:
        if offer.given is not None:
            self._line(f"Put your {offer.given:g} there…", f"rate:{offer.given:g}")
        for value in range(10, 0, -1):
            action = QAction(f"{value}, {RATING_WORDS[value - 1]}", self.rates)
            action.triggered.connect(lambda _on, value=value: self.acted.emit(f"rate:{value}"))
            self.rates.addAction(action)
        self.addMenu(self.rates)
        self._line("Take the rating there away…", "clear rating")

    def _line(self, text: str, name: str) -> QAction:
        action = QAction(text.replace("&", "&&"), self)
        if name:
            action.triggered.connect(lambda _on: self.acted.emit(name))
        self.addAction(action)
        return action
