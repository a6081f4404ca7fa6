"""What a move to another server would keep, told before anything is taken over."""

from __future__ import annotations

from dataclasses import replace

from library.feedback import Rating
from library.library import Library
from library.progress import run
from library.rehearsal import Rehearsal, rehearse
from library.settings import SourceSettings
from library.sync import scan
from tests.unit.library.building import WrittenServer, film

OLD = SourceSettings(id="old", kind="plex", name="Cellar", url="http://127.0.0.1:1")
NEW = SourceSettings(id="new", kind="jellyfin", name="Attic", url="http://127.0.0.1:2")


def test_it_tells_what_is_known_rated_and_not_sure_and_changes_nothing(library: Library) -> None:
    old = [
        film("a", "Heat", 1995, "tt0113277"),
        film("b", "Ran", 1985),
        film("c", "Kes", 1969),
        film("d", "Gone", 1990),
    ]
    run(scan(library, WrittenServer({"1": old}), OLD))
    for title in ("Heat", "Kes", "Gone"):
        library.feedback.append(Rating(at=1.0, item_id=library.items.search(title)[0], value=8.0))
    revision = library.items.revision()
    there = [
        film("x", "Heat", 1995, "tt0113277"),
        film("y", "Ran", 1986),
        film("z", "Kes", 1969),
        film("w", "New", 2001),
    ]
    found = run(rehearse(library, WrittenServer({"m": there}), NEW))
    assert found == Rehearsal(listed=4, known=2, unsure=1, rated=3, rated_there=2)
    assert found.sentence == (
        "4 titles there: 2 are known already, 2 are new. Of 1 it is not sure; you will be asked."
        " 2 of the 3 titles that you rated are there."
    )
    assert library.items.revision() == revision
    assert library.pairs.waiting() == ()


def test_only_the_chosen_libraries_are_compared(library: Library) -> None:
    server = WrittenServer({"1": [film("a")], "2": [film("b", "Other")]})
    assert run(rehearse(library, server, replace(NEW, libraries=("2",)))).listed == 1
    assert server.asked == ["b"]
