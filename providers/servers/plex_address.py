"""What people type and paste for a Plex server, put in order while they type: no network here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

PLEX_PORT = 32400
_EXAMPLE = f"Write it like http://192.168.1.20:{PLEX_PORT}, with your own numbers."
_SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
_HOST = re.compile(r"^(?:[^\W_]|[-.])+$")
_PLEX_SITES = ("app.plex.tv", "plex.tv", "www.plex.tv", "watch.plex.tv")


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """What can be said about an address before anything is sent.

    :param url: the address in order, or "" when there is none in the text.
    :param problem: why it cannot be used, as a sentence; empty when it can.
    :param hint: what to do about the problem, or a remark about an address that can be used.
    :param suggestion: an address that is more likely meant; empty when ``url`` is fine.
    """

    url: str
    problem: str = ""
    hint: str = ""
    suggestion: str = ""


def normalise_url(text: str) -> str:
    """The address of the server in what was typed or pasted: scheme, host and port, and a proxy's path if it has one.

    Spaces, quotes, trailing slashes, Plex's own web pages (``/web/index.html#…``), queries with tokens and user names
    are dropped; a missing ``http://`` is added. The port is left as it was given.
    """
    text = "".join(text.split()).strip("\"'<>")
    if not text:
        return ""
    if not _SCHEME.match(text):
        text = "http://" + text.lstrip(":/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text.partition("?")[0].partition("#")[0]
    host = f"[{host}]" if ":" in host else host
    path = re.split(r"/(?:web|library|identity|status)(?:/|$)", parts.path + "/")[0].rstrip("/")
    return f"{parts.scheme.lower()}://{host}{f':{port}' if port is not None else ''}{path}"


def check_url(text: str) -> AddressCheck:
    """Whether an address can be used, and what is probably meant when it looks odd."""
    url = normalise_url(text)
    if not url:
        return AddressCheck("", "The address of the server is missing.", _EXAMPLE)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return AddressCheck(url, "This is not an address.", f"The port is a number up to 65535. {_EXAMPLE}")
    if parts.scheme not in ("http", "https"):
        return AddressCheck(url, f"A Plex server is not reached by {parts.scheme}://.", _EXAMPLE)
    if not host or port == 0 or not (":" in host or _HOST.match(host)) or ".." in host:
        return AddressCheck(url, "This is not an address.", _EXAMPLE)
    if host in _PLEX_SITES:
        return AddressCheck(
            url, "This is Plex's own web site, not your server.", f"Enter your server's address. {_EXAMPLE}"
        )
    if port is None and not parts.path:
        shown = f"[{host}]" if ":" in host else host
        suggestion = f"{parts.scheme}://{shown}:{PLEX_PORT}"
        return AddressCheck(url, "", f"Without a port this is rarely right; Plex listens at {PLEX_PORT}.", suggestion)
    return AddressCheck(url)


def normalise_token(text: str) -> str:
    """The token in what was pasted: the bare token, ``X-Plex-Token=…``, or an address that holds it."""
    text = "".join(text.split()).strip("\"'<>")
    if re.search(r"x-plex-token", text, re.IGNORECASE):
        query = urlsplit(text).query if _SCHEME.match(text) else text.lstrip("?&")
        for name, values in parse_qs(query.replace(":", "=", 1) if "=" not in query else query).items():
            if name.lower() == "x-plex-token":
                return values[0]
    return text
