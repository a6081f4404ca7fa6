"""Calls into the local network for media servers, and listens for a moment: Plex (GDM) and Jellyfin, by UDP.

What answers says who it is, and nothing vouches for that: it is shown to the person, and never asked for anything until
they choose it. Nothing here runs before the person has said yes.
"""

from __future__ import annotations

import json
import re
import select
import socket
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from library.accounts import FoundServer, ServersFound
from library.errors import ProviderUnavailable
from library.progress import Job
from providers.ledger import NetworkLedger

SECONDS = 3.0
TICK = 0.1
GDM_GROUP, EVERYBODY = "239.0.0.250", "255.255.255.255"
LOCAL_NETWORK = "local network"
"""What the ledger calls everybody that was called."""
PURPOSE = "Looking for media servers"
TIMES = 2
"""How often everybody is called: a datagram may get lost."""
PLEX_CALL, JELLYFIN_CALL = b"M-SEARCH * HTTP/1.0\r\n\r\n", b"Who is JellyfinServer?"
_MOST_BYTES = 4096
_MOST_SERVERS = 50
_LONGEST_NAME = 80
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Callers:
    """Whom to call: addresses and ports per protocol."""

    plex: tuple[Place, ...] = ((GDM_GROUP, 32414), (EVERYBODY, 32414))
    jellyfin: tuple[Place, ...] = ((EVERYBODY, 7359),)


def look_around(
    ledger: NetworkLedger, callers: Callers | None = None, seconds: float = SECONDS
) -> Job[tuple[FoundServer, ...]]:
    """Call, and collect what answers; each step brings what was found so far.

    :raises ProviderUnavailable: when the person wants nothing to be reached, or there is no network to call into.
    """
    ledger.permit("the local network", "", GDM_GROUP)
    whom, began = callers or Callers(), time.monotonic()
    found: dict[tuple[str, str], FoundServer] = {}
    with closing(_socket()) as sock:
        _call(sock, whom, ledger)
        called = 1
        while (left := began + seconds - time.monotonic()) > 0:
            yield ServersFound("Listening for media servers", servers=tuple(found.values()))
            if called < TIMES and seconds - left > called * seconds / (TIMES + 1):
                _call(sock, whom, ledger)
                called += 1
            if select.select([sock], [], [], min(TICK, left))[0]:
                server = _listen(sock, ledger)
                if server is not None and len(found) < _MOST_SERVERS:
                    found.setdefault((server.kind, server.machine_id or server.url), server)
    return tuple(sorted(found.values(), key=lambda server: (server.kind, server.name.casefold())))


def read_plex(answer: bytes, sender: str) -> FoundServer | None:
    """What a Plex server says of itself; ``None`` for anything else. It is reached at the address that the answer came from."""
    first, *lines = answer.decode("utf-8", "replace").splitlines() or [""]
    said = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    port = said.get("port", "")
    if "200 OK" not in first or said.get("content-type") != "plex/media-server":
        return None
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        return None
    name = _shown(said.get("name", "")) or "Plex"
    return FoundServer(name, f"http://{sender}:{int(port)}", "plex", _shown(said.get("resource-identifier", "")))


def read_jellyfin(answer: bytes, sender: str) -> FoundServer | None:
    """What a Jellyfin server says of itself, its address among it; ``None`` for anything else."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("Address"), str) or not said.get("Id"):
        return None
    url = _clean_address(said["Address"])
    return FoundServer(_shown(said.get("Name")) or "Jellyfin", url, "jellyfin", _shown(said["Id"])) if url else None


def _socket() -> socket.socket:
    """A socket that may call everybody in the network, and only there."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    sock.setblocking(False)
    return sock


def _call(sock: socket.socket, whom: Callers, ledger: NetworkLedger) -> None:
    """Call everybody; raises when not one of the calls could leave this computer."""
    reached = False
    for words, places in ((PLEX_CALL, whom.plex), (JELLYFIN_CALL, whom.jellyfin)):
        for place in places:
            with suppress(OSError):
                sent = sock.sendto(words, place)
                reached = True
                ledger.record(LOCAL_NETWORK, GDM_GROUP, 0, sent=sent, purpose=PURPOSE)
    if not reached:
        raise ProviderUnavailable(
            "The local network",
            "There is no network to look around in.",
            "Check that this computer is connected, or enter the server's address yourself.",
        )


def _listen(sock: socket.socket, ledger: NetworkLedger) -> FoundServer | None:
    """Take one answer; ``None`` when it is of no use."""
    try:
        answer, (sender, *_) = sock.recvfrom(_MOST_BYTES)
    except OSError:  # such as: nobody listens at one of the places
        return None
    ledger.record(sender, sender, len(answer), purpose=PURPOSE)
    return read_plex(answer, sender) or read_jellyfin(answer, sender)


def _clean_address(text: str) -> str:
    """Scheme, host, port and path of an address; empty when it is none."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or port == 0:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}".rstrip("/")


def _shown(text: object) -> str:
    """What may be shown of a name that somebody sent."""
    letters = "".join(letter for letter in str(text or "") if letter.isprintable())
    return letters.strip()[:_LONGEST_NAME]
