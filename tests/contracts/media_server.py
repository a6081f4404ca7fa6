"""What every ``MediaServer`` must do, whoever it is. Subclass ``MediaServerContract`` and give it a ``subject`` fixture."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from library.items import MediaKind
from library.sources import Entry, MediaServer, ServerItem, ServerLibrary


@dataclass
class Subject:
    """One media server whose content is known by construction.

    :param open: makes a server object, as after a restart of the program.
    :param expected: title of each library -> key of each entry in it -> fields of its ``ServerItem`` as they must come back;
        fields not named are not looked at.
    :param change: changes one entry on the server, other than its title, and returns the library's title and the key.
    :param remove: takes one entry away while the server runs, and returns the same; for ``VanishingContract`` only.
    :param secret: what must never be seen in a text.
    """

    open: Callable[[], MediaServer]
    expected: Mapping[str, Mapping[str, Mapping[str, object]]]
    change: Callable[[], tuple[str, str]]
    remove: Callable[[], tuple[str, str]] | None = None
    secret: str = ""
    opened: list[MediaServer] = field(default_factory=list)

    def server(self) -> MediaServer:
        """A new server object, closed at the end of the test."""
        self.opened.append(self.open())
        return self.opened[-1]

    def close(self) -> None:
        for server in self.opened:
            server.close()


def library_called(server: MediaServer, title: str) -> ServerLibrary:
    return next(library for library in server.libraries() if library.title == title)


def entries_of(server: MediaServer, title: str) -> list[Entry]:
    pages = list(server.listing(library_called(server, title)))
    assert all(page.complete for page in pages), [page.problems for page in pages]
    return [entry for page in pages for entry in page.entries]


def items_of(server: MediaServer, title: str, entries: list[Entry]) -> dict[str, ServerItem]:
    items: dict[str, ServerItem] = {}
    for batch in server.items(library_called(server, title), entries):
        for item in batch.items:
            assert item.key not in items, f"{item.key} came twice"
            items[item.key] = item
    return items


class MediaServerContract:
    """The tests; a subclass's ``subject`` fixture says against what."""

    @pytest.fixture
    def subject(self) -> Subject:
        raise NotImplementedError("the subclass says what is tested")

    @pytest.fixture(autouse=True)
    def _close_everything(self, subject: Subject):
        yield
        subject.close()

    def test_it_says_who_it_is_and_stays_the_same(self, subject: Subject) -> None:
        first, again = subject.server().identify(), subject.server().identify()
        assert first.machine_id
        assert first.name.strip()
        assert first.machine_id == again.machine_id

    def test_it_offers_the_libraries_that_are_there(self, subject: Subject) -> None:
        libraries = subject.server().libraries()
        assert {library.title for library in libraries} == set(subject.expected)
        assert len({library.key for library in libraries}) == len(libraries)
        assert all(isinstance(library.kind, MediaKind) for library in libraries)

    def test_a_library_that_tells_its_size_is_right(self, subject: Subject) -> None:
        for library in subject.server().libraries():
            assert library.size in (None, len(subject.expected[library.title]))

    def test_the_listing_has_every_entry_once(self, subject: Subject) -> None:
        server = subject.server()
        for title, known in subject.expected.items():
            keys = [entry.key for entry in entries_of(server, title)]
            assert len(keys) == len(set(keys))
            assert set(keys) == set(known)

    def test_the_total_of_a_listing_is_the_number_of_entries(self, subject: Subject) -> None:
        server = subject.server()
        for title, known in subject.expected.items():
            totals = {page.total for page in server.listing(library_called(server, title))}
            assert totals <= {None, len(known)}

    def test_versions_stand_still_while_nothing_changes(self, subject: Subject) -> None:
        for title in subject.expected:
            first = entries_of(subject.server(), title)
            assert all(entry.version for entry in first)
            assert set(first) == set(entries_of(subject.server(), title))

    def test_items_come_back_as_they_are(self, subject: Subject) -> None:
        server = subject.server()
        for title, known in subject.expected.items():
            items = items_of(server, title, entries_of(server, title))
            assert set(items) == set(known)
            for key, fields in known.items():
                assert {name: getattr(items[key], name) for name in fields} == dict(fields)

    def test_items_carry_the_version_that_was_listed(self, subject: Subject) -> None:
        server = subject.server()
        for title in subject.expected:
            entries = entries_of(server, title)
            items = items_of(server, title, entries)
            assert {key: item.version for key, item in items.items()} == {e.key: e.version for e in entries}

    def test_items_are_of_their_librarys_kind(self, subject: Subject) -> None:
        server = subject.server()
        for title in subject.expected:
            kind = library_called(server, title).kind
            assert {item.kind for item in items_of(server, title, entries_of(server, title)).values()} <= {kind}

    def test_asking_for_no_items_gives_none(self, subject: Subject) -> None:
        server = subject.server()
        for title in subject.expected:
            assert items_of(server, title, []) == {}

    def test_a_change_moves_the_version_of_that_entry_only(self, subject: Subject) -> None:
        before = {title: dict(versions(subject, title)) for title in subject.expected}
        title, key = subject.change()
        after = dict(versions(subject, title))
        assert {k for k in after if after[k] != before[title][k]} == {key}

    def test_an_entry_that_never_was_fails_alone(self, subject: Subject) -> None:
        server = subject.server()
        title = next(iter(subject.expected))
        real = entries_of(server, title)[0]
        batches = list(server.items(library_called(server, title), [Entry("987654321", "1"), real]))
        assert [item.key for batch in batches for item in batch.items] == [real.key]
        sentences = {key: text for batch in batches for key, text in batch.failures.items()}
        assert set(sentences) == {"987654321"}
        assert sentences["987654321"].endswith(".")

    def test_a_poster_is_a_picture_or_none(self, subject: Subject) -> None:
        server = subject.server()
        for title in subject.expected:
            for item in list(items_of(server, title, entries_of(server, title)).values())[:3]:
                picture = server.poster(item.poster, 200, 300) if item.poster else None
                assert picture is None or picture.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF", b"GIF8"))
        assert server.poster("/nothing/at/all/of/this/name.jpg", 200, 300) is None

    def test_the_play_target_is_a_local_file_or_https(self, subject: Subject) -> None:
        server = subject.server()
        server.identify()
        for title in subject.expected:
            for item in items_of(server, title, entries_of(server, title)).values():
                target = server.play_target(item.key, item.files)
                assert target is None or target.startswith("https://") or target in item.files

    def test_closing_twice_is_fine(self, subject: Subject) -> None:
        server = subject.server()
        server.identify()
        server.close()
        server.close()

    def test_closing_before_use_is_fine(self, subject: Subject) -> None:
        subject.server().close()

    def test_a_job_that_is_given_up_half_way_can_be_begun_again(self, subject: Subject) -> None:
        server = subject.server()
        title = next(iter(subject.expected))
        library = library_called(server, title)
        pages = server.listing(library)
        entries = next(pages).entries
        pages.close()
        batches = server.items(library, entries)
        next(batches)
        batches.close()
        assert {entry.key for entry in entries_of(server, title)} == set(subject.expected[title])

    def test_the_secret_is_in_no_text(self, subject: Subject, caplog: pytest.LogCaptureFixture) -> None:
        server = subject.server()
        with caplog.at_level(logging.DEBUG):
            texts = [repr(server), str(server), repr(server.identify())]
            for title in subject.expected:
                for item in items_of(server, title, entries_of(server, title)).values():
                    texts += [repr(item), str(server.play_target(item.key, item.files))]
        texts.append(caplog.text)
        assert not subject.secret or not [text for text in texts if subject.secret in text]


class VanishingContract(MediaServerContract):
    """For servers whose entries can vanish while they are being read."""

    def test_what_is_gone_is_not_listed_and_not_returned(self, subject: Subject) -> None:
        assert subject.remove is not None, "say how an entry is taken away"
        server = subject.server()
        listed = {title: entries_of(server, title) for title in subject.expected}
        title, key = subject.remove()
        assert key not in {entry.key for entry in entries_of(server, title)}
        items = items_of(server, title, listed[title])
        assert set(items) == {entry.key for entry in listed[title]} - {key}


def versions(subject: Subject, title: str) -> list[tuple[str, str]]:
    return [(entry.key, entry.version) for entry in entries_of(subject.server(), title)]
