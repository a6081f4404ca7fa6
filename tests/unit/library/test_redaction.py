"""No secret gets through, and what is not secret stays readable."""

from __future__ import annotations

import logging
import sys

import pytest

from library.redaction import REPLACEMENT, RedactingFilter, redact, register_secret

SECRET = "sEcrEt-Tok3n_x"


@pytest.mark.parametrize(
    "text",
    [
        f"GET http://host:32400/library?X-Plex-Token={SECRET}&x=1",
        f"http://host/?x=1&token={SECRET}",
        f"https%3A%2F%2Fhost%2F%3FX-Plex-Token%3D{SECRET}%26x%3D1",
        f"https%253A%252F%252Fhost%253FX-Plex-Token%253D{SECRET}%2526x",
        f"{{'X-Plex-Token': '{SECRET}', 'Accept': 'xml'}}",
        f'{{"X-Plex-Token": "{SECRET}"}}',
        f'{{\\"X-Plex-Token\\": \\"{SECRET}\\"}}',
        f"X-Plex-Token: {SECRET}",
        f"x-plex-token={SECRET}",
        f'authToken="{SECRET}"',
        f"Authorization: Bearer {SECRET}",
        f"{{'Authorization': 'Bearer {SECRET}'}}",
        f"Authorization: Basic {SECRET}=",
        f"Authorization: {SECRET}",
        f"api_key={SECRET}",
        f"apikey: {SECRET}",
        f"https://user:{SECRET}@host/path",
        f"password={SECRET}",
        f"access_token={SECRET}; path=/",
        f"Cookie: {SECRET}",
    ],
)
def test_a_secret_is_left_out(text: str) -> None:
    shown = redact(text)
    assert SECRET not in shown
    assert REPLACEMENT in shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Reading 2,000 films from http://192.168.1.10:32400/library/sections/1/all?type=1",
        "The token is wrong.",
        "The Secret Life of Walter Mitty (2013)",
        "user@example.org wrote 12:30",
        "Pinocchio: 1940, The Secret: Dare to Dream",
        "https://host/a:b/c@d",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_what_is_around_a_secret_stays() -> None:
    assert (
        redact("http://h/a?X-Plex-Token=abcdef&type=1 failed") == f"http://h/a?X-Plex-Token={REPLACEMENT}&type=1 failed"
    )


def test_registered_secrets_are_left_out_wherever_they_stand() -> None:
    register_secret("p/q r+s&tü")
    for form in ("p/q r+s&tü", "p%2Fq%20r%2Bs%26t%C3%BC", "p%2fq%20r%2bs%26t%c3%bc", "p%2Fq+r%2Bs%26t%C3%BC"):
        assert redact(f"before {form} after") == f"before {REPLACEMENT} after"
    register_secret("")
    register_secret("a")
    assert redact("a cat") == "a cat"


def test_a_log_record_is_cleaned_with_its_arguments_and_traceback() -> None:
    try:
        raise ValueError(f"http://host/?X-Plex-Token={SECRET}")
    except ValueError:
        record = logging.LogRecord(
            "n", logging.ERROR, "f", 1, "asked %s for %d", (f"http://h/?token={SECRET}", 3), sys.exc_info()
        )
    record.stack_info = f"token={SECRET}"
    assert RedactingFilter().filter(record)
    shown = logging.Formatter().format(record)
    assert SECRET not in shown
    assert "for 3" in shown
    assert "ValueError" in shown


@pytest.mark.parametrize("message", ["%d things", "%(count)s things"])
def test_a_log_record_with_wrong_arguments_is_not_lost(message: str) -> None:
    record = logging.LogRecord("n", logging.INFO, "f", 1, message, ({"token": f"token={SECRET}"},), None)
    assert RedactingFilter().filter(record)
    assert "things" in record.getMessage()
    assert SECRET not in record.getMessage()
