"""The keys of the catalogues: each is tried before it is kept, and both can be left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, PanelCard, Verdict, row, say, words
from gui.while_there import while_there
from gui.widgets.buttons import Button
from gui.worker import Task, Workplace
from library.enrich import SECRETS
from library.errors import AppError
from library.progress import Job, Progress
from library.secrets import Secrets
from library.settings import Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """One catalogue, and what a person should know before they get a key."""

    id: str
    name: str
    good_for: str
    where: str


KINDS = (
    Kind(
        "tmdb",
        "TMDB",
        "Keywords, people, similar titles and pictures of films and shows.",
        "A key is free: themoviedb.org, Settings, API; either of the two there will do.",
    ),
    Kind(
        "tvdb",
        "TVDB",
        "Knows shows best: their seasons, orders and people.",
        "Keys come from thetvdb.com; that of a subscriber has a PIN as well.",
    ),
)


class CatalogKeys(QWidget):
    """A card for each catalogue."""

    def __init__(
        self, ports: Ports, actions: SourceActions, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ports = ports
        self._actions = actions
        self._preferences = preferences
        self.cards: dict[str, CatalogCard] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for kind in KINDS:
            card = CatalogCard(kind)
            card.wanted.connect(lambda key, pin, card=card: self._try(card, key, pin))
            self.cards[kind.id] = card
            layout.addWidget(card, 1)
        preferences.changed.connect(self._show)
        self._show(preferences.settings)

    def _show(self, settings: Settings) -> None:
        for name, card in self.cards.items():
            card.show_use(bool(getattr(settings.catalogs, name)))

    def _try(self, card: CatalogCard, key: str, pin: str) -> None:
        card.wait()
        task = check_and_keep(self._ports, card.kind.id, key, pin)
        ticket = self._actions.wait_for(f"Asking {card.kind.name}", task)
        ticket.succeeded.connect(lambda _: switch_on(self._preferences, self._actions, card.kind.id))
        ticket.succeeded.connect(while_there(card, card.accept))
        ticket.failed.connect(card.refuse)


class CatalogCard(PanelCard):
    """One catalogue: what it is good for, its key, and whether that was taken.

    Signals: ``wanted(key, pin)``.
    """

    wanted = pyqtSignal(str, str)

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.key = CheckedField(f"Key for {kind.name}", _check_key, "Paste it here")
        self.key.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.pin = CheckedField("PIN", _check_pin, "if any")
        if not SECRETS[kind.id][1]:
            self.pin.hide()
        self.test = Button("Test and use it", "", self)
        self.test.setAccessibleName(f"Test and use the key for {kind.name}")
        self.told = words("", "note")
        self.told.hide()
        self.body.addWidget(words(f"Ask {kind.name} about titles", "heading"))
        self.body.addWidget(words(f"{kind.good_for} {kind.where}", "note"))
        self.body.addStretch(1)
        fields = row(spacing=12)
        fields.addWidget(self.key, 3)
        fields.addWidget(self.pin, 1)
        self.body.addLayout(fields)
        self.body.addLayout(row(self.test, 1))
        self.body.addWidget(self.told)
        self.key.edited.connect(self._refresh)
        for field in (self.key, self.pin):
            field.field.returnPressed.connect(self.test.click)
        self.test.clicked.connect(lambda: self.wanted.emit(self.key.value, self.pin.value))
        self._refresh()

    def show_use(self, used: bool) -> None:
        """Say whether there is a key already."""
        self.key.field.setPlaceholderText(
            "It is in use. Paste another one here to replace it." if used else "Paste it here"
        )

    def wait(self) -> None:
        """It is being tried."""
        self.test.setEnabled(False)
        say(self.told, f"Asking {self.kind.name} …", "note")

    def accept(self, sentence: str) -> None:
        """It was taken, and is kept."""
        self.key.field.clear()
        self.pin.field.clear()
        say(self.told, f"{sentence} It is kept and in use." if sentence else "The key is kept and in use.", "good")
        self._refresh()

    def refuse(self, error: AppError) -> None:
        """It cannot be used."""
        say(self.told, str(error), "problem")
        self._refresh()

    def _refresh(self) -> None:
        self.test.setEnabled(self.key.usable)


def switch_on(preferences: Preferences, actions: SourceActions, name: str) -> None:
    """Ask a catalogue from now on, whether or not anybody still looks at its card."""
    try:
        preferences.change(catalogs=replace(preferences.settings.catalogs, **{name: True}))
    except AppError as error:
        actions.went_wrong.emit(error)


def check_and_keep(ports: Ports, name: str, key: str, pin: str) -> Task:
    """Try a key, and put it where secrets lie when it is taken; succeeds with what the catalogue said."""

    def job(workplace: Workplace) -> Job[str]:
        yield Progress("Asking whether the key is good")
        sentence = ports.check_catalog(name, key, pin)
        secrets, (key_name, pin_name) = Secrets(workplace.home), SECRETS[name]
        secrets.put(key_name, key)
        if pin_name and pin:
            secrets.put(pin_name, pin)
        elif pin_name:
            secrets.delete(pin_name)
        return sentence

    return job


def _check_key(text: str) -> Verdict:
    text = text.strip()
    if not text:
        return Verdict(False)
    if not text.isascii() or not text.isprintable() or " " in text:
        return Verdict(False, "This does not look like a key: it has letters and digits only.")
    return Verdict(True)


def _check_pin(text: str) -> Verdict:
    return Verdict(True)
