"""What it means when a Subsonic server says no: the codes of its protocol, each as a sentence with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from library.errors import PasswordOnly, ProviderDenied, ProviderError, ProviderReplyError
from library.settings import SignIn


class Refusal(ProviderReplyError):
    """The server understood the question and says no.

    :param code: the number that the protocol gives the reason.
    """

    def __init__(self, provider: str, code: int, message: str, hint: str = "") -> None:
        super().__init__(provider, message, hint)
        self.code = code


class Missing(Refusal):
    """What was asked for is not on the server (any more)."""


class NotSubsonic(ProviderReplyError):
    """Something answers, but it does not speak Subsonic."""


@dataclass(frozen=True, slots=True)
class SignedInBy:
    """How it was tried to sign in, and whether the server lists API keys among the ways."""

    way: SignIn
    keys: bool = False


def refused(provider: str, code: int, words: str, by: SignedInBy) -> ProviderError:
    """The program's own error for a code.

    :param words: what the server says about it itself, fit to be shown.
    """
    if code in (40, 41, 42, 43, 44):
        return _not_let_in(provider, code, by)
    if code == 50:
        return ProviderDenied(
            provider, "The server does not let this account do that.", "Ask whoever looks after the server."
        )
    if code == 70:
        return Missing(provider, code, "That is no longer on the server.")
    said = f" It says: “{words}”." if words else ""
    sentences = {
        10: ("The server misses something in the question.", "It may be older than it says; update it."),
        20: ("The server says that Homereel is too old for it.", "Look for a newer version of Homereel."),
        30: ("The server is too old for what was asked.", "Update the server."),
        60: ("The trial period of the server is over.", "It needs a licence from its makers."),
    }
    message, hint = sentences.get(code, (f"The server could not do what was asked.{said}", ""))
    return Refusal(provider, code, message, hint)


def password_only(provider: str, because: str) -> PasswordOnly:
    """The server wants the password itself; the person has to be asked first."""
    return PasswordOnly(
        provider,
        f"The server {because}, so it would have to be sent the password itself.",
        "Whoever can listen on the way, or read the server's log, could then read it. It was not sent.",
    )


def _not_let_in(provider: str, code: int, by: SignedInBy) -> ProviderDenied:
    if by.way == "api key" or code == 44:
        hint = "Make a new key in the server's settings, and copy the whole of it."
        return ProviderDenied(provider, "The server does not accept this API key.", hint)
    if code == 40:
        hint = "Check capitals and spaces; it is the password of the server's own web page."
        return ProviderDenied(provider, "The server does not know this name and password.", hint)
    if by.keys:
        hint = "Make one in the server's settings, and choose “API key” here."
        return ProviderDenied(provider, "The server lets apps in only with an API key.", hint)
    if code == 43 or by.way == "legacy password":
        message = "The server knows none of the ways to sign in that were tried."
        return ProviderDenied(provider, message, "Update the server.")
    return password_only(provider, "cannot check a scrambled password")
