"""Jellyfin's JSON is taken as far as it is what it should be."""

from __future__ import annotations

from typing import Any

import pytest

from library.items import Credit, CreditRole, ExternalId, MediaKind, Viewing
from library.sources import Entry
from providers.servers.jellyfin_items import entry_of, moment, server_item, unwatched_names, version_of

ENTRY = Entry("a1", "v")


def item(kind: MediaKind = MediaKind.MOVIE, **line: Any) -> Any:
    return server_item({"Id": "a1", "Name": "A", **line}, kind, ENTRY)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2023-12-11T12:10:40.7607527Z", 1702296640.7607527),
        ("2023-12-11T12:10:40Z", 1702296640.0),
        ("2023-12-11T12:10:40", 1702296640.0),
        ("2023-12-11T13:10:40+01:00", 1702296640.0),
        ("0001-01-01T00:00:00.0000000Z", None),
        ("2023-13-11T12:10:40Z", None),
        ("yesterday", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_a_moment_has_seven_digits_after_the_second(text: object, wanted: float | None) -> None:
    assert moment(text) == (pytest.approx(wanted) if wanted else None)


@pytest.mark.parametrize("wrong", [None, "x", [], {}, True, -1, 1e400, 10**400])
def test_what_is_of_the_wrong_kind_is_unknown(wrong: object) -> None:
    names = (
        "ProductionYear",
        "RunTimeTicks",
        "Genres",
        "People",
        "ProviderIds",
        "ImageTags",
        "MediaSources",
        "UserData",
    )
    found = item(**dict.fromkeys(names, wrong))
    assert (found.year, found.runtime, found.poster, found.files) == (None, None, None, ())
    assert (found.credits, found.external_ids) == ((), ())
    assert found.viewing == Viewing()


@pytest.mark.parametrize("line", [None, "x", 5, [], {}, {"Id": ""}, {"Id": 5}])
def test_a_line_without_an_id_is_no_entry(line: object) -> None:
    assert entry_of(line) is None


def test_people_are_credited_once_per_role_in_their_order() -> None:
    people = [
        {"Name": "Ada", "Type": "Director"},
        {"Name": "Bo", "Type": "Actor", "Role": "The Boss"},
        {"Name": "Bo", "Type": "Actor", "Role": "Himself"},
        {"Name": "Cy", "Type": "GuestStar", "Role": ""},
        {"Name": "Ada", "Type": "Writer", "Role": "screenplay"},
        {"Name": "Di", "Type": "Composer"},
        {"Name": "  ", "Type": "Actor"},
        "nonsense",
    ]
    assert item(People=people).credits == (
        Credit("Ada", CreditRole.DIRECTOR),
        Credit("Bo", CreditRole.CAST, 0, "The Boss"),
        Credit("Cy", CreditRole.CAST, 1),
        Credit("Ada", CreditRole.WRITER),
    )


def test_a_film_that_was_begun_was_not_watched() -> None:
    user = {"Played": False, "PlayCount": 2, "PlaybackPositionTicks": 6_000_000_000, "IsFavorite": False}
    assert item(UserData=user).viewing == Viewing(view_offset=10.0, favourite=False)
    assert item(UserData={"Played": True, "PlayCount": 0}).viewing == Viewing(view_count=1)


def test_files_are_those_of_all_versions_and_never_addresses() -> None:
    sources = [
        {"Protocol": "File", "Path": "/m/a.mkv"},
        {"Protocol": "Http", "Path": "http://x/a"},
        {"Protocol": "File", "Path": "/m/a.mkv"},
        {"Path": "/m/b.mkv"},
    ]
    assert item(MediaSources=sources).files == ("/m/a.mkv", "/m/b.mkv")
    assert item(Path="/m/c.mkv").files == ("/m/c.mkv",)
    assert item(Path="https://x/c.mkv").files == ()
    assert item(MediaKind.SHOW, Path="/m/show").files == ()


@pytest.mark.parametrize(
    ("artists", "album_artist", "wanted"),
    [
        (["Ada"], "Bo", "Ada"),
        (["Ada", "Bo"], "Ada & Bo", "Ada & Bo"),
        (["Ada", "Bo"], "Various Artists", "Ada"),
        ([], "Bo", "Bo"),
        ([], "", None),
    ],
)
def test_a_track_has_the_name_of_one_artist(artists: list[str], album_artist: str, wanted: str | None) -> None:
    found = item(MediaKind.TRACK, Artists=artists, AlbumArtist=album_artist)
    assert found.artist == wanted
    assert [credit.name for credit in found.credits] == (artists or ([wanted] if wanted else []))


def test_only_the_recording_names_a_track_elsewhere() -> None:
    ids = {"MusicBrainzTrack": "t", "MusicBrainzAlbum": "a", "MusicBrainzRecording": " r "}
    assert item(MediaKind.TRACK, ProviderIds=ids).external_ids == (ExternalId("musicbrainz", "r"),)
    assert item(ProviderIds={"IMDB": "tt1", "Tmdb": "", "tvdb": 5}).external_ids == (ExternalId("imdb", "tt1"),)


@pytest.mark.parametrize(
    "line",
    [
        {"ImageTags": {"Primary": "a/../b"}},
        {"ImageTags": {"Primary": "abc"}, "Id": "../x"},
        {"AlbumPrimaryImageTag": "abc"},
        {"AlbumPrimaryImageTag": "abc", "AlbumId": "x?y"},
    ],
)
def test_a_poster_that_leads_elsewhere_is_none(line: dict) -> None:
    assert item(**line).poster is None


def test_a_show_counts_what_was_watched() -> None:
    user = {"UnplayedItemCount": 3, "Played": False}
    found = item(MediaKind.SHOW, UserData=user, RecursiveItemCount=10, ChildCount=2, EndDate="2020-05-01T00:00:00Z")
    assert (found.episodes, found.seasons, found.end_year) == (10, 2, 2020)
    assert found.viewing.watched_episodes == 7
    assert item(MediaKind.SHOW, UserData={}, RecursiveItemCount=10).viewing.watched_episodes is None


def test_an_odd_status_is_unknown() -> None:
    assert item(MediaKind.SHOW, Status="Ended").status == "Ended"
    assert item(MediaKind.SHOW, Status="Unreleased").status is None


def test_names_of_episodes_need_both_numbers() -> None:
    lines: list[object] = [
        {"SeriesId": "s", "ParentIndexNumber": 1, "IndexNumber": 10},
        {"SeriesId": "s", "ParentIndexNumber": 0, "IndexNumber": 2},
        {"SeriesId": "s", "IndexNumber": 2},
        {"ParentIndexNumber": 1, "IndexNumber": 2},
        "nonsense",
    ]
    assert unwatched_names(lines) == {"s": ["S00E02", "S01E10"]}


def test_the_version_moves_with_the_mark_of_the_server_and_holds_no_line_break() -> None:
    one, other = version_of({"Etag": "a", "UserData": {}}), version_of({"Etag": "b", "UserData": {}})
    assert one != other
    assert one == version_of({"Etag": "a", "UserData": {"Key": "never mind"}})
    assert len(one) < 40


def test_what_is_no_text_is_left_out() -> None:
    found = item(Name="A\ud800\x00 film\x0b", Overview="Two\nlines\x1f", Genres=["Dr\x00ama", "\x00"], Tags=["\udfff"])
    assert (found.title, found.overview, found.genres, found.keywords) == ("A film", "Two\nlines", ("Drama",), ())
    assert entry_of({"Id": "a/../b"}) is None
