"""The form of a Plex server: everything is checked while one types, and tested before it is kept."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QLineEdit, QWidget

from gui.jobs import Answer
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.parts import CheckedField, Verdict, row, say, words
from gui.tabs.configuration.source_card import LibraryChooser, another_server, answer_words
from gui.tabs.configuration.source_form import NOT_TESTED, SourceForm
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError, ProviderDenied
from library.settings import SourceSettings

WHERE_TO_FIND_IT = (
    "To find the token, open any title in Plex Web, choose “Get Info” from its menu, then “View XML”. The address"
    " of the page that opens ends with X-Plex-Token= and the token. You may paste the whole address here."
)
SHORTEST_TOKEN = 8


class PlexForm(SourceForm):
    """Address and token of a Plex server, the connection test, and the libraries to use.

    When it changes a server, a token that is left empty stays what it is, and a name can be changed without a test.
    """

    def __init__(
        self, actions: SourceActions, ports: Ports, source: SourceSettings | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(actions, "Add a Plex server", source, parent)
        self._ports = ports
        self._asking: Ticket | None = None
        self._answer: Answer | None = None
        self._tested: tuple[str, str] = ("", "")
        self.address = CheckedField("Address", self._check_address, "http://192.168.1.20:32400")
        hint = "Paste it here" if source is None else "Leave it empty to keep the present one"
        self.token = CheckedField("Token", self._check_token, hint)
        self.token.field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.suggestion = Button("", "link", self)
        self.suggestion.hide()
        self.suggestion.clicked.connect(self._take_suggestion)
        self.test = Button("Test connection", "", self)
        self.chooser = LibraryChooser(self)
        self._build()
        if source is not None:
            self.address.field.setText(source.url)
        self.name.edited.connect(self._edited)
        for field in (self.address, self.token):
            field.edited.connect(self._edited)
            field.field.returnPressed.connect(self._test)
        self.test.clicked.connect(self._test)
        self.save.clicked.connect(self._save)
        self._edited()

    def first_field(self) -> CheckedField:
        """The address; of a server that is there already, the token: it is what ends sooner or later."""
        return self.address if self._source is None else self.token

    def _build(self) -> None:
        self.body.addWidget(self.address)
        self.body.addLayout(row(self.suggestion, 1))
        self.body.addWidget(self.token)
        self.body.addWidget(words(WHERE_TO_FIND_IT, "note"))
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.chooser)
        self.body.addLayout(row(self.test, self.save, self.cancel, 1))
        self._tab_through(self.address.field, self.suggestion, self.token.field, self.test)

    # Checking

    def _check_address(self, text: str) -> Verdict:
        checked = self._ports.check_url(text)
        if checked.problem:
            return Verdict(False, f"{checked.problem} {checked.hint}".strip())
        return Verdict(True, checked.hint)

    def _check_token(self, text: str) -> Verdict:
        token = self._ports.clean_token(text)
        if not token:
            return Verdict(False, "The token is missing.") if self._source is None else Verdict(True)
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
            return Verdict(False, "This does not look like a token: it is about 20 letters, digits and signs.")
        return Verdict(True)

    def _edited(self) -> None:
        usable = self.address.usable and self.token.usable
        suggestion = self._ports.check_url(self.address.value).suggestion if self.address.value else ""
        self.suggestion.setText(f"Use {suggestion}")
        self.suggestion.setAccessibleName(f"Use {suggestion}")
        self.suggestion.setVisible(bool(suggestion))
        self.test.setEnabled(usable)
        if self._tested != self._typed():
            self._answer = None
            self.chooser.hide()
            say(self.verdict, "")
        known = self._answer is not None or self._same_server()
        chosen = self._answer is None or self.chooser.any_checked()
        self.save.setEnabled(usable and self._name_is_fine() and known and chosen)
        self.save.setToolTip("" if known or not usable else NOT_TESTED)

    def _typed(self) -> tuple[str, str]:
        return self._ports.check_url(self.address.value).url, self._ports.clean_token(self.token.value)

    def _same_server(self) -> bool:
        """Whether neither address nor token are others than those that were kept before."""
        return self._source is not None and self._typed() == (self._source.url, "")

    def _take_suggestion(self) -> None:
        self.address.field.setText(self._ports.check_url(self.address.value).suggestion)
        self.address.field.setFocus()

    # Testing

    def _test(self) -> None:
        if not (self.address.usable and self.token.usable):
            self.address.check_now()
            self.token.check_now()
            return
        if self._asking is not None and not self._asking.over:
            return
        url, token = asked = self._typed()
        say(self.verdict, f"Asking {url} …", "note")
        self.test.setEnabled(False)
        self._asking = self._actions.ask(self._described("Plex"), token or None)
        self._asking.succeeded.connect(lambda answer: self._answered(asked, answer))
        self._asking.failed.connect(lambda error: self._refused(asked, error))
        self._asking.ended.connect(self._end_test)

    def _end_test(self) -> None:
        if not self._left:
            self.test.setEnabled(self.address.usable and self.token.usable)

    def _answered(self, asked: tuple[str, str], answer: Answer) -> None:
        if self._left or asked != self._typed():
            return  # something else was typed since
        for field in (self.address, self.token):
            field.check_now()
        self._answer, self._tested = None, asked
        self.chooser.hide()
        name = answer.identity.name
        if answer.another:
            say(self.verdict, another_server(answer), "problem")
        elif not answer.libraries:
            say(self.verdict, f"{name} answers, but it has no library of films, shows or music.", "problem")
        else:
            self._answer = answer
            say(self.verdict, f"{answer_words(answer)} Choose what to use:", "good")
            self.chooser.offer(answer.libraries, self._chosen_before(answer), with_buttons=False)
            for box in self.chooser.boxes():
                box.toggled.connect(self._edited)
        self._edited()

    def _chosen_before(self, answer: Answer) -> tuple[str, ...] | None:
        """The libraries that were chosen so far, as far as they are still there; ``None`` for all."""
        chosen = self._source.libraries if self._source is not None else None
        offered = [library.key for library in answer.libraries]
        return chosen if chosen is not None and any(key in offered for key in chosen) else None

    def _refused(self, asked: tuple[str, str], error: AppError) -> None:
        if self._left or asked != self._typed():
            return
        say(self.verdict, "")
        (self.token if isinstance(error, ProviderDenied) else self.address).show_problem(str(error))

    # Keeping

    def _described(self, name: str) -> SourceSettings:
        """The source as the form describes it."""
        url = self._typed()[0]
        if self._source is not None:
            return replace(self._source, name=self.name.value or self._source.name, url=url)
        return SourceSettings(id=self._actions.new_id("plex"), kind="plex", name=name, url=url)

    def _save(self) -> None:
        source = self._described((self._answer.identity.name if self._answer else "") or "Plex")
        if self._answer is not None:
            source = replace(source, libraries=self.chooser.keys())
        self._keep(source, self._typed()[1] or None)
