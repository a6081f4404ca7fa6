"""A limit on the whole of a request: a socket's own timeout starts anew with every byte, so a dripping server never trips it.

urllib3 is given connections whose socket hands out a reader that looks at the clock before each read.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from providers.certificates import trusting


class DeadlinePassed(TimeoutError):
    """The time allowed for the whole request is over."""


@dataclass(slots=True)
class Deadline:
    """How long the request in progress may still go on; one per session, so one per thread.

    :param read_seconds: longest wait for a single read.
    :param until: moment of ``time.monotonic`` at which the request must be over.
    :param peers: the address that each host was last found at.
    """

    read_seconds: float
    until: float = float("inf")
    peers: dict[str, str] = field(default_factory=dict)

    def start(self, seconds: float) -> None:
        """Begin a request that may take so long altogether."""
        self.until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, at most one read's worth; raises :class:`DeadlinePassed` when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise DeadlinePassed("the time allowed for the request is over")
        return min(left, self.read_seconds)


class _LimitedReader(io.RawIOBase):
    """Reads from a socket, never beyond the deadline."""

    def __init__(self, raw: Any, sock: socket.socket, deadline: Deadline) -> None:
        self._raw, self._sock, self._deadline = raw, sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        try:
            count: int | None = self._raw.readinto(buffer)
        except TimeoutError:
            self._deadline.left()  # the last wait is as long as what was left: then it is the whole that took too long
            raise
        return count

    def close(self) -> None:
        try:
            self._raw.close()
        finally:
            super().close()


class _LimitedSocket:
    """A connected socket in all but the reader that it makes."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def makefile(self, mode: str = "rb", *_args: Any, **_options: Any) -> io.BufferedReader:
        raw = self._sock.makefile(mode, buffering=0)
        return io.BufferedReader(_LimitedReader(raw, self._sock, self._deadline))


Permit = Callable[[str, str], None]
"""Called with a host and the address it was reached at, before anything is sent; raises when that may not be."""


def limited_pools(deadline: Deadline, permit: Permit, fingerprint: str = "") -> dict[str, type[HTTPConnectionPool]]:
    """Connection pools for http and https whose connections keep to the deadline, and note whom they reached.

    :param fingerprint: of the one certificate that is taken, whoever signed it; empty when certificates are judged as usual.
    """

    def reached(host: str, sock: socket.socket) -> socket.socket:
        peer = deadline.peers[host.lower()] = str(sock.getpeername()[0])
        try:
            permit(host, peer)
        except BaseException:
            sock.close()
            raise
        return sock

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return reached(self.host, super()._new_conn())

        def connect(self) -> None:
            super().connect()
            self.sock = _limited(self.sock, deadline)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return reached(self.host, super()._new_conn())

        def connect(self) -> None:
            if fingerprint:
                plain = self._new_conn()
                try:
                    self.sock = trusting(plain, self.host, fingerprint)
                finally:
                    plain.close()  # the secure one has its own hold on the connection
                self.is_verified = True
            else:
                super().connect()
            self.sock = _limited(self.sock, deadline)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _limited(sock: Any, deadline: Deadline) -> Any:
    return _LimitedSocket(sock, deadline)
