"""The page "Activity": what it lists, what it says of each write, and the ways back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PyQt6.QtWidgets import QLabel, QWidget

from gui.activity_desk import PAGE, ActivityDesk
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tabs.activity_page import ActivityLine, ActivityPage
from gui.theme import Theme
from gui.widgets.buttons import Button
from gui.widgets.server_menu import HEADING, READ_ONLY
from gui.worker import LibraryWorker
from gui.writing_desk import Subject
from library.items import MediaKind
from library.journal import Action, JournalEntry, JournalState
from library.library import Library
from library.settings import Settings, SourceSettings, WritingSettings
from library.writing import WriteKind
from tests.gui.places import PATIENCE, make_home, press, quick_ports
from tests.unit.library.writable_server import WritableMemory

CELLAR = SourceSettings(id="p", kind="plex", name="Cellar", url="http://127.0.0.1:1")
ATTIC = SourceSettings(id="j", kind="jellyfin", name="Attic", url="http://127.0.0.1:2")


@dataclass
class Place:
    library: Library
    preferences: Preferences
    window: MainWindow
    page: ActivityPage
    desk: ActivityDesk
    servers: dict[str, WritableMemory]
    worker: LibraryWorker

    def rated(self, key: str, value: float, **details: object) -> int:
        """A rating that was written, on the server and in the journal."""
        entry = JournalEntry(
            source_id="p", kind=WriteKind.RATING, title=f"Film {key}", action=Action.RATE, target=key,
            before={"rating": None}, wanted={"rating": value},
        )  # fmt: skip
        entry_id = self.library.journal.begin(replace(entry, **details))  # type: ignore[arg-type]
        source = str(details.get("source_id", "p"))
        self.servers[source].entries[WriteKind.RATING, key] = {"rating": value}
        self.library.journal.finish(entry_id, key, {"rating": value})
        return entry_id

    def look(self) -> tuple[ActivityLine, ...]:
        self.desk.refresh()
        return self.page.lines()


@pytest.fixture
def place(theme: Theme, home_path, qtbot) -> Iterator[Place]:
    home = make_home(home_path)
    servers = {"p": WritableMemory(), "j": WritableMemory()}
    ports = quick_ports(home, open_server=lambda source, token: servers[source.id])
    with Library.open(home) as library:
        library.settings.save(Settings(sources=(CELLAR, ATTIC), writing=WritingSettings(allowed=True)))
        preferences = Preferences(library)
        window = MainWindow(theme)
        qtbot.addWidget(window)
        page = ActivityPage(theme)
        window.add_tab(page, "Activity")
        window.add_tab(QWidget(), "Other")
        worker = LibraryWorker(home, ports, "worker under test")
        worker.start()
        desk = ActivityDesk(library, preferences, window.messages, worker, page)
        window.show()
        yield Place(library, preferences, window, page, desk, servers, worker)
        window.close()
        assert worker.stop()


def undone(place: Place, qtbot) -> None:
    with qtbot.waitSignal(place.desk.undone, timeout=PATIENCE):
        pass


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if not label.isHidden()]


def test_an_empty_page_says_whether_anything_could_be_written(place: Place, qtbot) -> None:
    place.look()
    assert place.page.quiet.texts()[0] == "Nothing was written yet"
    place.preferences.change(writing=WritingSettings())
    assert place.page.quiet.texts() == (
        "Nothing was written to your servers",
        "Homereel only reads until you allow it to write. Whatever it writes then is listed here, with the way back.",
        "Allow writing…",
    )
    with qtbot.waitSignal(place.page.allow_wanted):
        press(place.page.quiet.buttons()[0])


def test_each_line_says_what_where_and_from_what_to_what(place: Place) -> None:
    done = place.rated("1", 8.0)
    failed = place.library.journal.begin(
        JournalEntry(source_id="j", kind=WriteKind.WATCHED, title="Film 2", action=Action.MARK_WATCHED, target="2",
                     before={"watched": False}, wanted={"watched": True})
    )  # fmt: skip
    place.library.journal.fail(failed, "You may not.")
    waits = place.library.journal.wait(
        JournalEntry(source_id="p", kind=WriteKind.RATING, title="Film 3", action=Action.RATE, wanted={"rating": 7.0})
    )
    lines = {line.entry_id: line for line in place.look()}
    assert list(lines) == [waits, failed, done]
    assert (lines[done].what, lines[done].change, lines[done].where) == ("Rate “Film 1”", "no rating → 8", "Cellar")
    assert (lines[failed].change, lines[failed].where) == ("not watched → watched", "Attic")
    assert (lines[failed].reason, lines[failed].undoable) == ("You may not.", False)
    assert lines[waits].reason == "It is written as soon as Cellar answers."
    said = texts(place.page)
    assert "You may not." in said
    assert {"done", "failed", "waiting"} <= set(said)
    assert place.page.undo_buttons[waits].text() == "Call off"


def test_undo_puts_it_back_and_the_undo_can_be_undone(place: Place, qtbot) -> None:
    entry = place.rated("1", 8.0)
    place.look()
    press(place.page.undo_buttons[entry])
    undone(place, qtbot)
    assert place.servers["p"].state(WriteKind.RATING, "1") == {"rating": None}
    newest, former = place.page.lines()
    assert (newest.what, newest.change) == ("Put “Film 1” back as it was", "8 → no rating")
    assert (former.state, former.undoable) == (JournalState.UNDONE, False)
    press(place.page.undo_buttons[newest.entry_id])
    undone(place, qtbot)
    assert place.servers["p"].state(WriteKind.RATING, "1") == {"rating": 8.0}


def test_a_refusal_is_said_and_changes_nothing(place: Place, qtbot) -> None:
    entry = place.rated("1", 8.0)
    place.look()
    place.servers["p"].entries[WriteKind.RATING, "1"] = {"rating": 5.0}
    press(place.page.undo_buttons[entry])
    undone(place, qtbot)
    assert place.window.messages.message().startswith("Somebody changed “Film 1” since")
    assert place.servers["p"].written == 0


def test_a_batch_of_two_servers_is_undone_as_a_whole(place: Place, qtbot) -> None:
    for key, source in (("1", "p"), ("2", "p"), ("3", "j")):
        place.rated(key, 9.0, batch=7, source_id=source)
    place.look()
    assert "3 at once, just now" in texts(place.page)
    press(place.page.batch_buttons[7])
    undone(place, qtbot)
    assert [server.written for server in place.servers.values()] == [2, 1]
    assert place.window.messages.message() == "3 are put back."


def test_what_waits_is_called_off_at_once_even_when_writing_is_forbidden(place: Place) -> None:
    place.preferences.change(writing=WritingSettings())
    waits = place.library.journal.wait(
        JournalEntry(source_id="p", kind=WriteKind.RATING, title="Film 3", action=Action.RATE, wanted={"rating": 7.0})
    )
    place.look()
    press(place.page.undo_buttons[waits])
    assert place.window.messages.message() == "It was taken back before it was written."
    assert place.look()[0].state is JournalState.UNDONE


def test_undoing_needs_leave_to_write_and_the_server(place: Place) -> None:
    entry = place.rated("1", 8.0)
    place.preferences.change(writing=WritingSettings())
    assert place.desk.undo((entry,)) is None
    assert "Undoing writes too." in place.window.messages.message()
    place.preferences.change(writing=WritingSettings(allowed=True), sources=(ATTIC,))
    assert place.desk.undo((entry,)) is None
    assert "not among your sources any more" in place.window.messages.message()
    assert place.look()[0].where == "a server that is not here any more"
    assert entry not in place.page.undo_buttons


def test_the_filter_counts_and_filters(place: Place, qtbot) -> None:
    place.rated("1", 8.0)
    failed = place.rated("2", 8.0)
    place.library.journal.fail(failed, "No.")
    place.look()
    assert place.page.filters["Failed"].text() == "Failed  1"
    place.page.filters["Failed"].click()
    assert [line.entry_id for line in place.page.lines()] == [failed]
    place.page.filters["Undone"].click()
    assert place.page.quiet.texts()[0] == "None of these"
    place.page.quiet.buttons()[0].click()
    assert len(place.page.lines()) == 2


def test_older_ones_come_page_by_page(place: Place) -> None:
    for number in range(PAGE + 3):
        place.rated(str(number), 8.0)
    assert len(place.look()) == PAGE
    assert not place.page.older.isHidden()
    press(place.page.older)
    assert len(place.page.lines()) == PAGE + 3
    assert place.page.older.isHidden()


def test_nothing_is_read_while_nobody_looks(place: Place) -> None:
    place.window.show_tab("Other")
    place.rated("1", 8.0)
    assert place.look() == ()
    place.window.show_tab("Activity")
    assert len(place.page.lines()) == 1


def test_another_person_of_the_household_sees_only_their_own(place: Place) -> None:
    place.rated("1", 8.0)
    place.library.sit_down("plex:8")
    assert place.look() == ()


def test_the_menus_and_the_page_are_where_people_look_for_them(start, qtbot) -> None:
    session = start()
    writing = session.background.writing
    for tab in (session.movies, session.shows):
        menus = [action.menu() for action in tab.ratings.menu.actions() if action.menu() is not None]
        assert [menu.title() for menu in menus] == ["On the server"]
        assert menus[0].lines() == [READ_ONLY, "Allow writing…"]
    writing.desk.act("allow", Subject())
    assert session.window.current_tab() == "Configuration"
    assert session.background.configuration.current_section() == "Writing to your servers"
    session.background.configuration.writing.activity.click()
    assert session.window.current_tab() == "Logs"
    assert session.background.logs.page == "Activity"
    qtbot.waitUntil(lambda: session.movies.card is not None, timeout=PATIENCE)
    kin = session.background.title_pages.kin
    kin.open(session.movies.card.item_id)
    tonight = session.background.title_pages.tonight
    tonight.open()
    tonight.page.begun.emit(MediaKind.MOVIE, session.movies.filters.choice)
    for page in (kin.page, tonight.page):
        (button,) = [button for button in page.findChildren(Button) if button.text() == HEADING]
        button.click()
        (menu,) = button.findChildren(type(menus[0]))
        assert menu.lines() == [READ_ONLY, "Allow writing…"]
        menu.close()
