"""The Configuration tab: a list of sections on the left, all of them in one page on the right."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gui.ports import Ports
from gui.preferences import Preferences
from gui.source_actions import SourceActions
from gui.tabs.configuration.catalogs import CatalogsSection
from gui.tabs.configuration.learning import ModelSection, TextModelSection, TrainingSection
from gui.tabs.configuration.network import NetworkSection
from gui.tabs.configuration.parts import WIDEST, Section
from gui.tabs.configuration.past import PastSection
from gui.tabs.configuration.people import PeopleSection
from gui.tabs.configuration.recommending import BlockedSection, RecommendationsSection
from gui.tabs.configuration.rules import RulesSection
from gui.tabs.configuration.sources import SourcesSection
from gui.tabs.configuration.storage import AppearanceSection, DataSection
from gui.tabs.configuration.wishes import WishesSection
from gui.tabs.configuration.writing import WritingSection
from gui.theme import Theme
from gui.widgets.buttons import Button, set_look
from library.home import Home

ABOVE = 16  # room above a section that was gone to


@dataclass(frozen=True, slots=True)
class Setting:
    """What the tab is made from."""

    home: Home
    ports: Ports
    preferences: Preferences
    actions: SourceActions
    theme: Theme


class ConfigurationTab(QWidget):
    """All settings. Each takes effect when it is made; nothing needs a restart.

    Its sections are attributes; whoever owns the tab connects their signals.
    """

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        preferences, theme = setting.preferences, setting.theme
        self.sources = SourcesSection(setting.actions, setting.ports, theme, preferences)
        self.catalogs = CatalogsSection(preferences, setting.ports, setting.actions, theme)
        self.writing = WritingSection(preferences)
        self.people = PeopleSection()
        self.past = PastSection()
        self.recommendations = RecommendationsSection(preferences)
        self.wishes = WishesSection()
        self.rules = RulesSection(preferences)
        self.blocked = BlockedSection()
        self.model = ModelSection()
        self.training = TrainingSection(preferences, theme)
        self.text_model = TextModelSection(preferences, setting.ports)
        self.network = NetworkSection(preferences)
        self.data = DataSection(setting.home)
        self.appearance = AppearanceSection(preferences)
        self.sections: tuple[Section, ...] = (
            self.sources,
            self.catalogs,
            self.people,
            self.writing,
            self.past,
            self.recommendations,
            self.wishes,
            self.rules,
            self.blocked,
            self.model,
            self.training,
            self.text_model,
            self.network,
            self.data,
            self.appearance,
        )
        self._theme = theme
        self._links: list[Button] = []
        self._scroll = QScrollArea(self)
        self._arrange()
        self._going_to: Section | None = None
        bar = self._scroll.verticalScrollBar()
        assert bar is not None
        self._bar = bar
        bar.valueChanged.connect(self._scrolled)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show_form)
        self.sources.form_opened.connect(self._soon.start)
        theme.changed.connect(self._size_side)
        self._mark(self.sources)

    def go_to(self, section: Section) -> None:
        """Scroll to a section."""
        self._going_to = section
        self._bar.setValue(min(section.y() - ABOVE, self._bar.maximum()))
        self._going_to = None
        self._mark(section)

    def current_section(self) -> str:
        """The title of the section that is marked in the list."""
        return next((link.text() for link in self._links if link.property("chosen") == "true"), "")

    def _arrange(self) -> None:
        page = QWidget()
        page.setObjectName("scrolled")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 16, 24, 32)
        column.setSpacing(32)
        for section in self.sections:
            section.setMaximumWidth(WIDEST)
            column.addWidget(section)
        column.addStretch(1)
        self._scroll.setWidget(page)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName("Settings")
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(24, 16, 0, 16)
        side.setSpacing(2)
        for section in self.sections:
            side.addWidget(self._link(section))
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(32)
        layout.addWidget(self._side)
        self._size_side()
        layout.addWidget(self._scroll, 1)

    def _size_side(self) -> None:
        """As wide as the longest title when it is the chosen one, so that nothing moves when another is chosen."""
        metrics = QFontMetrics(self._theme.font(weight=600))
        longest = max(metrics.horizontalAdvance(section.title) for section in self.sections)
        self._side.setFixedWidth(24 + longest + 4 + 2 * 13)

    def _link(self, section: Section) -> Button:
        link = Button(section.title, "side", self)
        link.setAccessibleName(f"Go to {section.title}")
        link.clicked.connect(lambda: self.go_to(section))
        self._links.append(link)
        return link

    def _mark(self, section: Section) -> None:
        for link, known in zip(self._links, self.sections, strict=True):
            set_look(link, "chosen", "true" if known is section else "false")

    def _scrolled(self, value: int) -> None:
        if self._going_to is not None:
            return
        top = [section for section in self.sections if section.y() <= value + 40]
        self._mark(top[-1] if top else self.sections[0])

    def _show_form(self) -> None:
        form = self.sources.form
        if form is not None:
            self._scroll.ensureWidgetVisible(form, 0, 24)
