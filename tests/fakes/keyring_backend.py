"""A system keyring that lives in memory: what the tests use in place of the user's own."""

from __future__ import annotations

from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps passwords for the life of the process."""

    priority = 1  # type: ignore[assignment]
    entries: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The stored password, or ``None``."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a password; raises ``PasswordDeleteError`` when there is none."""
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")
