"""Plex's elements in our own words: the shapes that a real server and older agents send."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from library.items import Credit, CreditRole, ExternalId, MediaKind
from library.sources import Entry, ServerItem
from providers.servers.plex_items import entry_of, last_part, server_item, track_item, unwatched_names, version_of


def item(attributes: str = "", children: str = "", kind: MediaKind = MediaKind.MOVIE) -> ServerItem:
    element = ElementTree.fromstring(f'<Video ratingKey="7" title="A film" {attributes}>{children}</Video>')
    return server_item(element, kind, Entry("7", "v"))


def ids(attributes: str, children: str = "") -> set[tuple[str, str]]:
    return {(found.scheme, found.value) for found in item(attributes, children).external_ids}


def test_ids_come_from_guid_elements() -> None:
    children = '<Guid id="imdb://tt0111161" /><Guid id="tmdb://278" /><Guid id="tvdb://190" /><Guid id="other://1" />'
    assert ids('guid="plex://movie/5d77"', children) == {
        ("imdb", "tt0111161"),
        ("tmdb", "278"),
        ("tvdb", "190"),
        ("plex", "movie/5d77"),
    }


@pytest.mark.parametrize(
    ("guid", "expected"),
    [
        ("com.plexapp.agents.imdb://tt0123456?lang=en", ("imdb", "tt0123456")),
        ("com.plexapp.agents.themoviedb://278?lang=de", ("tmdb", "278")),
        ("com.plexapp.agents.thetvdb://12345/1/2?lang=en", ("tvdb", "12345")),
    ],
)
def test_ids_come_from_the_older_agents(guid: str, expected: tuple[str, str]) -> None:
    assert ids(f'guid="{guid}"') == {expected}


def test_a_local_guid_is_no_id() -> None:
    assert ids('guid="local://7"') == set()


@pytest.mark.parametrize(
    ("attributes", "children", "vote"),
    [
        ('audienceRating="7.9" audienceRatingImage="imdb://image.rating"', "", 7.9),
        ('rating="7.1" ratingImage="themoviedb://image.rating"', "", 7.1),
        ('rating="7.5"', "", 7.5),
        ('audienceRating="9.5" audienceRatingImage="rottentomatoes://image.rating.upright"', "", None),
        (
            'audienceRating="9.5" audienceRatingImage="rottentomatoes://image.rating.upright"',
            '<Rating image="themoviedb://image.rating" type="audience" value="7.0" />'
            '<Rating image="imdb://image.rating" type="audience" value="7.2" />',
            7.2,
        ),
        ('rating="75" ratingImage="imdb://image.rating"', "", None),
        ('rating="nan"', "", None),
        ('rating="0"', "", None),
        ('rating="high"', "", None),
        ("", "", None),
    ],
)
def test_the_vote_is_on_a_scale_of_ten_or_unknown(attributes: str, children: str, vote: float | None) -> None:
    found = item(attributes, children)
    assert found.vote_average == vote
    assert found.vote_count is None


def test_people_keep_their_order_and_come_once_per_role() -> None:
    children = (
        '<Role tag="Ada" role="The Captain" /><Role tag="Bo" /><Role tag="Ada" role="The Ghost" /><Role tag=" " />'
        '<Director tag="Ada" /><Writer tag="Cy" />'
    )
    assert item("", children).credits == (
        Credit("Ada", CreditRole.CAST, 0, "The Captain"),
        Credit("Bo", CreditRole.CAST, 1),
        Credit("Ada", CreditRole.DIRECTOR, 0),
        Credit("Cy", CreditRole.WRITER, 0),
    )


def test_files_are_found_inside_media_and_beside_it() -> None:
    inside = '<Media><Part file="/a.mkv" /><Part file="/b.mkv" /></Media><Part file="/a.mkv" />'
    assert item("", inside).files == ("/a.mkv", "/b.mkv")


@pytest.mark.parametrize("thumb", ["http://elsewhere.example/x.jpg", "//elsewhere.example/x.jpg", ""])
def test_a_poster_elsewhere_is_left_out(thumb: str) -> None:
    assert item(f'thumb="{thumb}"').poster is None


def test_times_are_minutes() -> None:
    found = item('duration="5400000" viewOffset="600000"')
    assert (found.runtime, found.viewing.view_offset) == (90.0, 10.0)


def test_a_title_that_is_empty_gets_a_name() -> None:
    element = ElementTree.fromstring('<Video ratingKey="7" title=" " />')
    assert server_item(element, MediaKind.MOVIE, Entry("7", "v")).title == "Untitled"


def test_a_rating_beyond_ten_is_not_taken() -> None:
    assert item('userRating="11"').viewing.rating is None
    assert item('userRating="8.5"').viewing.rating == 8.5


def test_films_have_no_seasons_and_shows_no_files() -> None:
    film = item('childCount="3" leafCount="9"')
    assert (film.seasons, film.episodes) == (None, None)
    show = item('childCount="3" leafCount="9" viewedLeafCount="2"', '<Part file="/a" />', MediaKind.SHOW)
    assert (show.seasons, show.episodes, show.viewing.watched_episodes, show.files) == (3, 9, 2, ())


def test_ids_are_external_ids() -> None:
    assert item("", '<Guid id="tmdb://278" />').external_ids == (ExternalId("tmdb", "278"),)


def test_a_line_without_a_key_is_no_entry() -> None:
    assert entry_of(ElementTree.fromstring('<Directory title="All episodes" />')) is None


@pytest.mark.parametrize(
    "name",
    ["updatedAt", "viewCount", "viewOffset", "lastViewedAt", "userRating", "leafCount", "viewedLeafCount"],
)
def test_each_of_these_is_part_of_the_version(name: str) -> None:
    one, other = (ElementTree.fromstring(f'<Video ratingKey="7" {name}="{value}" />') for value in (1, 2))
    assert version_of(one) != version_of(other)


def test_unwatched_episodes_are_named_by_show() -> None:
    rows = ElementTree.fromstring(
        "<MediaContainer>"
        '<Video grandparentRatingKey="1" parentIndex="2" index="11" />'
        '<Video grandparentRatingKey="1" parentIndex="1" index="3" />'
        '<Video grandparentRatingKey="1" parentIndex="1" index="4" viewCount="1" /><Video grandparentRatingKey="1" index="4" />'
        '<Video grandparentRatingKey="2" parentIndex="0" index="1" /><Video parentIndex="0" index="1" />'
        "</MediaContainer>"
    )
    assert unwatched_names(rows) == {"1": ["S01E03", "S02E11"], "2": ["S00E01"]}


def track(attributes: str, children: str = "", album: str | None = None) -> ServerItem:
    element = ElementTree.fromstring(f'<Track ratingKey="7" title="A song" {attributes}>{children}</Track>')
    return track_item(element, Entry("7", "v"), None if album is None else ElementTree.fromstring(album))


def test_a_track_of_a_compilation_is_by_its_own_artist_and_by_whoever_the_album_is_by() -> None:
    found = track(
        'originalTitle="Nina" grandparentTitle="Various Artists" parentTitle="Best" index="4" parentIndex="2"'
    )
    assert (found.kind, found.artist, found.album, found.track_number) == (MediaKind.TRACK, "Nina", "Best", 4)
    assert found.credits == (Credit("Nina", CreditRole.ARTIST), Credit("Various Artists", CreditRole.ARTIST, 1))
    assert found.original_title is None


def test_an_artist_who_is_that_of_the_album_is_named_once() -> None:
    assert track('originalTitle="Nina" grandparentTitle="Nina"').credits == (Credit("Nina", CreditRole.ARTIST),)


def test_what_a_track_does_not_say_its_album_says() -> None:
    album = '<Directory year="1969" studio="Tamla"><Genre tag="Soul" /><Style tag="Motown" /><Mood tag="Joyous" /></Directory>'
    found = track('duration="90000"', '<Mood tag="Wistful" />', album)
    assert (found.genres, found.styles, found.moods) == (("Soul",), ("Motown",), ("Wistful",))
    assert (found.year, found.companies, found.runtime) == (1969, ("Tamla",), 1.5)
    assert track('parentYear="1970"', "", album).year == 1970
    assert track("").year is None


@pytest.mark.parametrize(
    ("guid", "children", "expected"),
    [
        ('guid="plex://track/5d07"', '<Guid id="mbid://aa-bb" />', {("plex", "track/5d07"), ("musicbrainz", "aa-bb")}),
        ('guid="local://158"', "", set()),
        ('guid="com.plexapp.agents.lastfm://Skrillex/Try%20It?lang=en"', "", set()),
    ],
)
def test_a_track_goes_by_its_ids_elsewhere(guid: str, children: str, expected: set[tuple[str, str]]) -> None:
    assert {(found.scheme, found.value) for found in track(guid, children).external_ids} == expected


def test_the_picture_of_a_track_is_that_of_its_album_or_artist() -> None:
    assert track('parentThumb="/library/metadata/157/thumb/1" grandparentThumb="/a"').poster == (
        "/library/metadata/157/thumb/1"
    )
    assert track('thumb="http://elsewhere/1" grandparentThumb="/a"').poster == "/a"


@pytest.mark.parametrize(
    ("path", "key"), [("/library/metadata/21", "21"), ("/library/metadata/21/", "21"), (None, ""), ("", "")]
)
def test_the_key_stands_at_the_end_of_an_address(path: str | None, key: str) -> None:
    assert last_part(path) == key
