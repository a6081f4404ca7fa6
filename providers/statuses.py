"""What the status of an answer means, how long a service asks to be left alone, and what differs at sites of the internet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from library.errors import (
    ProviderBusy,
    ProviderDenied,
    ProviderError,
    ProviderReplyError,
    ProviderUnavailable,
    ProviderUntrusted,
)
from providers.failures import PassingFailure, place_of

MOST_SECONDS_TO_WAIT = 3600.0
GATEWAY = (502, 504, 520, 521, 522, 523, 524)
ON_THE_INTERNET = "Look whether this computer is on the internet, and try again a little later."
STANDS_IN = (
    "Check the date of this computer. It may also be that a virus scanner or the sign-in page of a network stands in for"
    " the service."
)


class BadStatus(ProviderReplyError):
    """The service answered with a status that says the request cannot be done: 400, 404, 500, ..."""

    def __init__(self, provider: str, status: int, message: str, hint: str = "") -> None:
        super().__init__(provider, message, hint)
        self.status = status


def status_error(provider: str, response: requests.Response) -> ProviderError:
    """What a status other than success means in general."""
    status, place = response.status_code, place_of(response.url)
    if status in (401, 403):
        return ProviderDenied(provider, f"{place} refused the request ({status}).", "Check the token and its rights.")
    if status in (429, 503):
        wait = seconds_to_wait(response.headers)
        return ProviderBusy(provider, f"{place} asks to come back later ({status}).", _later(wait), wait)
    if status in GATEWAY:
        return PassingFailure(
            provider,
            f"The proxy at {place} gets no answer from the server behind it ({status}).",
            "Check that the server itself is running.",
        )
    if status == 404:
        return BadStatus(provider, status, f"{place} has nothing at this address (404).")
    return BadStatus(provider, status, f"{place} answered with the error {status}.", "Look into the server's own log.")


def _later(wait: float | None) -> str:
    """When to try again, as a sentence."""
    if wait is None or wait <= 60:
        return "Try again in a minute."
    return f"Try again in {round(wait / 60)} minutes."


def as_site(error: ProviderError) -> ProviderError:
    """The same failure with what to do about it at a site of the internet, where nobody can look after the server."""
    if isinstance(error, ProviderUntrusted):
        return ProviderUnavailable(error.provider, error.message, STANDS_IN)
    if type(error) in (ProviderUnavailable, PassingFailure):
        return type(error)(error.provider, error.message, ON_THE_INTERNET)
    if type(error) is BadStatus:
        return BadStatus(error.provider, error.status, error.message, "Try again in a while.")
    if type(error) is ProviderReplyError:
        return ProviderReplyError(error.provider, error.message, STANDS_IN)
    return error


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """How long a service asks to be left alone (``Retry-After``), at most an hour; ``None`` when it does not say.

    A moment is compared with the service's own clock, which may be wrong by years.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(min(int(text), MOST_SECONDS_TO_WAIT)) if len(text) < 10 else MOST_SECONDS_TO_WAIT
    then, there = _moment(text), _moment(headers.get("Date", ""))
    if then is None:
        return None
    seconds = (then - (there or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), MOST_SECONDS_TO_WAIT)


def _moment(text: str) -> datetime | None:
    """A moment as it stands in headers; ``None`` when it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
