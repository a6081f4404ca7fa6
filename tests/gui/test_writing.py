"""Writing to servers from the window: what is offered, what is shown before, what is written and undone."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from gui.tabs.configuration.writing import EVERYBODY
from gui.theme import Theme
from gui.widgets.list_choice import ListChoice
from gui.widgets.server_menu import NOTHING_HERE, READ_ONLY
from gui.writing_desk import Subject
from library.accounts import account_secret_of, person_secret_of
from library.errors import ProviderUnavailable
from library.items import ExternalId, Item, MediaKind, Viewing
from library.journal import JournalState
from library.secrets import Secrets
from library.settings import Profile
from library.sources import ServerItem
from library.writing import Listed, WriteKind
from tests.gui.places import PATIENCE, press
from tests.gui.writing_place import PLEX, Place, agree, quiet, shown

# What is offered


def test_nothing_is_offered_until_writing_is_allowed(place: Place, qtbot) -> None:
    assert place.lines() == [READ_ONLY, "Allow writing…"]
    menu = place.desk.menu(lambda: Subject(place.ids["Star 2"]))
    assert not menu.actions()[0].isEnabled()
    with qtbot.waitSignal(place.desk.allow_wanted):
        menu.choose("Allow writing…")
    place.act("rate:8")  # as if by a menu that was open when it was forbidden
    assert "only reads from your servers" in place.window.messages.message()
    assert place.server.written == 0
    place.allow()
    assert menu.lines()[0] == READ_ONLY
    menu.fill()
    assert menu.lines() == [
        "Rate it there",
        "Take the rating there away…",
        "Mark as watched…",
        "Add to my watchlist…",
        "Add to a collection…",
    ]


def test_only_what_the_sources_can_hold_is_offered(place: Place) -> None:
    place.allow()
    attic = replace(PLEX, kind="subsonic", user="me")
    place.preferences.change(sources=(attic,))
    assert place.lines() == ["Rate it there", "Take the rating there away…", "Star it…"]
    item = place.library.items.get(place.ids["Star 2"])
    starred = ServerItem(
        kind=item.kind, title=item.title, year=item.year, runtime=item.runtime, key="film-2", version="3",
        viewing=Viewing(favourite=True),
    )  # fmt: skip
    place.library.items.upsert("demo", "films", [starred])
    assert place.lines()[-1] == "Take the star away…"
    place.preferences.change(sources=(replace(PLEX, id="elsewhere"),))
    assert place.lines() == ["Add to my watchlist…"]
    place.preferences.change(sources=())
    assert place.lines() == [NOTHING_HERE]


def test_nothing_is_offered_to_a_guest_or_on_somebody_elses_account(place: Place) -> None:
    place.allow()
    place.controller.lend(True)
    assert place.lines() == [NOTHING_HERE]
    place.controller.lend(False)
    place.library.sit_down("plex:8")
    assert place.lines() == [NOTHING_HERE]
    place.preferences.change(profiles=(Profile("plex:8", "Anna", PLEX.id),))
    assert place.lines()[-1] == "Add to a collection…"
    assert "Add to my watchlist…" not in place.lines()  # that is the account's, and hers is not known


def test_a_person_of_the_household_writes_with_her_own_token(place: Place, qtbot) -> None:
    place.allow()
    place.library.sit_down("plex:8")
    place.preferences.change(profiles=(Profile("plex:8", "Anna", PLEX.id),))
    place.act("watched")
    shown(place, qtbot)
    assert place.desk.preview.previews()[0].problem.startswith("You have not signed in to Cellar here.")
    place.desk.preview.go_back()
    Secrets(place.library.home).put(person_secret_of(PLEX, "8"), "Anna's own token 456")
    place.act("watched")
    qtbot.waitUntil(lambda: place.desk.preview.write.isEnabled(), timeout=PATIENCE)
    agree(place, qtbot)
    assert place.tokens[-1] == "Anna's own token 456"
    (entry,) = place.library.journal.page(user="plex:8")
    assert entry.state is JournalState.DONE
    assert place.library.journal.page() == []


# Shown before, written, undone


def test_a_rating_is_shown_written_and_undone(place: Place, qtbot) -> None:
    place.allow()
    place.server.entries[WriteKind.RATING, "film-2"] = {"rating": 6.0}
    place.act("rate:8")
    assert place.window.laid_pages() == (place.desk.preview,)
    assert not place.desk.preview.write.isEnabled()
    shown(place, qtbot)
    (preview,) = place.desk.preview.previews()
    assert preview.where == "Cellar, films"
    assert [(line.title, line.change) for line in preview.lines] == [("Star 2", "6 → 8")]
    assert place.server.written == 0
    with qtbot.waitSignal(place.desk.written, timeout=PATIENCE):
        press(place.desk.preview.write)
    assert place.window.laid_pages() == ()
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 8.0}
    assert place.window.messages.message() == "Rate “Star 2” 8 on the server: done."
    press(place.window.messages.action_button())
    quiet(place, qtbot)
    assert place.server.state(WriteKind.RATING, "film-2") == {"rating": 6.0}
    assert place.window.messages.message() == "It is put back as it was."


def test_leaving_the_preview_writes_nothing(place: Place, qtbot) -> None:
    place.allow()
    place.act("watched")
    shown(place, qtbot)
    press(place.desk.preview.cancel)
    quiet(place, qtbot)
    assert place.window.laid_pages() == ()
    assert place.server.written == 0
    assert place.library.journal.page() == []


def test_what_is_so_already_leaves_nothing_to_write(place: Place, qtbot) -> None:
    place.allow()
    place.server.entries[WriteKind.RATING, "film-2"] = {"rating": 8.0}
    place.act("rate:8")
    shown(place, qtbot)
    assert place.desk.preview.texts()[0] == "There is nothing to write: everything is so already."
    assert not place.desk.preview.write.isEnabled()


def test_a_server_that_is_off_is_said(place: Place, qtbot) -> None:
    place.allow()
    place.server.gone = ProviderUnavailable("Cellar", "Cellar does not answer.", "Is it on?")
    place.act("rate:8")
    shown(place, qtbot)
    assert place.desk.preview.previews()[0].problem == "Cellar does not answer. Is it on?"
    assert place.desk.preview.texts()[0] == "Nothing can be written now."
    assert not place.desk.preview.write.isEnabled()


def test_a_title_with_a_name_of_plex_goes_on_the_watchlist_at_once(place: Place, qtbot) -> None:
    place.allow()
    item = place.library.items.get(place.ids["Star 2"])
    place.library.items.upsert("demo", "films", [_with_name(item, ExternalId("plex", "movie/abc2"))])
    place.act("watchlist")
    agree(place, qtbot)
    assert place.watchlist.entries == {(WriteKind.WATCHLIST, "plex://movie/abc2"): {"listed": True}}
    (entry,) = place.library.journal.page()
    assert entry.source_id == "demo/watchlist"
    assert "Take off my watchlist…" in place.lines()
    place.act("unlist")
    agree(place, qtbot)
    assert place.watchlist.watchlist() == ()
    press(place.window.messages.action_button())
    quiet(place, qtbot)
    assert len(place.watchlist.watchlist()) == 1


def test_without_having_signed_in_to_plex_the_watchlist_is_explained(place: Place, qtbot, expected_logs) -> None:
    expected_logs("Nobody has signed in to Plex")
    place.allow()
    Secrets(place.library.home).delete(account_secret_of(PLEX))
    place.act("watchlist")
    qtbot.waitUntil(lambda: "Nobody has signed in to Plex" in place.desk.watchlist_choice.sentence(), timeout=PATIENCE)


def test_without_one_the_candidates_are_asked_about(place: Place, qtbot) -> None:
    place.allow()
    place.watchlist.found = (
        Listed("plex://movie/a", "Star 2", MediaKind.MOVIE, 1992),
        Listed("plex://movie/b", "Star 2 & Friends", MediaKind.MOVIE, 2001),
    )
    place.act("watchlist")
    choice = place.desk.watchlist_choice
    assert place.window.laid_pages() == (choice,)
    qtbot.waitUntil(lambda: len(choice.buttons) == 2, timeout=PATIENCE)
    assert [button.accessibleName() for button in choice.buttons] == [
        "Star 2 (1992), film",
        "Star 2 & Friends (2001), film",
    ]
    press(choice.buttons[1])
    agree(place, qtbot)
    assert [target for _, target in place.watchlist.entries] == ["plex://movie/b"]


def test_no_candidate_is_said(place: Place, qtbot) -> None:
    place.allow()
    place.act("watchlist")
    qtbot.waitUntil(lambda: "nothing called" in place.desk.watchlist_choice.sentence(), timeout=PATIENCE)
    press(place.desk.watchlist_choice.none)
    assert place.window.laid_pages() == ()


def test_clearing_the_watchlist_counts_asks_and_can_be_undone(place: Place, qtbot) -> None:
    place.allow(most=2)
    for name in "abc":
        place.watchlist.entries[WriteKind.WATCHLIST, f"plex://movie/{name}"] = {"listed": True}
    before = place.watchlist.dump()
    place.desk.clear_watchlist()
    shown(place, qtbot)
    assert place.desk.preview.heading() == "Take all 3 titles off the watchlist"
    assert place.desk.preview.write.text() == "Clear it (3 changes)"
    press(place.desk.preview.write)
    assert "3 titles at once" in place.desk.preview.sure.sentence()
    assert len(place.watchlist.watchlist()) == 3
    press(place.desk.preview.sure.yes)
    quiet(place, qtbot)
    assert place.watchlist.watchlist() == ()
    press(place.window.messages.action_button())
    quiet(place, qtbot)
    assert place.watchlist.dump() == before


def test_a_collection_is_chosen_and_everybody_is_mentioned(place: Place, qtbot) -> None:
    place.allow()
    place.server.put_list(WriteKind.COLLECTION, "5", "Old ones", "90")
    place.act("collection")
    choice = place.desk.list_choice
    assert choice.name.value == "Homereel picks"
    qtbot.waitUntil(lambda: len(choice.lists) == 1, timeout=PATIENCE)
    assert choice.lists[0].text() == "Old ones, 1 title"
    choice.lists[0].click()
    assert choice.clash_words() == "There is a collection of this name already. It is added to that one."
    press(choice.go_on)
    shown(place, qtbot)
    assert place.desk.preview.texts()[1] == EVERYBODY
    agree(place, qtbot)
    assert place.server.lists_of[WriteKind.COLLECTION]["5"]["items"] == ["90", "film-2"]


@pytest.mark.parametrize(("clash", "items"), [("append", ["film-0", "film-2"]), ("replace", ["film-2", "film-0"])])
def test_a_list_becomes_a_playlist(place: Place, qtbot, clash: str, items: list[str]) -> None:
    place.allow()
    place.server.put_list(WriteKind.PLAYLIST, "7", "Up next", "film-0")
    listed = tuple(place.ids[title] for title in ("Star 2", "Star 0"))
    assert place.lines(listed=listed, name="Up next")[-1] == "Save “Up next” as a playlist…"
    place.act("list", listed=listed)
    choice = place.desk.list_choice
    qtbot.waitUntil(lambda: bool(choice.clash_words()), timeout=PATIENCE)
    choice.clashes[clash].click()
    press(choice.go_on)
    agree(place, qtbot)
    assert place.server.lists_of[WriteKind.PLAYLIST] == {"7": {"title": "Up next", "items": items}}


def test_a_new_playlist_is_made(place: Place, qtbot) -> None:
    place.allow()
    place.act("list", listed=tuple(place.ids[title] for title in ("Star 2", "Star 0")))
    choice = place.desk.list_choice
    choice.name.field.clear()
    assert not choice.go_on.isEnabled()
    choice.name.field.setText("Friday")
    press(choice.go_on)
    agree(place, qtbot)
    assert place.server.lists_of[WriteKind.PLAYLIST] == {"101": {"title": "Friday", "items": ["film-2", "film-0"]}}


def test_the_name_is_asked_of_each_server(theme: Theme, qtbot) -> None:
    choice = ListChoice(theme)
    qtbot.addWidget(choice)
    asked: list[str] = []
    choice.lists_wanted.connect(lambda source: asked.append(source.name))
    attic = replace(PLEX, id="b", name="Attic")
    choice.ask(WriteKind.PLAYLIST, (PLEX, attic), "Mix", "2 titles")
    choice.servers[1].click()
    choice.show_problem(PLEX, "Too late.")
    assert asked == ["Cellar", "Attic"]
    with qtbot.waitSignal(choice.chosen) as answer:
        choice.go_on.click()
    assert (answer.args[0].source, answer.args[0].there) == (attic, "")


def test_a_preview_that_was_left_does_not_come_back(place: Place, qtbot) -> None:
    place.allow()
    let = threading.Event()
    place.server.gone = None
    state = place.server.state
    place.server.state = lambda *details: (let.wait(10), state(*details))[1]
    place.act("rate:8")
    place.desk.preview.go_back()
    let.set()
    quiet(place, qtbot)
    assert place.window.laid_pages() == ()
    assert place.desk.preview.previews() == ()


def _with_name(item: Item, name: ExternalId) -> ServerItem:
    return ServerItem(
        kind=item.kind, title=item.title, year=item.year, runtime=item.runtime, key="film-2", version="2",
        external_ids=(name,),
    )  # fmt: skip
