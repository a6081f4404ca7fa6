"""What went wrong on the way, as a sentence: failures of the network translated into the program's errors, once."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
import urllib3.exceptions as low

from library.errors import ProviderError, ProviderReplyError, ProviderUnavailable, ProviderUntrusted
from providers.certificates import OtherCertificate
from providers.deadline import DeadlinePassed

_SELF_SIGNED = (18, 19, 20, 21)
_EXPIRED = (9, 10)
_OTHER_NAME = (62, 64)
_TRUST = "If it is your own server, compare the fingerprint of its certificate and trust exactly that one, in its form."
_OR_TRUST = "Or compare its fingerprint and trust exactly that one, in the form of the server."


class PassingFailure(ProviderUnavailable):
    """A failure that may be over a moment later: worth repeating a read."""


class CutReply(ProviderReplyError):
    """The answer broke off before its end."""


def place_of(url: str | None) -> str:
    """The host and port of an address, as it may be shown: no path, no query, no user name."""
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname or "the server", parts.port
    except ValueError:
        return "the server"
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def translate(provider: str, url: str | None, error: Exception) -> ProviderError:
    """The program's own error for what ``requests`` and the layers below it raise; never quotes their text."""
    causes = list(_causes(error))
    for read in (_certificate, _way, _waiting, _broken):
        found = read(provider, url, causes)
        if found is not None:
            return found
    return ProviderUnavailable(provider, f"{place_of(url)} cannot be reached.", "Check the address.")


def _causes(error: BaseException | None, depth: int = 0) -> Iterator[BaseException]:
    """The error and everything it was made from, outermost first."""
    if error is None or depth > 8:
        return
    yield error
    inner = [arg for arg in error.args if isinstance(arg, BaseException)]
    inner += [
        e for e in (getattr(error, "reason", None), error.__cause__, error.__context__) if isinstance(e, BaseException)
    ]
    seen: set[int] = set()
    for cause in inner:
        if id(cause) not in seen:
            seen.add(id(cause))
            yield from _causes(cause, depth + 1)


def _certificate(provider: str, url: str | None, causes: list[BaseException]) -> ProviderError | None:
    """What is wrong with https, if that is what is wrong."""
    place = place_of(url)
    for cause in causes:
        if isinstance(cause, OtherCertificate):
            return _another_certificate(provider, place, cause)
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):  # aiohttp's has none
            return _certificate_error(provider, place, cause.verify_code)
    if not any(isinstance(cause, (ssl.SSLError, requests.exceptions.SSLError, low.SSLError)) for cause in causes):
        return None
    return ProviderUnavailable(
        provider,
        f"{place} does not speak https.",
        "Write http:// at the beginning of the address instead of https://.",
    )


def _certificate_error(provider: str, place: str, code: int) -> ProviderUnavailable:
    """Why a certificate was not taken; where trusting it helps, it is a ``ProviderUntrusted`` without its fingerprint yet."""
    if code in _EXPIRED:
        return ProviderUnavailable(
            provider,
            f"The certificate of {place} is not valid today.",
            "Renew it on the server, and check the date of both computers.",
        )
    if code in _OTHER_NAME:
        return ProviderUntrusted(
            provider,
            f"The certificate of {place} is for another name.",
            "Enter the address by the name in the certificate; for Plex that is the one ending in plex.direct. "
            f"{_OR_TRUST}",
        )
    if code in _SELF_SIGNED:
        return ProviderUntrusted(
            provider, f"The certificate of {place} was made by the server itself, so nobody vouches for it.", _TRUST
        )
    return ProviderUnavailable(
        provider, f"The certificate of {place} cannot be trusted.", "Check the certificate on the server."
    )


def _another_certificate(provider: str, place: str, cause: OtherCertificate) -> ProviderUntrusted:
    return ProviderUntrusted(
        provider,
        f"{place} shows another certificate than the one that you trusted, so nothing was sent to it.",
        "If its certificate was renewed, compare the new fingerprint and trust that one; if not, somebody may be in between.",
        cause.shown.fingerprint,
        cause.shown.sentence,
    )


def _way(provider: str, url: str | None, causes: list[BaseException]) -> ProviderError | None:
    """Failures before anything was said: no such name, nobody there, no way there, not an address."""
    place = place_of(url)
    host, _, port = place.rpartition(":") if not place.endswith("]") and ":" in place else (place, "", "")
    for cause in causes:
        if isinstance(cause, low.NameResolutionError):
            return ProviderUnavailable(
                provider,
                f"The address {host} cannot be found.",
                "Check the spelling, or enter the computer's number, such as 192.168.1.20.",
            )
        if isinstance(cause, ConnectionRefusedError):
            at = f" at port {port}" if port else ""
            return PassingFailure(
                provider,
                f"{host} is there, but nothing answers{at}.",
                "Check that the server is running, and the port: unless it was changed, Plex uses 32400, Jellyfin 8096 and"
                " Navidrome 4533.",
            )
        if isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN):
            return ProviderUnavailable(
                provider,
                f"There is no way to {host} from here.",
                "Check that this computer is on the network, and that the server's computer is switched on.",
            )
    invalid = (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)
    if isinstance(causes[0], (*invalid, UnicodeError)) or any(isinstance(c, low.LocationParseError) for c in causes):
        return ProviderUnavailable(
            provider, "This is not an address.", "Write it like http://192.168.1.20:32400, with your own numbers."
        )
    return None


def _waiting(provider: str, url: str | None, causes: list[BaseException]) -> ProviderError | None:
    """Waited too long: for the connection, for the next bytes, or for the whole."""
    place = place_of(url)
    if any(isinstance(cause, DeadlinePassed) for cause in causes):
        return ProviderUnavailable(
            provider,
            f"{place} answers so slowly that we stopped waiting.",
            "Try again when the server or the network has less to do.",
        )
    for cause in causes:
        if isinstance(cause, (requests.ConnectTimeout, low.ConnectTimeoutError)):
            return PassingFailure(
                provider,
                f"{place} does not answer.",
                "Check the address, that the server is switched on, and that no firewall is in between.",
            )
        if isinstance(cause, (requests.ReadTimeout, low.ReadTimeoutError, TimeoutError)):
            return PassingFailure(
                provider,
                f"{place} took the call and then said nothing.",
                "Wait a moment and try again; restart the server if it stays like this.",
            )
    return None


def _broken(provider: str, url: str | None, causes: list[BaseException]) -> ProviderError | None:
    """The connection or the answer broke off."""
    place = place_of(url)
    for cause in causes:
        if isinstance(cause, (low.IncompleteRead, low.InvalidChunkLength, low.DecodeError)):
            return CutReply(provider, f"An answer of {place} broke off before its end.", "Try again in a moment.")
    for cause in causes:
        if isinstance(cause, (low.ProtocolError, ConnectionError, requests.ConnectionError)):
            return PassingFailure(
                provider,
                f"{place} hung up in the middle.",
                "Try again. If it stays like this, the server may want a secure connection: write https:// instead.",
            )
    return None
