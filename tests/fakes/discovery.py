"""Media servers that answer when somebody calls into the network: UDP sockets on this computer."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field

from providers.discovery import Callers

PLEX_ANSWER = (
    "HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nHost: abc.plex.direct\r\nName: Cellar\r\n"
    "Port: 32400\r\nResource-Identifier: machine-1\r\nUpdated-At: 1585769946\r\nVersion: 1.40.0\r\n\r\n"
)


def jellyfin_answer(address: str = "http://192.168.1.30:8096", name: str = "Attic") -> bytes:
    return json.dumps({"Address": address, "Id": "jelly-1", "Name": name, "EndpointAddress": None}).encode()


@dataclass
class Answerer:
    """One UDP port that answers every call with some datagrams; ``with Answerer(b"...") as one:`` listens."""

    answers: tuple[bytes, ...]
    calls: list[bytes] = field(default_factory=list)
    silent_times: int = 0
    """How many of the first calls get lost."""

    def __enter__(self) -> Answerer:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(5)
        self._over = False
        self._thread = threading.Thread(target=self._serve, name="answerer")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", self.place)
        self._thread.join(5)
        self._socket.close()

    @property
    def place(self) -> tuple[str, int]:
        host, port = self._socket.getsockname()
        return str(host), int(port)

    def _serve(self) -> None:
        while not self._over:
            try:
                call, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            if self._over:
                return
            self.calls.append(call)
            if len(self.calls) <= self.silent_times:
                continue
            for answer in self.answers:
                self._socket.sendto(answer, sender)


def callers(plex: Answerer | None = None, jellyfin: Answerer | None = None) -> Callers:
    """Whom to call: only these."""
    return Callers(*(() if one is None else (one.place,) for one in (plex, jellyfin)))
