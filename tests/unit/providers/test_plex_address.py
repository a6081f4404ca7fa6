"""What people paste as address and token, put in order."""

from __future__ import annotations

import pytest

from providers.servers.addresses import check_url, normalise_url
from providers.servers.plex_address import normalise_token


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("", ""),
        ("   ", ""),
        ("192.168.1.20:32400", "http://192.168.1.20:32400"),
        ("  http://192.168.1.20:32400/ \n", "http://192.168.1.20:32400"),
        ("HTTPS://NAS.local:32400//", "https://nas.local:32400"),
        ("nas", "http://nas"),
        ("http://nas:32400/web/index.html#!/media", "http://nas:32400"),
        ("http://nas:32400/library/metadata/5?X-Plex-Token=abc", "http://nas:32400"),
        ("https://media.example.org/plex/", "https://media.example.org/plex"),
        ("https://media.example.org/plex/web", "https://media.example.org/plex"),
        ("http://me:word@nas:32400", "http://nas:32400"),
        ("http://[fd00::5]:32400/", "http://[fd00::5]:32400"),
        ('"http://nas:32400"', "http://nas:32400"),
        ("://nas:32400", "http://nas:32400"),
        ("http://nas:32400/webcam", "http://nas:32400/webcam"),
    ],
)
def test_addresses_are_put_in_order(typed: str, url: str) -> None:
    assert normalise_url(typed) == url
    assert normalise_url(url) == url


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("", "missing"),
        ("ftp://nas:32400", "ftp://"),
        ("http://nas:99999", "not an address"),
        ("http://nas:port", "not an address"),
        ("http://nas:0", "not an address"),
        ("http://na_s!:32400", "not an address"),
        ("http://a..b:32400", "not an address"),
        ("http://:32400", "not an address"),
        ("http://[::1", "not an address"),
        ("https://app.plex.tv/desktop/#!/server/1", "own web site"),
    ],
)
def test_what_cannot_work_is_said_with_what_to_do(typed: str, part: str) -> None:
    check = check_url(typed)
    assert part in check.problem
    assert check.hint.endswith(".")


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("192.168.1.20", "http://192.168.1.20:32400"),
        ("https://nas", "https://nas:32400"),
        ("http://[fd00::5]", "http://[fd00::5]:32400"),
        ("nas:32400", ""),
        ("https://media.example.org/plex", ""),
    ],
)
def test_a_missing_port_is_suggested(typed: str, suggestion: str) -> None:
    check = check_url(typed)
    assert (check.problem, check.suggestion) == ("", suggestion)


@pytest.mark.parametrize(
    "pasted",
    [
        "aBc-123_x",
        "  aBc-123_x\n",
        '"aBc-123_x"',
        "X-Plex-Token=aBc-123_x",
        "?X-Plex-Token=aBc-123_x",
        "x-plex-token: aBc-123_x",
        "http://nas:32400/library/metadata/5?checkFiles=1&X-Plex-Token=aBc-123_x",
        "https://nas:32400/library/metadata/5?X-Plex-Token=aBc-123_x&includeGuids=1",
    ],
)
def test_the_token_is_found_in_what_was_pasted(pasted: str) -> None:
    assert normalise_token(pasted) == "aBc-123_x"


def test_no_token_stays_none() -> None:
    assert normalise_token("  ") == ""
