"""The whole error tree of the program.

    AppError                            expected; str(error) is a sentence for the user, ``hint`` says what to do next
    ├── SettingsError                   a setting that cannot be used
    ├── StoreError                      the library file
    │   ├── StoreUnavailable            disk full, locked, read-only, unreadable
    │   ├── StoreCorrupt                not a usable SQLite file
    │   └── StoreTooNew                 written by a newer Homereel
    ├── ProviderError(provider)         a service or folder of somebody else's
    │   ├── ProviderUnavailable         cannot be reached, or stopped answering
    │   │   ├── ProviderOffline         the person does not want it to be reached now
    │   │   └── ProviderUntrusted       nobody vouches for its certificate; the person may (``fingerprint``)
    │   ├── ProviderDenied              401 or 403: the token or the rights are wrong
    │   │   └── PasswordOnly            it would have to be sent the password itself; the person may agree to that
    │   ├── ProviderBusy                429 or 503: asked to come back later (``retry_after`` seconds, if told)
    │   └── ProviderReplyError          it answered, but not with what its protocol says
    ├── EncoderError                    a model of texts cannot be loaded or run
    ├── AudioError                      a sound file cannot be read
    └── TrainingError                   a training cycle failed

Anything else that is raised is a bug. "Not found" is ``None``, and cancelling a job raises nothing.
"""

from __future__ import annotations


class AppError(Exception):
    """An expected failure, told to the user in one sentence, with what to do next.

    :param message: a sentence a person can read; never contains a secret.
    :param hint: what to do about it, as a sentence; empty when there is nothing to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The sentence, followed by the hint when there is one."""
        return f"{self.message} {self.hint}".strip()


class SettingsError(AppError):
    """A setting that cannot be used as it was given."""


class StoreError(AppError):
    """The library file cannot do what was asked."""


class StoreUnavailable(StoreError):
    """The library file cannot be opened or written now: disk full, locked, read-only, unreadable."""


class StoreCorrupt(StoreError):
    """The library file is damaged or is not a library file."""


class StoreTooNew(StoreError):
    """The library file was written by a newer version of the program."""


class ProviderError(AppError):
    """A service of somebody else's failed.

    :param provider: its name as the user knows it, such as "Plex" or the name of the source.
    """

    def __init__(self, provider: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.provider = provider


class ProviderUnavailable(ProviderError):
    """The service cannot be reached, or it stopped answering."""


class ProviderOffline(ProviderUnavailable):
    """The person told the program not to reach that far; nothing was sent."""


class ProviderUntrusted(ProviderUnavailable):
    """Nobody vouches for the certificate of the service, or it is another one than was trusted; nothing was sent.

    :param fingerprint: SHA-256 of the certificate, hex and lower case: what the person may trust.
    :param certificate: what the certificate says about itself, as a sentence.
    """

    def __init__(
        self, provider: str, message: str, hint: str = "", fingerprint: str = "", certificate: str = ""
    ) -> None:
        super().__init__(provider, message, hint)
        self.fingerprint = fingerprint
        self.certificate = certificate


class ProviderDenied(ProviderError):
    """The service refused the token, or the account may not do this (401, 403)."""


class PasswordOnly(ProviderDenied):
    """The server takes nothing but the password itself, and others could read it; the person may agree to that."""


class ProviderBusy(ProviderError):
    """The service asked to come back later (429, 503).

    :param retry_after: seconds the service asked to wait, or ``None`` when it did not say.
    """

    def __init__(self, provider: str, message: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(provider, message, hint)
        self.retry_after = retry_after


class ProviderReplyError(ProviderError):
    """The service answered with something its protocol does not allow."""


class EncoderError(AppError):
    """A text model cannot be loaded or run."""


class AudioError(AppError):
    """A sound file cannot be read."""


class TrainingError(AppError):
    """A training cycle failed."""
