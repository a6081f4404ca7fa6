"""Other persons of the household: what they saw and rated is theirs, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from library.items import Viewing
from library.library import Library
from library.people import read_person
from library.progress import run
from library.settings import PeopleSettings, Profile, Settings, SourceSettings
from library.sync import scan
from tests.unit.library.building import WrittenServer, film

SOURCE = SourceSettings(id="s", kind="plex", name="Cellar", url="http://127.0.0.1:1")
MAX = Profile("plex:7", "Max", "s")


def shelf(**viewings: Viewing) -> WrittenServer:
    films = [
        film(key, f"Film {key}", viewing=viewings.get(key, Viewing()), version=repr(viewings.get(key)))
        for key in "abcd"
    ]
    return WrittenServer({"1": films})


@pytest.fixture
def scanned(library: Library) -> Library:
    run(scan(library, shelf(a=Viewing(view_count=3, rating=9.0)), SOURCE))
    return library


def seen(library: Library) -> set[str]:
    return {item.title for item in library.items.all() if item.seen}


def test_what_another_person_saw_and_rated_is_kept_under_their_name(scanned: Library) -> None:
    report = run(read_person(scanned, shelf(b=Viewing(view_count=1), c=Viewing(rating=2.0)), SOURCE, MAX))
    assert (report.titles, report.read, report.ratings, report.unknown) == (4, 4, 1, 0)
    assert [rating.value for rating in scanned.feedback.current().ratings] == [9.0]
    assert [rating.value for rating in scanned.feedback.current("plex:7").ratings] == [2.0]
    assert seen(scanned) == {"Film a"}
    scanned.sit_down("plex:7")
    assert seen(scanned) == {"Film b"}


def test_a_person_of_whom_nothing_is_known_has_seen_nothing(scanned: Library) -> None:
    scanned.sit_down("plex:9")
    assert seen(scanned) == set()


def test_only_what_changed_is_read_again(scanned: Library) -> None:
    run(read_person(scanned, shelf(b=Viewing(view_count=1)), SOURCE, MAX))
    server = shelf(b=Viewing(view_count=1), d=Viewing(rating=7.0))
    report = run(read_person(scanned, server, SOURCE, MAX))
    assert server.asked == ["d"]
    assert (report.read, report.ratings) == (1, 1)


def test_titles_that_are_not_in_the_library_are_left_out(scanned: Library) -> None:
    server = shelf()
    server.content["1"].append(film("e", "Film e"))
    assert run(read_person(scanned, server, SOURCE, MAX)).unknown == 1


def test_libraries_that_were_not_chosen_are_not_read(scanned: Library) -> None:
    server = shelf()
    assert run(read_person(scanned, server, replace(SOURCE, libraries=()), MAX)).titles == 0
    assert server.asked == []


def test_whoever_sits_there_is_remembered(scanned: Library) -> None:
    scanned.settings.save(Settings(profiles=(MAX,), people=PeopleSettings("plex:7")))
    with Library.open(scanned.home) as again:
        assert again.person == "plex:7"
