"""What sounds alike, and the files themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.errors import ProviderDenied, ProviderReplyError
from library.settings import SourceSettings
from providers.http import Patience, ProviderSession
from providers.servers.subsonic import ALIKE, SubsonicServer
from tests.fakes.subsonic import PASSWORD, USER, FakeSubsonic, Refused
from tests.fakes.subsonic_world import make_world

QUICK = Patience(connect=1, read=1, overall=3, pause=0.01)


@pytest.fixture
def fake() -> Iterator[FakeSubsonic]:
    with FakeSubsonic(world=make_world(60)) as server:
        yield server


@pytest.fixture
def server(fake: FakeSubsonic) -> Iterator[SubsonicServer]:
    source = SourceSettings(id="s", kind="subsonic", name="Navidrome", url=fake.url, user=USER, sign_in="password")
    opened = SubsonicServer(source, PASSWORD, ProviderSession("Navidrome", QUICK))
    yield opened
    opened.close()


def test_a_server_that_listens_says_what_is_near_and_how_near(server: SubsonicServer, fake: FakeSubsonic) -> None:
    found = server.sounds_like("so-1000", 10)
    lengths = {song.key: song.seconds for song in fake.world.songs}
    apart = [abs(lengths[near.key] - lengths["so-1000"]) / 400 for near in found]
    assert [near.distance for near in found] == pytest.approx(apart)
    assert apart == sorted(apart)
    assert 0 < len(found) <= 10
    assert "so-1000" not in {near.key for near in found}


def test_one_that_does_not_listen_knows_similar_artists_and_says_no_distance(
    server: SubsonicServer, fake: FakeSubsonic
) -> None:
    fake.extensions = ("formPost",)
    found = server.sounds_like("so-1000", 10)
    assert {near.distance for near in found} == {ALIKE}
    assert {fake.world.by_key[near.key].artist for near in found} == {fake.world.by_key["so-1000"].artist}
    assert len(found) == 10
    asked = next(seen for seen in fake.requests if "getSimilarSongs2" in seen.path)
    assert b"id=ar-" in asked.body


@pytest.mark.parametrize("extensions", [("formPost", "sonicSimilarity"), ("formPost",)])
@pytest.mark.parametrize("code", [0, 70])
def test_one_that_knows_nothing_of_it_is_no_failure(
    server: SubsonicServer, fake: FakeSubsonic, extensions: tuple[str, ...], code: int
) -> None:
    fake.extensions = extensions
    fake.fail("code", path="Similar", status=code)
    assert server.sounds_like("so-1000") == ()
    assert server.sounds_like("so-9") == ()


@pytest.mark.parametrize("pieces", [True, False])
def test_the_file_comes_as_it_is_and_does_not_count_as_heard(
    server: SubsonicServer, fake: FakeSubsonic, pieces: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.servers.file_pieces.PIECE", 1000)
    fake.hands_out_pieces = pieces
    came = list(server.stream("so-1000"))
    assert b"".join(came) == fake.sound
    assert len(came) == (len(fake.sound) // 1000 + 1 if pieces else 1)
    assert not [seen for seen in fake.requests if "/stream" in seen.path]


def test_a_piece_that_breaks_off_is_asked_for_again(
    server: SubsonicServer, fake: FakeSubsonic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.servers.file_pieces.PIECE", 1000)
    server.identify()
    fake.fail("reset", path="download", after=3, times=2)
    assert b"".join(server.stream("so-1000")) == fake.sound


def test_an_account_that_may_only_listen_listens(server: SubsonicServer, fake: FakeSubsonic) -> None:
    fake.fail("code", path="download", status=50)
    assert b"".join(server.stream("so-1000")) == fake.sound
    fake.fail("code", path="stream", status=50)
    with pytest.raises(ProviderDenied):
        next(server.stream("so-1000"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "html"}, "message"),
        ({"kind": "code", "status": 70}, "no longer on the server"),
        ({"kind": "code", "status": 0}, "could not do"),
        ({"kind": "status", "status": 500}, "error 500"),
    ],
)
def test_words_in_place_of_a_file_are_no_file(
    server: SubsonicServer, fake: FakeSubsonic, fault: dict, words: str
) -> None:
    server.identify()
    fake.fail(path="download", **fault)
    with pytest.raises(ProviderReplyError) as caught:
        list(server.stream("so-1000"))
    assert words in str(caught.value) or "not a Subsonic server" in str(caught.value)


def test_a_cover_that_is_a_message_is_none(server: SubsonicServer, fake: FakeSubsonic) -> None:
    def refuse(_question: object) -> dict:
        raise Refused(0, "no cover")

    fake.rest_getCoverArt = refuse  # type: ignore[method-assign]
    assert server.poster("al-1", 20, 30) is None
    fake.rest_getCoverArt = lambda question: {}  # type: ignore[method-assign]
    assert server.poster("al-1", 20, 30) is None
