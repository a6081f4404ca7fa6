"""What people type and paste as the address of a server, put in order while they type: no network here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from library.settings import SourceKind

SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*://")
_HOST = re.compile(r"^(?:[^\W_]|[-.])+$")


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for one kind of server.

    :param port: the one it listens at unless it was changed.
    :param pages: first parts of the paths of its own web pages and of its interface, which are no part of its address.
    :param sites: hosts of its makers that are no one's server.
    """

    name: str
    port: int
    pages: tuple[str, ...]
    sites: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """How an address looks, as a sentence."""
        return f"Write it like http://192.168.1.20:{self.port}, with your own numbers."


HABITS: dict[SourceKind, Habits] = {
    "plex": Habits(
        "Plex server",
        32400,
        ("web", "library", "identity", "status"),
        ("app.plex.tv", "plex.tv", "www.plex.tv", "watch.plex.tv"),
    ),
    "jellyfin": Habits(
        "Jellyfin server", 8096, ("web", "System", "Users", "Items"), ("jellyfin.org", "demo.jellyfin.org")
    ),
    "subsonic": Habits(
        "Subsonic server", 4533, ("rest", "app", "login", "ping"), ("www.navidrome.org", "www.subsonic.org")
    ),
}
PLEX_PORT = HABITS["plex"].port


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


def normalise_url(text: str, kind: SourceKind = "plex") -> str:
    """The address of the server in what was typed or pasted: scheme, host and port, and a proxy's path if it has one.

    Spaces, quotes, trailing slashes, the server's own web pages (``/web/index.html#…``), queries with tokens and user names
    are dropped; a missing ``http://`` is added. The port is left as it was given.
    """
    text = "".join(text.split()).strip("\"'<>")
    if not text:
        return ""
    if not SCHEME.match(text):
        text = "http://" + text.lstrip(":/")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return text.partition("?")[0].partition("#")[0]
    host = f"[{host}]" if ":" in host else host
    pages = "|".join(HABITS[kind].pages)
    path = re.split(rf"/(?:{pages})(?:/|$)", parts.path + "/")[0].rstrip("/")
    return f"{parts.scheme.lower()}://{host}{f':{port}' if port is not None else ''}{path}"


def check_url(text: str, kind: SourceKind = "plex") -> AddressCheck:
    """Whether an address can be used for a kind of server, and what is probably meant when it looks odd."""
    habits = HABITS[kind]
    url = normalise_url(text, kind)
    if not url:
        return AddressCheck("", "The address of the server is missing.", habits.example)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return AddressCheck(url, "This is not an address.", f"The port is a number up to 65535. {habits.example}")
    if parts.scheme not in ("http", "https"):
        return AddressCheck(url, f"A {habits.name} is not reached by {parts.scheme}://.", habits.example)
    if not host or port == 0 or not (":" in host or _HOST.match(host)) or ".." in host:
        return AddressCheck(url, "This is not an address.", habits.example)
    if host in habits.sites:
        maker = habits.name.split()[0]
        return AddressCheck(
            url, f"This is {maker}’s own web site, not your server.", f"Enter your server's address. {habits.example}"
        )
    if port is None and not parts.path and (kind == "plex" or parts.scheme == "http"):
        shown = f"[{host}]" if ":" in host else host
        suggestion = f"{parts.scheme}://{shown}:{habits.port}"
        maker = "Navidrome" if kind == "subsonic" else habits.name.split()[0]
        return AddressCheck(
            url, "", f"Without a port this is rarely right; {maker} listens at {habits.port}.", suggestion
        )
    return AddressCheck(url)
