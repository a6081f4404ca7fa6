"""One tab's work: which card lies there, which filters hold, what the user did about them. Main thread, nothing that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer

from gui.models import Card, FilterChoice, LastRating, ShelfEntry, make_card, make_shelf_entry, origin_words, playable
from gui.tabs.recommendations import RecommendationTab
from gui.widgets.wish_menu import wish_sentence
from library.feedback import HOMEREEL
from library.items import Item, MediaKind
from library.wishes import Direction, Subject, Wish
from recommender.engine import Engine, Filters, Pick, Slate
from recommender.moves import what_moved

if TYPE_CHECKING:
    from gui.controller import Controller

SHELF_LENGTH = 10
MOST_RESULTS = 8


@dataclass(frozen=True, slots=True)
class _Undo:
    """How to undo a wish: the one that held before, the one that was made, the card that lay there."""

    before: Wish | None
    made: Wish | None
    card: int | None


class Desk(QObject):
    """One tab's work: which card lies there, which filters hold."""

    def __init__(self, controller: Controller, tab: RecommendationTab) -> None:
        super().__init__(controller)
        self._controller = controller
        self._library = controller.library
        self._tab = tab
        self._choice = FilterChoice()
        self._found: frozenset[int] | None = None
        self._card: int | None = None
        self._shelf: tuple[int, ...] = ()
        self._slate = Slate((), 0, 0)
        self._undo: _Undo | None = None
        self._stale = True
        self._choices_soon = QTimer(self)
        self._choices_soon.setSingleShot(True)
        self._choices_soon.timeout.connect(self._offer_choices)
        self._connect()

    @property
    def kind(self) -> MediaKind:
        """Films or shows."""
        return self._tab.kind

    @property
    def tab(self) -> RecommendationTab:
        """The tab it works for."""
        return self._tab

    def on_screen(self) -> tuple[int, ...]:
        """Ids of the card and of what is on the shelf."""
        return (*(() if self._card is None else (self._card,)), *self._shelf)

    def stop(self) -> None:
        """Show nothing any more."""
        self._choices_soon.stop()

    def start_afresh(self) -> None:
        """Forget the card, and choose one anew."""
        self._card = None
        self.refresh_when_seen()

    def refresh_when_seen(self) -> None:
        """Show everything anew: now if the tab is in sight, else when it comes into sight."""
        self._stale = True
        if self._tab.isVisible():
            self.refresh()

    def came_into_sight(self) -> None:
        """The tab is shown now."""
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Choose anew around the card that is shown, and renew what is said about it."""
        if self._controller.engine is None:
            return
        self._stale = False
        self._present(self._card if self._still_there(self._card) else None)
        self._choices_soon.start(0)

    def sort_again(self) -> None:
        """Sort what comes next by other dials, around the card that stays; only while somebody looks."""
        engine = self._controller.engine
        if engine is None or not self._tab.isVisible():
            self._stale = True
        elif self._card is None or self._tab.card_view.ledger_open:  # the ledger tells of the dials too
            self._present(self._card)
        else:
            slate = self._ask(engine, self._card)
            self._tab.show_moved("")
            self._controller.attempt(lambda: self._show_others(slate, self._picked(slate)))

    def show_title(self, item_id: int) -> None:
        """Make a title the card, whatever the filters say."""
        self._present(item_id)

    def show_best(self) -> None:
        """Show the best title there is now."""
        if self._tab.isVisible():
            self._present(None)
        else:
            self.start_afresh()

    def _connect(self) -> None:
        tab = self._tab
        tab.rated.connect(self._rate)
        tab.skipped.connect(self._skip)
        tab.blocked.connect(self._block)
        tab.back_requested.connect(self._back)
        tab.play_requested.connect(self._play)
        tab.chosen.connect(self.show_title)
        tab.filters_changed.connect(self._filter)
        tab.posters_wanted.connect(self._controller.want_posters)
        tab.wished.connect(self._wish)
        tab.wish_undone.connect(self._undo_wish)
        tab.learning_wanted.connect(self._learn)
        tab.guest_wanted.connect(self._controller.lend)

    # What the user did: the row is written first, and only then is anything else shown.

    def _rate(self, item_id: int, value: float) -> None:
        self._answer(item_id, lambda engine: engine.rate(item_id, value))

    def _skip(self, item_id: int) -> None:
        self._answer(item_id, lambda engine: engine.skip(item_id))

    def _block(self, item_id: int) -> None:
        if self._answer(item_id, lambda engine: engine.block(item_id)):
            item = self._library.items.get(item_id)
            title = item.title if item is not None else "This title"
            self._controller.messages.show_message(
                f"“{title}” will not be suggested again.", "", "note", "Undo", lambda: self._undo_block(item_id)
            )

    def _answer(self, item_id: int, answer: Callable[[Engine], object]) -> bool:
        engine = self._controller.engine
        if engine is None or not self._controller.attempt(lambda: answer(engine)):
            return False
        self._present(None)
        self._controller.feedback_given.emit(item_id)
        return True

    def _undo_block(self, item_id: int) -> None:
        engine = self._controller.engine
        if engine is not None and self._controller.attempt(lambda: engine.unblock(item_id)):
            self._present(item_id)
            self._controller.feedback_given.emit(item_id)

    def _wish(self, subject: Subject, direction: Direction) -> None:
        """Make a wish, or take it back where it is in force already, and say what that moved."""
        engine = self._controller.engine
        if engine is None or engine.lent:
            return
        card, before = self._card, self._ask(engine, self._card)
        held = next((wish for wish in engine.wishes() if wish.subject == subject), None)
        again = held is not None and held.direction == direction
        made: list[Wish] = []
        if held is not None and again:
            made.append(held)
            done = self._controller.attempt(lambda: engine.take_back_wish(held))
        else:
            done = self._controller.attempt(lambda: made.append(engine.wish(subject, direction)))
        if not done:
            return
        gone = direction == "never" and not again  # what the card says of itself was ruled out
        self._present(None if gone else card)
        self._controller.wishes_were_changed(self)
        sentence = f"{wish_sentence(made[0])}{' is taken back' if again else ''}."
        moved = what_moved(before, self._slate) or "What comes next stays as it is."
        self._undo = _Undo(held, None if again else made[0], card)
        if self._card is None:  # there is no shelf to say it at
            self._controller.messages.show_message(f"{sentence} {moved}", "", "note", "Undo", self._undo_wish)
        else:
            self._tab.show_moved(f"{sentence} {moved}")

    def _undo_wish(self) -> None:
        """Let things be as they were: a wish that was replaced or taken back is in force again."""
        undo, self._undo = self._undo, None
        if undo is not None and self._controller.put_wish(undo.before, undo.made):
            self._present(undo.card if self._still_there(undo.card) else None)
            self._controller.wishes_were_changed(self)

    def _learn(self, item_id: int, learn: bool) -> None:
        engine = self._controller.engine
        last = self._last_rating(engine) if engine is not None else None
        if last is None or not self._controller.learn_from(item_id, learn):
            return
        does = "learns again" if learn else "no longer learns"
        self._controller.messages.show_message(
            f"Your taste {does} from the {last.value:g} that you gave “{last.title}”.",
            "",
            "note",
            "Undo",
            lambda: self._controller.learn_from(item_id, not learn),
        )

    def _back(self) -> None:
        engine = self._controller.engine
        if engine is None:
            return
        found: list[int | None] = []
        if not self._controller.attempt(lambda: found.append(engine.back(self.kind))):
            return
        if found[0] is None:
            self._tab.show_notice("This is where you began; there is nothing to go back to.")
            return
        self._present(found[0], shown=True)
        self._controller.feedback_given.emit(found[0])

    def _play(self, item_id: int) -> None:
        item = self._library.items.get(item_id)
        if item is not None:
            self._controller.play_wanted.emit(item)

    def _filter(self, choice: FilterChoice) -> None:
        text_changed = choice.text != self._choice.text
        self._choice = choice
        if not text_changed or self._controller.attempt(lambda: self._search(choice.text)):
            self._present(None)

    def _search(self, text: str) -> None:
        if not text.strip():
            self._found = None
            self._tab.show_results([])
            return
        ids = self._library.items.search(text, self.kind)
        self._found = frozenset(ids)
        self._tab.show_results(self._entries(ids[:MOST_RESULTS]))

    # What is shown

    def _filters(self) -> Filters:
        choice, among = self._choice, self._found
        if choice.among is not None:
            among = choice.among if among is None else among & choice.among
        return Filters(
            max_minutes=choice.minutes(datetime.now()),
            genre=choice.genre,
            decade=choice.decade,
            unseen_only=choice.unseen_only,
            among=among,
        )

    def _present(self, keep: int | None, shown: bool = False) -> None:
        """Show a card, what comes next, and how many are left.

        :param keep: the item to show; ``None`` for the best one.
        :param shown: the engine knows already that this is the card.
        """
        engine = self._controller.engine
        if engine is not None:
            self._controller.attempt(lambda: self._show(engine, keep, shown))

    def _ask(self, engine: Engine, keep: int | None) -> Slate:
        return engine.recommend(self.kind, self._filters(), SHELF_LENGTH + 1, keep=keep)

    def _show(self, engine: Engine, keep: int | None, shown: bool) -> None:
        slate = self._ask(engine, keep)
        picked = self._picked(slate)
        self._tab.show_moved("")
        self._tab.show_learning(self._last_rating(engine), engine.lent)
        if not picked:
            self._slate, self._card, self._shelf = slate, None, ()
            self._tab.show_counts(slate.remaining, slate.total)
            self._tab.show_empty(slate.empty or "library")
            return
        self._card = picked[0][0].item_id
        if not shown:
            engine.show(self._card)
        self._tab.show_card(self._make_card(picked[0][1], engine))  # before the shelf, which it may come flying from
        self._tab.show_notice(slate.notice)
        self._show_others(slate, picked)

    def _show_others(self, slate: Slate, picked: list[tuple[Pick, Item]]) -> None:
        """Show what comes after the card, and how many are left."""
        self._slate, self._shelf = slate, tuple(pick.item_id for pick, _ in picked[1:])
        self._tab.show_counts(slate.remaining, slate.total)
        self._tab.show_shelf([make_shelf_entry(item, pick.mean) for pick, item in picked[1:]])

    def _picked(self, slate: Slate) -> list[tuple[Pick, Item]]:
        """The picks that are still in the library: it may be newer than the snapshot."""
        items = {item.id: item for item in self._library.items.many([pick.item_id for pick in slate.picks])}
        return [(pick, items[pick.item_id]) for pick in slate.picks if pick.item_id in items]

    def _make_card(self, item: Item, engine: Engine) -> Card:
        return make_card(
            item,
            engine.explain(item.id),
            ratings=engine.ratings,
            playable=playable(item),
            wishes=engine.wishes(),
            wishable=not engine.lent,
            origin=origin_words(self._library.metadata.look_ups(item.id)),
        )

    def _last_rating(self, engine: Engine) -> LastRating | None:
        """The newest rating that was given in this program."""
        rating = next((rating for rating in reversed(engine.rated()) if rating.source == HOMEREEL), None)
        row = None if rating is None else engine.snapshot.row_of(rating.item_id)
        if rating is None or row is None:
            return None
        return LastRating(rating.item_id, engine.snapshot.columns.titles[row], rating.value, rating.learn)

    def _entries(self, item_ids: Iterable[int]) -> list[ShelfEntry]:
        wanted = list(item_ids)
        items = {item.id: item for item in self._library.items.many(wanted)}
        return [make_shelf_entry(items[item_id]) for item_id in wanted if item_id in items]

    def _still_there(self, item_id: int | None) -> bool:
        engine = self._controller.engine
        if item_id is None or engine is None or engine.snapshot.row_of(item_id) is None:
            return False
        item = self._library.items.get(item_id)
        return item is not None and item.removed_at is None

    def _offer_choices(self) -> None:
        engine = self._controller.engine
        if engine is not None:
            self._tab.set_choices(list(engine.genres(self.kind)), list(engine.decades(self.kind)))
