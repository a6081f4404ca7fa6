"""Keeps secrets out of everything that is shown or written: tokens in addresses, in headers, and the ones we hold."""

from __future__ import annotations

import base64
import logging
import re
import threading
import traceback
from urllib.parse import quote, quote_plus

REPLACEMENT = "[secret]"
SHORTEST_SECRET = 4

_NAME = r"(?:x-plex-token|(?:access|refresh|auth|id)?[_-]?token|api[_-]?key|client[_-]?secret|password|passwd)"
_QUOTE = r"(?:\\?[\"']|%22|%27)?"
_SEPARATOR = r"(?:\s*(?:=|:|%3[ad]|%253[ad])\s*)"
_VALUE = r"(?!\[secret\])(?:(?!%26|%2526|%22|%27)[^\s\"'&;,<>()\[\]{}\\])+"
_PATTERNS = (
    re.compile(rf"(?P<kept>(?<![a-z0-9]){_NAME}{_QUOTE}{_SEPARATOR}{_QUOTE}){_VALUE}", re.IGNORECASE),
    re.compile(r"(?P<kept>\b(?:Bearer|Basic)\s+)(?!\[secret\])[A-Za-z0-9._~+/=-]{6,}"),
    re.compile(
        rf"(?P<kept>\b(?:authorization|cookie){_QUOTE}{_SEPARATOR}{_QUOTE}(?:(?:bearer|basic|token)\s+)?)"
        r"(?!\[secret\]|(?:bearer|basic|token)\s)[^\s\"',;]+",
        re.IGNORECASE,
    ),
    re.compile(  # how a Subsonic address carries a password, as it is or salted
        r"(?P<kept>(?<![a-z0-9])[pt](?:=|%3d|%253d))(?:enc(?::|%3a|%253a)[0-9a-f]+|[0-9a-f]{32}(?![0-9a-f]))",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<kept>[?&]pin(?:=|%3d))(?!\[secret\])[^\s&\"']+", re.IGNORECASE),
    re.compile(r"(?P<kept>[a-z][a-z0-9+.-]*://)[^\s/@:\"'\[]*:[^\s/@\"'\[]*(?=@)", re.IGNORECASE),
)


class _Exact:
    """The secrets that we hold ourselves, for the whole process: nothing may write them, whoever logs."""

    lock = threading.Lock()
    secrets: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None


def register_secret(value: str) -> None:
    """Remember an exact secret, so that it is left out wherever it appears, also percent-encoded, in hex and in base64."""
    if len(value.strip()) < SHORTEST_SECRET or value in _Exact.secrets:
        return
    with _Exact.lock:  # two threads that each add one must not lose the other's
        _Exact.secrets |= {value}
        forms = {form for known in _Exact.secrets for form in _forms(known)}
        _Exact.pattern = re.compile(
            "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)), re.IGNORECASE
        )


def _forms(secret: str) -> tuple[str, ...]:
    """The ways in which protocols write a secret."""
    raw = secret.encode("utf-8", "surrogatepass")
    coded = (base64.b64encode(raw), base64.urlsafe_b64encode(raw))
    return (
        secret,
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        quote(secret, errors="replace"),
        raw.hex(),
        *(code.decode().rstrip("=") for code in coded),
    )


def redact(text: str) -> str:
    """The text without secrets; what is around them stays readable."""
    if _Exact.pattern is not None:
        text = _Exact.pattern.sub(REPLACEMENT, text)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<kept>{REPLACEMENT}", text)
    return text


class RedactingFilter(logging.Filter):
    """Takes secrets out of a log record before anything writes it; attach it to every log destination."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place: message, arguments, traceback. Never drops one."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, LookupError):
            message = f"{record.msg} {record.args}"
        record.msg, record.args = redact(message), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True
