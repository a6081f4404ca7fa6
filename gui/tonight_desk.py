"""The work behind "Tonight": which title comes next, what was put off, and when to ask the one question."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from PyQt6.QtCore import QObject

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.models import SEPARATOR, Card, FilterChoice, kind_words, length_words, make_card, make_shelf_entry, playable
from gui.page_desk import PageDesk
from gui.theme import Theme
from gui.widgets.pages import PageText
from gui.widgets.tonight import TonightPage
from library.items import Item, MediaKind
from library.wishes import Direction, Subject, Wish
from recommender.engine import Filters
from recommender.tonight import Question

REFUSALS = 5
"""So many no's in a row, and it asks."""
AN_EVENING = 8 * 3600.0  # seconds after which another evening begins


@dataclass(slots=True)
class Evening:
    """What was said since the beginning; nothing of it is stored but the answers themselves.

    :param card: the title that is shown; ``accepted`` whether it was said yes to.
    :param refused: the no's in a row since the last question or any other answer.
    :param later: what was put off, oldest first; ``waiting`` what had to make room for one of these.
    :param aside: titles that do not come again this evening: a no, or chosen and then not taken after all.
    :param question: what is being asked now.
    """

    kind: MediaKind
    choice: FilterChoice
    touched: float
    card: int | None = None
    accepted: bool = False
    refused: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    aside: set[int] = field(default_factory=set)
    asked: frozenset[Subject] = frozenset()
    wishes: tuple[Wish, ...] = ()
    question: Question | None = None


class TonightDesk(PageDesk):
    """Owns the page and the evening. An evening that was left goes on where it was; it ends with "Done", or after some hours.

    :param clock: seconds since the epoch.
    """

    def __init__(
        self,
        controller: Controller,
        window: MainWindow,
        theme: Theme,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(controller, window, theme, parent)
        self._clock = clock
        self._page: TonightPage | None = None
        self._evening: Evening | None = None
        controller.published.connect(self._refresh)

    @property
    def page(self) -> TonightPage:
        """The page, made when it is needed first."""
        if self._page is None:
            self._page = TonightPage(self._theme)
            self._connect(self._page)
            self.page_made.emit(self._page)
        return self._page

    @property
    def evening(self) -> Evening | None:
        """The evening that is going on."""
        return self._evening

    def open(self) -> None:
        """Show the page: where one was, or the beginning."""
        evening = self._evening
        if evening is not None and self._clock() - evening.touched > AN_EVENING:
            self._evening = None
        self._show()
        self._window.lay_over(self.page)

    def _connect(self, page: TonightPage) -> None:
        page.begun.connect(self._begin)
        page.refused.connect(self._refuse)
        page.postponed.connect(self._postpone)
        page.rated.connect(lambda item_id, value: self._seen(item_id, lambda engine: engine.rate(item_id, value)))
        page.passed.connect(lambda item_id: self._seen(item_id, lambda engine: engine.skip(item_id)))
        page.blocked.connect(self._block)
        page.accepted.connect(self._accept)
        page.replied.connect(self._reply)
        page.later_chosen.connect(self._bring_back)
        page.reconsidered.connect(self._reconsider)
        page.finished.connect(self._finish)
        page.start_over_requested.connect(self._start_over)
        page.acted.connect(self._act)
        page.posters_wanted.connect(self._controller.want_posters)

    # What the user did

    def _begin(self, kind: MediaKind, choice: FilterChoice) -> None:
        self._evening = Evening(kind, choice, self._clock())
        self._show()

    def _refuse(self, item_id: int) -> None:
        if self.answer(item_id, lambda engine: engine.skip(item_id)):
            evening = self._touched()
            evening.refused.append(item_id)
            evening.aside.add(item_id)
            if len(evening.refused) < REFUSALS or not self._ask():
                self._next()

    def _postpone(self, item_id: int) -> None:
        evening = self._touched()
        evening.refused.clear()
        evening.later.append(item_id)
        self._show_later()
        self._next()

    def _seen(self, item_id: int, action: Callable[..., object]) -> None:
        if self.answer(item_id, action):
            self._touched().refused.clear()
            self._next()

    def _block(self, item_id: int) -> None:
        item = self.item(item_id)
        if item is not None and self.answer(item_id, lambda engine: engine.block(item_id)):
            self._controller.messages.show_message(
                f"“{item.title}” will not be suggested again.",
                "",
                "note",
                "Undo",
                lambda: self._controller.unblock(item_id),
            )
            self._touched().refused.clear()
            self._next()

    def _accept(self, item_id: int) -> None:
        item, evening = self.item(item_id), self._touched()
        if item is None:
            self._next()
            return
        evening.accepted = True
        evening.refused.clear()
        if playable(item):
            self._controller.play_wanted.emit(item)
        else:
            self._controller.note_play(item_id)
        self._show()

    def _reply(self, reply: str) -> None:
        evening = self._touched()
        question, evening.question = evening.question, None
        direction: Direction | None = {"yes": "more", "no": "less"}.get(reply)  # type: ignore[assignment]
        notice = ""
        if question is not None and direction is not None:
            evening.wishes = (*evening.wishes, Wish(question.subject, direction, self._clock()))
            notice = f"{direction.capitalize()} {question.subject.name} for this evening."
        self._show_evening()
        self._next(notice)

    def _bring_back(self, item_id: int) -> None:
        evening = self._touched()
        if item_id in evening.later:
            evening.later.remove(item_id)
            if evening.card is not None and evening.card != item_id:
                evening.waiting.insert(0, evening.card)
            self._present(item_id)

    def _reconsider(self) -> None:
        evening = self._touched()
        if evening.card is not None:
            evening.aside.add(evening.card)
        evening.accepted = False
        self._next()

    def _finish(self) -> None:
        self._evening = None
        self._window.take_off(self.page)

    def _start_over(self) -> None:
        self._evening = None
        self._show()

    def _act(self, action: str) -> None:
        evening = self._evening
        if action == "any length" and evening is not None:
            evening.choice = FilterChoice()
            self._next()
        elif action == "start over":
            self._start_over()
        else:
            self._window.take_off(self.page)

    def _touched(self) -> Evening:
        assert self._evening is not None
        self._evening.touched = self._clock()
        return self._evening

    # What is shown

    def _refresh(self) -> None:
        """There is a newer picture: the title stays, what is said about it is renewed."""
        if self._page is not None and self._page.isVisible():
            self._show()

    def _show(self) -> None:
        """Show the evening where it is."""
        evening, page = self._evening, self.page
        self._show_evening()
        self._show_later()
        if self.engine is None:
            page.show_quiet(
                PageText("page-busy", "Your library is still being read", "It begins as soon as that is done.")
            )
        elif evening is None:
            page.chooser.offer_time(datetime.fromtimestamp(self._clock()))
            page.show_chooser()
        elif evening.question is not None:
            page.show_question(evening.question.sentence)
        elif evening.card is None or (item := self.item(evening.card)) is None:
            self._next()
        elif evening.accepted:
            page.show_enjoy(self._card_of(item), self._farewell(item))
        else:
            page.show_card(self._card_of(item))

    def _show_evening(self) -> None:
        evening = self._evening
        if evening is None:
            self.page.show_evening("")
            return
        _, many = kind_words(evening.kind)
        wishes = [f"{wish.direction} {wish.subject.name}" for wish in evening.wishes]
        self.page.show_evening(SEPARATOR.join([many.capitalize(), *_length_of(evening.choice), *wishes[-2:]]))

    def _show_later(self) -> None:
        ids = self._evening.later if self._evening is not None else []
        items = {item.id: item for item in self._library.items.many(ids)}
        self.page.show_later([make_shelf_entry(items[item_id]) for item_id in ids if item_id in items])

    def _next(self, notice: str = "") -> None:
        """Show what comes next: what had to wait, what the engine picks, and at the end what was put off."""
        self._controller.attempt(lambda: self._choose(notice))

    def _choose(self, notice: str) -> None:
        evening, engine = self._touched(), self.engine
        if engine is None:
            self._show()
            return
        while evening.waiting:
            waited = evening.waiting.pop(0)
            if self._open_again(waited):
                self._present(waited, notice)
                return
        out = {*evening.later, *evening.aside}
        now = datetime.fromtimestamp(self._clock())
        filters = Filters(max_minutes=evening.choice.minutes(now))
        slate = engine.recommend(evening.kind, filters, len(out) + 1, wishes=evening.wishes)
        for pick in slate.picks:
            if pick.item_id not in out and self.item(pick.item_id) is not None:
                self._present(pick.item_id, notice or slate.notice)
                return
        while evening.later:
            kept = evening.later.pop(0)
            if self._open_again(kept):
                self._present(kept, "You kept this one for later.")
                return
        evening.card = None
        self._show_later()
        self.page.show_quiet(_no_more(slate.empty or "resting", evening))

    def _open_again(self, item_id: int) -> bool:
        """Whether a title that was put aside can still be decided about."""
        return self.engine is not None and self.item(item_id) is not None and self.engine.rating_of(item_id) is None

    def _present(self, item_id: int, notice: str = "") -> None:
        item, evening, engine = self.item(item_id), self._touched(), self.engine
        if item is None or engine is None:
            self._next(notice)
            return
        evening.card, evening.accepted = item_id, False
        engine.show(item_id)
        self._show_later()
        self.page.show_card(self._card_of(item), notice)

    def _card_of(self, item: Item) -> Card:
        engine = self.engine
        assert engine is not None
        return make_card(item, engine.explain(item.id), ratings=engine.ratings, playable=playable(item))

    def _ask(self) -> bool:
        """Ask the one question, if there is one worth asking; either way the count begins anew."""
        evening, engine = self._touched(), self.engine
        assert engine is not None
        refused, evening.refused = evening.refused, []
        question = engine.question(evening.kind, refused, evening.asked, evening.wishes)
        if question is None:
            return False
        evening.question = question
        evening.card = None
        evening.asked = evening.asked | {question.subject}
        self.page.show_question(question.sentence)
        return True

    def _farewell(self, item: Item) -> str:
        opening = "It is being opened." if playable(item) else ""
        offset = max((place.viewing.view_offset or 0.0 for place in item.places), default=0.0)
        left = (item.runtime or 0.0) - offset
        end = ""
        if item.kind is MediaKind.MOVIE and left >= 1:
            over = datetime.fromtimestamp(self._clock()) + timedelta(minutes=left)
            end = f"If you begin now, it is over at about {over:%H:%M}."
        return f"{opening} {end}".strip() or "Have a good evening."


def _length_of(choice: FilterChoice) -> list[str]:
    if choice.finish_by is not None:
        return [f"over by {choice.finish_by:%H:%M}"]
    return [f"up to {length_words(choice.max_minutes)}"] if choice.max_minutes else []


def _no_more(reason: str, evening: Evening) -> PageText:
    """The page for when nothing can be suggested any more."""
    one, many = kind_words(evening.kind)
    if reason == "library":
        return PageText(
            "page-library", f"There are no {many} here yet", "Add your library first.", "Choose again", "start over"
        )
    if reason == "filtered":
        return PageText(
            "page-filtered",
            f"No {one} that is left fits into the time you have",
            "With a little more time, there is something.",
            "Take any length",
            "any length",
            "Leave",
            "leave",
        )
    resting = reason == "resting"
    return PageText(
        "page-rated",
        f"That was the last of your {many} for tonight" if resting else f"You have answered for all your {many}",
        "What you did not want today comes back by itself." if resting else "When new ones come, they appear here.",
        "Choose again",
        "start over",
        "Leave",
        "leave",
    )
