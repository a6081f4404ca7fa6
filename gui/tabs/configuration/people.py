"""The section of the household: who sits in front of it, and whose taste is kept apart from whose."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.tabs.configuration.parts import CheckedField, PanelCard, Question, Section, Verdict, row, say, words
from gui.widgets.buttons import Button
from library.feedback import LOCAL_USER
from library.settings import Profile, Settings

NOTE = (
    "Each person has ratings, wishes and a taste of their own, and nobody's is ever taken for another's. Whoever sits in front"
    " of it now is marked."
)
NOBODY_ELSE = (
    "So far it is only you. Somebody else in your house can have a taste of their own here. The people of a Plex home bring"
    " their ratings and what they have seen along: sign in with Plex at your server under Sources, and add them there."
)


class PeopleSection(Section):
    """A card for each person.

    Signals: ``chosen(str)`` with the id of who sits down; ``read_wanted(Profile)`` to read from the server again what a
    person rated and saw; ``removed(Profile)``, whose ratings stay; ``added(str)`` with the name of somebody new.
    """

    chosen = pyqtSignal(str)
    read_wanted = pyqtSignal(object)
    removed = pyqtSignal(object)
    added = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("People", NOTE, parent)
        self.cards: dict[str, PersonCard] = {}
        self._names: set[str] = set()
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self._alone = words(NOBODY_ELSE, "dim")
        self.name = CheckedField("Name", self._check_name, "What they are called")
        self.add = Button("Add somebody", "", self)
        self.verdict = words("", "note")
        self.verdict.hide()
        self.body.addLayout(self._list)
        self.body.addWidget(self._alone)
        self.body.addWidget(self.name)
        self.body.addLayout(row(self.add, 1))
        self.body.addWidget(self.verdict)
        self.name.edited.connect(lambda: self.add.setEnabled(self.name.usable))
        self.name.field.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self.add.setEnabled(False)

    def show_settings(self, settings: Settings) -> None:
        """Show the people there are."""
        people = everybody(settings)
        self._names = {person.name.casefold() for person in people}
        for person_id in [known for known in self.cards if known not in {person.id for person in people}]:
            card = self.cards.pop(person_id)
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        for person in people:
            if person.id not in self.cards:
                self.cards[person.id] = self._make_card(person)
            server = next((source.name for source in settings.sources if source.id == person.source_id), "")
            self.cards[person.id].show_person(person, sits=person.id == settings.people.active, server=server)
        self._alone.setVisible(len(people) == 1)

    def show_result(self, sentence: str, look: str = "note") -> None:
        """Say what came of something."""
        say(self.verdict, sentence, look)

    def _make_card(self, person: Profile) -> PersonCard:
        card = PersonCard(person)
        card.sit.clicked.connect(lambda: self.chosen.emit(card.person.id))
        card.read.clicked.connect(lambda: self.read_wanted.emit(card.person))
        card.sure.agreed.connect(lambda: self.removed.emit(card.person))
        self._list.addWidget(card)
        return card

    def _check_name(self, text: str) -> Verdict:
        name = " ".join(text.split())
        if not name:
            return Verdict(False, "The name is missing.")
        if name.casefold() in self._names:
            return Verdict(False, "Somebody here has this name already.")
        return Verdict(True)

    def _add(self) -> None:
        if self.name.usable:
            name = " ".join(self.name.value.split())
            self.name.field.clear()
            self.added.emit(name)


class PersonCard(PanelCard):
    """One person: who it is, whether they sit in front of it, and what can be done."""

    def __init__(self, person: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self._name = words("", "heading")
        self._about = words("", "dim")
        self.sit = Button("Sit down", "", self)
        self.read = Button("Read ratings again", "quiet", self)
        self.remove = Button("Remove", "quiet", self)
        self.sure = Question(self)
        self.remove.clicked.connect(self._ask)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self._name)
        column.addWidget(self._about)
        top = row()
        top.addLayout(column, 1)
        for button in (self.sit, self.read, self.remove):
            top.addWidget(button)
        self.body.addLayout(top)
        self.body.addWidget(self.sure)

    def show_person(self, person: Profile, sits: bool, server: str) -> None:
        """Show who it is now, whether they sit in front of it, and the name of the server that knows them, if one does."""
        self.person = person
        self._name.setText(person.name)
        if sits:
            about = "Sits in front of it now"
        elif server:
            about = f"From your Plex home, on {server}"
        elif person.source_id:
            about = "From a Plex home; its server is not among your sources any more"
        else:
            about = "Kept on this computer"
        self._about.setText(about)
        self.sit.setVisible(not sits)
        self.read.setVisible(bool(server))
        self.remove.setVisible(person.id != LOCAL_USER and not sits)
        for button, text in ((self.sit, "Sit down"), (self.read, "Read ratings again"), (self.remove, "Remove")):
            button.setAccessibleName(f"{text}: {person.name}")
        self.setAccessibleName(f"Person {person.name}")

    def about(self) -> str:
        """What is said about the person."""
        return self._about.text()

    def _ask(self) -> None:
        self.sure.ask(
            f"Take {self.person.name} off the list? What {self.person.name} rated stays in the library and counts again if"
            " they come back.",
            "Remove",
            "Keep",
        )


def everybody(settings: Settings) -> tuple[Profile, ...]:
    """The people there are; whoever set the program up comes first, under the name they gave or as "You"."""
    own = next((person for person in settings.profiles if person.id == LOCAL_USER), Profile(LOCAL_USER, "You"))
    return (own, *(person for person in settings.profiles if person.id != LOCAL_USER))
