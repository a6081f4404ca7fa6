"""What the forms of all media servers share: an address, the connection test, and the libraries to use."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtWidgets import QWidget

from gui import jobs
from gui.file_jobs import try_files
from gui.jobs import Answer
from gui.ports import Ports
from gui.source_actions import SourceActions
from gui.tabs.configuration.files_here import FilesHere
from gui.tabs.configuration.parts import CheckedField, Verdict, say
from gui.tabs.configuration.rehearsal_line import RehearsalLine
from gui.tabs.configuration.source_card import LibraryChooser, another_server, answer_words
from gui.tabs.configuration.source_form import NOT_TESTED, SourceForm
from gui.tabs.configuration.trust import TrustQuestion
from gui.widgets.buttons import Button
from gui.worker import Ticket
from library.errors import AppError, ProviderDenied, ProviderUntrusted
from library.path_maps import PathMap
from library.settings import SourceKind, SourceSettings


class ServerForm(SourceForm):
    """A form for one media server: everything is checked while one types, and tested before it is kept.

    A subclass lays out its fields with :meth:`_lay_out`, and says what its credentials are. What was typed since a question
    was asked makes the answer worthless, so that only what was tested can be kept; when a server is changed, its name alone
    can be changed without a test.

    :param kind: of the source, with the name that the server gets while nobody knows a better one.
    """

    def __init__(
        self,
        actions: SourceActions,
        ports: Ports,
        kind: tuple[SourceKind, str, str],
        source: SourceSettings | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.kind, self.usual_name, example = kind
        super().__init__(actions, f"Add a {self.usual_name} server", source, parent)
        self._ports = ports
        self._asking: Ticket | None = None
        self._answer: Answer | None = None
        self._tested: tuple[str, ...] = ()
        self.address = CheckedField("Address", self._check_address, example)
        self.suggestion = Button("", "link", self)
        self.suggestion.hide()
        self.suggestion.clicked.connect(self._take_suggestion)
        self.test = Button("Test connection", "", self)
        self.chooser = LibraryChooser(self)
        self.rehearsal = RehearsalLine(self)
        self.rehearsal.wanted.connect(self._rehearse)
        self.trust = TrustQuestion(self)
        self.trust.trusted.connect(self._trust)
        self.files = FilesHere(self._ask_for_files, () if source is None else source.path_maps, self)
        self._trusted = ("", "") if source is None else (source.url, source.fingerprint)
        if source is not None:
            self.address.field.setText(source.url)

    # What a subclass says

    def credentials(self) -> tuple[CheckedField, ...]:
        """The fields of the credentials; the last one is told when the server refuses them."""
        return ()

    def typed_credentials(self) -> tuple[str, ...]:
        """What stands in them, put in order; what is unchanged since the source was kept is empty."""
        return tuple(field.value for field in self.credentials())

    def secret(self) -> str | None:
        """The token or password to test and to keep; ``None`` for the one that is kept already."""
        return None

    def described(self, source: SourceSettings) -> SourceSettings:
        """The source with what this kind of server knows besides its address, such as the user's name."""
        return source

    def ask(self) -> Ticket:
        """Ask the server who it is with what was typed; succeeds with an ``Answer``."""
        return self._actions.ask(self._source_now(self.usual_name), self.secret())

    # Building

    def _connect(self) -> None:
        """Follow the fields; called when the subclass has made all of its own."""
        self.body.insertWidget(self.body.indexOf(self.verdict), self.trust)
        self.body.insertWidget(self.body.indexOf(self.chooser) + 1, self.rehearsal)
        self.body.insertWidget(self.body.indexOf(self.rehearsal) + 1, self.files)
        self.files.edited.connect(self._edited)
        self.name.edited.connect(self._edited)
        for field in (self.address, *self.credentials()):
            field.edited.connect(self._edited)
            field.field.returnPressed.connect(self._test)
        self.test.clicked.connect(self._test)
        self.save.clicked.connect(self._save)
        self._edited()

    # Checking

    def _check_address(self, text: str) -> Verdict:
        checked = self._ports.check_url(text, self.kind)
        if checked.problem:
            return Verdict(False, f"{checked.problem} {checked.hint}".strip())
        return Verdict(True, checked.hint)

    @property
    def usable(self) -> bool:
        """Whether what was typed can be tested."""
        return self.address.usable and all(field.usable for field in self.credentials())

    def _edited(self) -> None:
        suggestion = self._ports.check_url(self.address.value, self.kind).suggestion if self.address.value else ""
        self.suggestion.setText(f"Use {suggestion}")
        self.suggestion.setAccessibleName(f"Use {suggestion}")
        self.suggestion.setVisible(bool(suggestion))
        self.test.setEnabled(self.usable)
        if self._tested != self._typed():
            self._answer = None
            self.chooser.hide()
            self.trust.hide()
            say(self.verdict, "")
        known = self._answer is not None or self._same_server()
        chosen = self._answer is None or self.chooser.any_checked()
        self.files.setVisible(known)
        others = any(source.kind != "demo" for source in self._actions.shown())
        self.rehearsal.offer(others and self._answer is not None and self._source is None)
        self.save.setEnabled(self.usable and self.files.usable and self._name_is_fine() and known and chosen)
        self.save.setToolTip("" if known or not self.usable else NOT_TESTED)

    @property
    def url(self) -> str:
        """The address in order."""
        return self._ports.check_url(self.address.value, self.kind).url

    @property
    def fingerprint(self) -> str:
        """Of the certificate that is trusted although nobody vouches for it; it holds for the address it was shown at."""
        url, fingerprint = self._trusted
        return fingerprint if url == self.url else ""

    def _typed(self) -> tuple[str, ...]:
        return self.url, *self.typed_credentials()

    def _same_server(self) -> bool:
        """Whether neither address nor credentials are others than those that were kept before."""
        return self._source is not None and self.url == self._source.url and not any(self.typed_credentials())

    def _take_suggestion(self) -> None:
        self.address.field.setText(self._ports.check_url(self.address.value, self.kind).suggestion)
        self.address.field.setFocus()

    # Testing

    def _test(self) -> None:
        if not self.usable:
            for field in (self.address, *self.credentials()):
                field.check_now()
            return
        if self._asking is not None and not self._asking.over:
            return
        asked = self._typed()
        self.trust.hide()
        say(self.verdict, f"Asking {self.url} …", "note")
        self.test.setEnabled(False)
        self._asking = self.ask()
        self._asking.succeeded.connect(lambda answer: self._answered(asked, answer))
        self._asking.failed.connect(lambda error: self._refused(asked, error))
        self._asking.ended.connect(self._end_test)

    def _end_test(self) -> None:
        if not self._left:
            self.test.setEnabled(self.usable)

    def _answered(self, asked: tuple[str, ...], answer: Answer) -> None:
        if self._left or asked != self._typed():
            return  # something else was typed since
        for field in (self.address, *self.credentials()):
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

    def _refused(self, asked: tuple[str, ...], error: AppError) -> None:
        if self._left or asked != self._typed():
            return
        say(self.verdict, "")
        denied = isinstance(error, ProviderDenied) and self.credentials()
        (self.credentials()[-1] if denied else self.address).show_problem(str(error))
        if isinstance(error, ProviderUntrusted) and error.fingerprint:
            self._tested = asked
            self.trust.ask_about(error)

    def _rehearse(self) -> None:
        """Look which titles are known already, with the libraries that are chosen now."""
        source = replace(self._source_now(self.usual_name), libraries=self.chooser.keys())
        task = jobs.rehearse_source(source, self.secret())
        self.rehearsal.follow(self._actions.wait_for(f"Comparing with {source.name}", task))

    def _trust(self, fingerprint: str) -> None:
        """Trust this one certificate at this address, and go on with the test."""
        self._trusted = (self.url, fingerprint)
        self._test()

    # Keeping

    def _source_now(self, name: str) -> SourceSettings:
        """The source as the form describes it."""
        if self._source is not None:
            name = self.name.value or self._source.name
            source = replace(self._source, name=name, url=self.url, fingerprint=self.fingerprint)
        else:
            source = SourceSettings(
                id=self._actions.new_id(self.kind),
                kind=self.kind,
                name=name,
                url=self.url,
                fingerprint=self.fingerprint,
            )
        return self.described(replace(source, path_maps=self.files.texts()))

    def _ask_for_files(self, maps: tuple[PathMap, ...]) -> Ticket:
        source = self._source_now(self.usual_name)
        return self._actions.wait_for(f"Looking for the files of {source.name}", try_files(source, self.secret(), maps))

    def leave(self) -> None:
        """Look for nothing any more."""
        super().leave()
        self.files.leave()
        self.rehearsal.leave()

    def _save(self) -> None:
        source = self._source_now((self._answer.identity.name if self._answer else "") or self.usual_name)
        if self._answer is not None:
            source = replace(source, libraries=self.chooser.keys())
        self._keep(source, self.secret())
