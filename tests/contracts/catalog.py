"""What every ``Catalog`` must do, whoever it is. Subclass ``CatalogContract`` and give it a ``subject`` fixture."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

import pytest

from library.enrich import NAMES, enrich
from library.errors import ProviderError
from library.home import find_home
from library.items import ExternalId, MediaKind
from library.library import Library
from library.progress import run
from library.sources import Answered, Catalog, Metadata, Question, ServerItem
from tests.fakes.certificate import make_certificate, server_side
from tests.fakes.serving import FakeService
from tests.fakes.tmdb import PICTURE

FAULTS: dict[str, dict[str, object]] = {
    "reset": {},
    "truncate": {},
    "html": {},
    "json": {},
    "garbage": {},
    "slow": {"seconds": 0.7},
    "401": {"status": 401},
    "429": {"status": 429},
    "429 for long": {"status": 429, "headers": {"Retry-After": "3600"}},
    "500": {"status": 500},
    "404": {"status": 404},
}


@dataclass
class CatalogSubject:
    """One catalogue whose content is known by construction.

    :param open: makes a catalogue object for an address; quick to give up.
    :param kind: of the titles in ``titles``: key -> (title, year), with nothing else of that name and year.
    :param id_of: a key -> an id that somebody else's servers give that title.
    :param word: text in the overview of the titles.
    :param path: part of the path of the requests that a fault is to happen to: not the login.
    :param secrets: what must never be seen in a text.
    """

    service: FakeService
    open: Callable[[str], Catalog]
    kind: MediaKind
    titles: dict[str, tuple[str, int]]
    id_of: Callable[[str], ExternalId]
    word: str
    path: str = ""
    secrets: tuple[str, ...] = ()
    opened: list[Catalog] = field(default_factory=list)

    def catalog(self, url: str = "") -> Catalog:
        """A new catalogue object, closed at the end of the test."""
        self.opened.append(self.open(url or self.service.url))
        return self.opened[-1]

    def close(self) -> None:
        for catalog in self.opened:
            catalog.close()
            catalog.close()

    def question(self, key: str, item_id: int = 1, *, by_id: bool = True) -> Question:
        title, year = self.titles[key]
        ids = (self.id_of(key),) if by_id else ()
        return Question(item_id, self.kind, title, year, external_ids=ids)


def answers(catalog: Catalog, *questions: Question) -> list[Answered]:
    return [answer for batch in catalog.look_up(questions) for answer in batch]


class CatalogContract:
    """Inherit from it in ``tests/contracts/test_<catalogue>.py``."""

    def test_it_has_a_name_and_says_that_it_answers(self, subject: CatalogSubject) -> None:
        catalog = subject.catalog()
        assert catalog.name in NAMES
        assert catalog.check().endswith(".")

    def test_every_question_is_answered_once_whatever_the_order(self, subject: CatalogSubject) -> None:
        asked = [subject.question(key, place) for place, key in enumerate(subject.titles)]
        unknown = Question(99, subject.kind, "Nothing of the sort", 1931)
        got = {one.question.item_id: one for one in answers(subject.catalog(), *asked, unknown)}
        assert sorted(got) == [*range(len(asked)), 99]
        assert got[99].metadata is None
        assert got[99].failure == ""
        for place, key in enumerate(subject.titles):
            said = got[place].metadata
            assert said is not None
            self.check_metadata(subject, said, key)

    def check_metadata(self, subject: CatalogSubject, said: Metadata, key: str) -> None:
        assert (said.key, said.kind) == (key, subject.kind)
        assert (said.title, said.year) == subject.titles[key]
        assert subject.word in (said.overview or "")
        assert said.credits
        assert said.genres

    def test_a_title_is_found_by_name_and_year_and_never_by_the_name_alone(self, subject: CatalogSubject) -> None:
        key, (title, year) = next(iter(subject.titles.items()))
        by_name = answers(subject.catalog(), subject.question(key, by_id=False))[0].metadata
        assert by_name is not None
        assert by_name.key == key
        for wrong in (Question(1, subject.kind, title), Question(1, subject.kind, title, year - 30)):
            assert answers(subject.catalog(), wrong)[0].metadata is None

    def test_what_a_person_chose_is_looked_up_as_it_is(self, subject: CatalogSubject) -> None:
        first, second = list(subject.titles)[:2]
        title, year = subject.titles[first]
        chosen = Question(1, subject.kind, title, year, external_ids=(subject.id_of(first),), key=second)
        said = answers(subject.catalog(), chosen)[0].metadata
        assert said is not None
        assert said.key == second

    def test_a_person_can_search(self, subject: CatalogSubject) -> None:
        title, year = next(iter(subject.titles.values()))
        matches = subject.catalog().search(subject.kind, title, year)
        assert (matches[0].title, matches[0].year, matches[0].kind) == (title, year, subject.kind)
        assert subject.catalog().search(subject.kind, "Nothing of the sort") == ()

    def test_pictures_come_without_the_key_and_only_from_its_own_host(self, subject: CatalogSubject) -> None:
        catalog = subject.catalog()
        said = answers(catalog, subject.question(next(iter(subject.titles))))[0].metadata
        assert said is not None
        subject.service.forget()
        assert catalog.picture(said.poster or "") == PICTURE
        (seen,) = subject.service.requests
        assert not [secret for secret in subject.secrets if secret in seen.raw + str(seen.headers)]
        assert catalog.picture("https://example.org/x.jpg") is None
        subject.service.fail("status", status=404)
        assert catalog.picture(said.poster or "") is None
        subject.service.recover()
        subject.service.fail("html")
        assert catalog.picture(said.poster or "") is None

    @pytest.mark.parametrize("fault", FAULTS)
    def test_each_fault_is_a_sentence_and_the_next_time_goes_on(
        self, subject: CatalogSubject, fault: str, home_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        items = [
            ServerItem(
                kind=subject.kind, key=key, version="1", title=title, year=year, external_ids=(subject.id_of(key),)
            )
            for key, (title, year) in subject.titles.items()
        ]
        kind = "status" if "status" in FAULTS[fault] else fault
        subject.service.fail(kind, path=subject.path, **FAULTS[fault])
        texts: list[str] = []
        with caplog.at_level(logging.DEBUG), Library.open(find_home()) as library:
            library.items.upsert("s", "1", items)
            sentences: list[str] = []
            try:
                report = run(enrich(library, subject.catalog(), 30))
                sentences += report.problems
                assert report.failed + report.unknown == len(items)
            except ProviderError as error:
                sentences.append(error.message)
                texts += [str(error), repr(error)]
            assert all(sentence.endswith(".") for sentence in sentences)
            texts += sentences
            subject.service.recover()
            if fault in ("404", "json"):  # "knows nothing of it" is an answer, and remembered
                library.metadata.forget(subject.catalog().name)
            assert run(enrich(library, subject.catalog(), 30)).found == len(items)
            assert run(enrich(library, subject.catalog(), 30)).asked == 0
        said = " ".join([*texts, caplog.text])
        assert not [secret for secret in subject.secrets if secret in said]
        assert not [secret for secret in subject.secrets if secret in written_under(home_path)]

    def test_a_clock_that_is_wrong_there_does_no_harm(self, subject: CatalogSubject) -> None:
        subject.service.fail("skewed clock")
        assert all(one.metadata for one in answers(subject.catalog(), subject.question(next(iter(subject.titles)))))

    def test_being_asked_to_wait_until_a_moment_that_is_over(self, subject: CatalogSubject) -> None:
        headers = {"Retry-After": formatdate(0, usegmt=True)}
        subject.service.fail("status", status=429, headers=headers, times=2, path=subject.path)
        assert all(one.metadata for one in answers(subject.catalog(), subject.question(next(iter(subject.titles)))))

    def test_nobody_there_is_a_sentence(self, subject: CatalogSubject) -> None:
        with FakeService() as gone:
            url = gone.url
        with pytest.raises(ProviderError, match="nothing answers") as caught:
            answers(subject.catalog(url), subject.question(next(iter(subject.titles))))
        assert "internet" in caught.value.hint

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, subject: CatalogSubject, tmp_path: Path) -> None:
        with FakeService(tls=server_side(make_certificate(tmp_path))) as impostor:
            with pytest.raises(ProviderError, match="certificate"):
                subject.catalog(impostor.url).check()
            assert impostor.requests == []


def written_under(folder: Path) -> str:
    """Everything that lies in files there, as far as it is text."""
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())
