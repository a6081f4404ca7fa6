"""Looking titles up: what is asked, what is kept when it ends half way, what is tried again. A catalogue written here answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from library.enrich import DAY, EnrichReport, enrich, how_far, switched_on
from library.errors import ProviderDenied
from library.items import ExternalId, MediaKind
from library.library import Library
from library.progress import run
from library.settings import CatalogSettings
from library.sources import Answered, Match, Metadata, Question
from tests.unit.library.building import film, show


@dataclass
class WrittenCatalog:
    """Knows some titles by name; fails for others; ends as a whole after some answers when told to."""

    knows: dict[str, Metadata]
    name: str = "tmdb"
    failing: set[str] = field(default_factory=set)
    denied_after: int | None = None
    asked: list[Question] = field(default_factory=list)
    open_rounds: int = 0

    def check(self) -> str:
        return "It answers."

    def look_up(self, questions: Sequence[Question]) -> Iterator[tuple[Answered, ...]]:
        self.open_rounds += 1
        try:
            for count, question in enumerate(questions):
                if self.denied_after is not None and count >= self.denied_after:
                    raise ProviderDenied("TMDB", "The key is refused.")
                yield ()
                self.asked.append(question)
                failed = question.title in self.failing
                metadata = None if failed else self.knows.get(question.title)
                yield (Answered(question, metadata, f"“{question.title}”: no answer." if failed else ""),)
        finally:
            self.open_rounds -= 1

    def search(self, kind: MediaKind, title: str, year: int | None = None) -> tuple[Match, ...]:
        return ()

    def picture(self, address: str) -> bytes | None:
        return None

    def close(self) -> None:
        pass


def known(*titles: str) -> dict[str, Metadata]:
    return {
        title: Metadata(kind=MediaKind.MOVIE, key=str(place), title=title, keywords=(f"word {place}",))
        for place, title in enumerate(titles, 1)
    }


@pytest.fixture
def ids(library: Library) -> list[int]:
    items = [film(name, name, runtime=100.0, imdb=f"tt{ord(name)}") for name in "ABCDE"]
    return library.items.upsert("s", "1", items)


def asked(catalog: WrittenCatalog) -> str:
    found = "".join(question.title for question in catalog.asked)
    catalog.asked.clear()
    return found


def test_each_title_is_asked_about_once_until_its_answer_is_old(library: Library, ids: list[int]) -> None:
    catalog, now = WrittenCatalog(known("A", "C")), [1e9]
    library.metadata._clock = lambda: now[0]
    report = run(enrich(library, catalog, 30, now=lambda: now[0]))
    assert report == EnrichReport("tmdb", asked=5, found=2, unknown=3)
    assert report.sentence == "TMDB: 2 of 5 titles found, 3 unknown there"
    assert asked(catalog) == "ABCDE"
    assert run(enrich(library, catalog, 30, now=lambda: now[0])).sentence == "TMDB: nothing to look up"
    now[0] += 31 * DAY
    assert run(enrich(library, catalog, 30, now=lambda: now[0])).asked == 5
    assert library.items.search("word") == [ids[0], ids[2]]


def test_the_question_holds_all_that_tells_the_title(library: Library, ids: list[int]) -> None:
    catalog = WrittenCatalog({})
    run(enrich(library, catalog, 30))
    first = catalog.asked[0]
    assert (first.item_id, first.kind, first.title, first.year, first.runtime) == (
        ids[0], MediaKind.MOVIE, "A", 2000, 100.0
    )  # fmt: skip
    assert first.external_ids == (ExternalId("imdb", "tt65"),)
    assert first.key is None


def test_what_was_answered_is_kept_when_it_is_stopped_and_goes_on_from_there(library: Library, ids: list[int]) -> None:
    catalog = WrittenCatalog(known(*"ABCDE"))
    job = enrich(library, catalog, 30)
    while next(job).done < 2:
        pass
    job.close()
    assert catalog.open_rounds == 0
    assert asked(catalog) == "AB"
    assert library.metadata.get(ids[1], "tmdb") is not None
    assert run(enrich(library, catalog, 30)).found == 3
    assert asked(catalog) == "CDE"


def test_what_was_answered_is_kept_when_the_catalogue_fails(library: Library, ids: list[int]) -> None:
    catalog = WrittenCatalog(known(*"ABCDE"), denied_after=3)
    with pytest.raises(ProviderDenied):
        run(enrich(library, catalog, 30))
    catalog.denied_after = None
    asked(catalog)
    assert run(enrich(library, catalog, 30)).found == 2
    assert asked(catalog) == "DE"


def test_a_title_that_fails_is_told_and_asked_about_again(library: Library, ids: list[int]) -> None:
    catalog = WrittenCatalog(known(*"ABCDE"), failing={"B", "D"})
    steps = []
    report = run(enrich(library, catalog, 30), steps.append)
    assert (report.found, report.failed, report.problems) == (3, 2, ("“B”: no answer.", "“D”: no answer."))
    assert "2 to be tried again" in report.sentence
    assert [step.failure for step in steps if step.failure] == ["“B”: no answer.", "“D”: no answer."]
    catalog.failing.clear()
    asked(catalog)
    assert run(enrich(library, catalog, 30)).found == 2
    assert asked(catalog) == "BD"


def test_what_a_person_chose_is_asked_for_by_its_key(library: Library, ids: list[int]) -> None:
    catalog = WrittenCatalog(known(*"ABCDE"))
    run(enrich(library, catalog, 30))
    asked(catalog)
    library.metadata.choose(ids[1], "tmdb", "77")
    run(enrich(library, catalog, 30, only=[ids[1]]))
    assert [question.key for question in catalog.asked] == ["77"]


def test_a_second_catalogue_is_asked_only_what_the_first_does_not_know(library: Library, ids: list[int]) -> None:
    library.items.upsert("s", "2", [show("x", "X")])
    run(enrich(library, WrittenCatalog(known("A", "B", "X")), 30))
    second = WrittenCatalog({}, name="tvdb")
    run(enrich(library, second, 30))
    assert asked(second) == "CDE"
    assert how_far(library, "tvdb", 30, 0.0).due == 0


def test_which_are_switched_on() -> None:
    assert switched_on(CatalogSettings()) == ()
    assert switched_on(CatalogSettings(tvdb=True, tmdb=True)) == ("tmdb", "tvdb")
