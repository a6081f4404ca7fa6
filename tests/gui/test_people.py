"""People of the household in the real window: somebody sits down, and meets nothing of anybody else's taste."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication

from gui.app import Windows
from gui.tabs.configuration.people import PeopleSection, everybody
from library.accounts import person_secret_of
from library.feedback import Rating
from library.library import Library
from library.secrets import Secrets, secret_of
from library.settings import PeopleSettings, Profile, Settings
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import View, make_world
from tests.gui.places import PATIENCE, plex_source, press, quick_ports, settled

MAX = Profile("person:1", "Max")


def test_whoever_set_it_up_is_always_there() -> None:
    assert everybody(Settings()) == (Profile("local", "You"),)
    named = Settings(profiles=(MAX, Profile("local", "Ada")))
    assert [person.name for person in everybody(named)] == ["Ada", "Max"]


@pytest.fixture
def section(theme, qtbot) -> PeopleSection:
    section = PeopleSection()
    qtbot.addWidget(section)
    section.show()
    return section


def test_the_section_says_who_sits_there_and_whom_one_can_remove(section: PeopleSection) -> None:
    people = (MAX, Profile("plex:7", "Eva", "plex-1"), Profile("plex:8", "Tom", "plex-2"))
    section.show_settings(
        Settings(profiles=people, people=PeopleSettings(MAX.id), sources=(plex_source("http://127.0.0.1:1"),))
    )
    assert [card.about() for card in section.cards.values()] == [
        "Kept on this computer",
        "Sits in front of it now",
        "From your Plex home, on Cellar",
        "From a Plex home; its server is not among your sources any more",
    ]
    assert [card.remove.isHidden() for card in section.cards.values()] == [True, True, False, False]
    assert [card.read.isHidden() for card in section.cards.values()] == [True, True, False, True]


def test_a_name_is_needed_and_is_nobody_elses(section: PeopleSection, qtbot) -> None:
    section.show_settings(Settings(profiles=(MAX,)))
    assert not section.add.isEnabled()
    section.name.field.setText(" max ")
    assert not section.add.isEnabled()
    section.name.field.setText("Eva  Luna")
    with qtbot.waitSignal(section.added) as added:
        press(section.add)
    assert added.args == ["Eva Luna"]


def test_removing_asks_first(section: PeopleSection, qtbot) -> None:
    section.show_settings(Settings(profiles=(MAX,)))
    card = section.cards[MAX.id]
    press(card.remove)
    assert "What Max rated stays" in card.sure.sentence()
    with qtbot.waitSignal(section.removed) as removed:
        press(card.sure.yes)
    assert removed.args == [MAX]


def test_somebody_else_sits_down_and_meets_nothing_of_my_taste(qapp: QApplication, home, qtbot) -> None:
    windows = Windows(qapp, home, quick_ports(home))
    windows.session.theme.still = True
    try:
        windows.open()
        mine = windows.session
        qtbot.waitUntil(lambda: mine.movies.card is not None and mine.background is not None, timeout=PATIENCE)
        settled(mine, qtbot)
        mine.movies.ratings.give(10)
        people = mine.background.configuration.people
        people.added.emit("Max")
        (profile,) = mine.preferences.settings.profiles
        mine.window.show_tab("Configuration")
        press(people.cards[profile.id].sit)
        qtbot.waitUntil(lambda: windows.session is not mine, timeout=PATIENCE)
        theirs = windows.session
        theirs.window.show_tab("Movies")
        qtbot.waitUntil(lambda: theirs.movies.card is not None and theirs.background is not None, timeout=PATIENCE)
        assert theirs.library.person == profile.id
        assert theirs.controller.engine.rated() == ()
        assert theirs.movies.card.ratings == 0
        with Library.open(home) as library:
            assert [type(event) for event in library.feedback.log("local")] == [Rating]
            assert library.feedback.log(profile.id) == []
        settled(theirs, qtbot)
    finally:
        windows.close()
        windows.session.close()
        windows.session.theme.setParent(None)
        windows.setParent(None)


def test_what_somebody_of_a_plex_home_saw_and_rated_comes_in_after_the_scan_under_their_name(
    start, home, qtbot
) -> None:
    with FakePlex(make_world(12, 2), guests={"token-of-eva-123": "7"}) as plex:
        plex.world.views["7", "1003"] = View(2.0, 4)
        source = plex_source(plex.url)
        profile = Profile("plex:7", "Eva", source.id)
        secrets = Secrets(home)
        secrets.put(secret_of(source), plex.token)
        secrets.put(person_secret_of(source, "7"), "token-of-eva-123")
        with Library.open(home) as library:
            library.settings.save(Settings(sources=(source,), profiles=(profile,)))
        session = start(settle=False)
        qtbot.waitUntil(lambda: session.background is not None, timeout=PATIENCE)
        people = session.background.configuration.people
        session.background.actions.scan(source.id)
        qtbot.waitUntil(lambda: people.verdict.text().startswith("Eva: "), timeout=PATIENCE)
        assert people.verdict.text() == "Eva: 14 titles, 1 rating came in."
        (rating,) = session.library.feedback.current(profile.id).ratings
        assert (session.library.items.get(rating.item_id).title, rating.value) == (plex.world.find("1003").title, 2.0)
        assert rating.item_id not in {
            own.item_id for own in session.library.feedback.current().ratings if own.value == 2
        }
        settled(session, qtbot)
