"""Certificates that nobody vouches for: what one says about itself, and a connection that takes exactly the one that is trusted.

A certificate is trusted by its fingerprint, the SHA-256 of all of it. The handshake proves that the other side holds its key;
the fingerprint is compared before a single byte of a request is sent. Who signed it, whose name it bears and until when it is
valid do not matter then: the person looked at it.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}
_LONGEST_NAME = 80


class OtherCertificate(ssl.SSLError):
    """The server shows another certificate than the one that is trusted.

    :param shown: the certificate that it shows now.
    """

    def __init__(self, shown: Certificate) -> None:
        super().__init__("another certificate than the trusted one")
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Certificate:
    """What can be said about a certificate.

    :param fingerprint: SHA-256 of it, hex, lower case.
    :param name: whom it is made out to, as it says itself; empty when that cannot be read.
    :param begins: first moment at which it is valid; ``ends`` the last one.
    """

    fingerprint: str
    name: str = ""
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def sentence(self) -> str:
        """Whom it is made out to and when it is valid."""
        about = f"It is made out to “{self.name}”" if self.name else "It does not say whom it is made out to"
        if self.begins is None or self.ends is None:
            return f"{about}."
        return f"{about} and valid from {_day(self.begins)} to {_day(self.ends)}."


def read_certificate(der: bytes) -> Certificate:
    """What a certificate says; one that cannot be read still has a fingerprint."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        name, begins, ends = _facts(der)
    except (ValueError, IndexError, StopIteration):
        return Certificate(fingerprint)
    return Certificate(fingerprint, name, begins, ends)


def shown_certificate(
    host: str, port: int, seconds: float, permit: Callable[[str], None]
) -> tuple[Certificate, str] | None:
    """Ask a server for its certificate and for nothing else; ``None`` when it shows none.

    :param seconds: longest wait for each step.
    :param permit: called with the address that was reached, before anything is sent; may raise.
    :returns: the certificate, and the address that it came from.
    """
    try:
        with socket.create_connection((host, port), timeout=seconds) as plain:
            peer = str(plain.getpeername()[0])
            permit(peer)
            with _unjudging().wrap_socket(plain, server_hostname=host) as secure:
                der = secure.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None
    return (read_certificate(der), peer) if der else None


def trusting(plain: socket.socket, host: str, fingerprint: str) -> ssl.SSLSocket:
    """The secure connection over a connected socket, when the server shows exactly the trusted certificate.

    :raises OtherCertificate: when it shows another one; nothing but the handshake was sent then.
    """
    secure = _unjudging().wrap_socket(plain, server_hostname=host)
    shown = read_certificate(secure.getpeercert(binary_form=True) or b"")
    if shown.fingerprint != fingerprint:
        secure.close()
        raise OtherCertificate(shown)
    return secure


def context_trusting(fingerprint: str) -> ssl.SSLContext:
    """The same for asyncio: its handshake fails with :class:`OtherCertificate` at any other certificate."""

    class Comparing(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = read_certificate(self.getpeercert(binary_form=True) or b"")
            if shown.fingerprint != fingerprint:
                raise OtherCertificate(shown)

    context = _unjudging()
    context.sslobject_class = Comparing
    return context


def _unjudging() -> ssl.SSLContext:
    """A context that takes any certificate: only for those who compare it themselves, or send nothing afterwards.

    The one place of the program that may say so; ``tests/test_architecture.py`` looks that it stays the only one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment.strftime('%B %Y')}"


# Reading DER: tag, length, content, one inside the other


def _facts(der: bytes) -> tuple[str, datetime, datetime]:
    """Subject and validity of a certificate; ``ValueError`` and the like when it is not one."""
    parts = _parts(_content(_content(der)))
    tag, _ = next(parts)
    if tag == 0xA0:  # the version, which the oldest leave out; then the serial number
        next(parts)
    next(parts)  # how it is signed
    next(parts)  # by whom
    validity = [_moment(tag, content) for tag, content in _parts(next(parts)[1])]
    return _name(next(parts)[1]), validity[0], validity[1]


def _content(der: bytes) -> bytes:
    return next(_parts(der))[1]


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one after another."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at : at + count], "big"), at + count
        if at + length > len(der):
            raise ValueError("an element is longer than what holds it")
        yield tag, der[at : at + length]
        at += length


def _moment(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii").rstrip("Z")
    if tag == 0x17:  # two digits of the year, 1950 to 2049
        text = f"{'19' if text[:2] >= '50' else '20'}{text}"
    return datetime.strptime(text[:12], "%Y%m%d%H%M").replace(tzinfo=UTC)


def _name(subject: bytes) -> str:
    """The common name of a subject, else its organisation."""
    found: dict[bytes, str] = {}
    for _, entries in _parts(subject):
        for _, entry in _parts(entries):
            (_, kind), (tag, value) = _parts(entry)
            text = value.decode(_ENCODINGS.get(tag, "utf-8"), "replace")
            found.setdefault(kind, "".join(letter for letter in text if letter.isprintable())[:_LONGEST_NAME])
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION) or ""
