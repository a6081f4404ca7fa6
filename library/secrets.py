"""Keeps tokens out of the library, the settings and the logs: in the system's keyring, or in a file only its owner can read."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from pathlib import Path
from typing import Any

from library.errors import StoreUnavailable
from library.home import Home
from library.redaction import register_secret
from library.settings import SERVER_KINDS, SourceSettings

log = logging.getLogger(__name__)

KEYRING_SERVICE = "homereel"


def secret_of(source: SourceSettings) -> str:
    """Under which name the token or password of a source lies here; empty for a source that needs none."""
    return f"source:{source.id}" if source.kind in SERVER_KINDS else ""


class Secrets:
    """Tokens by name, such as "source:<id>". The system's keyring is tried first, then a file in the home directory."""

    def __init__(self, home: Home) -> None:
        self._path = home.secrets

    def get(self, name: str) -> str | None:
        """The secret of this name; it is kept out of the logs from then on."""
        value = self._from_file(name) or _keyring_call("get_password", name)
        if isinstance(value, str) and value:
            register_secret(value)
            return value
        return None

    def put(self, name: str, value: str) -> None:
        """Keep a secret, in the keyring where that works.

        :raises StoreUnavailable: when there is no keyring and the file cannot be written.
        """
        register_secret(value)
        _keyring_call("set_password", name, value)
        if _keyring_call("get_password", name) == value:
            self._change_file(name, None)
        else:
            self._change_file(name, value)

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        _keyring_call("delete_password", name)
        self._change_file(name, None)

    def describe(self) -> str:
        """Where secrets lie, as a sentence for the person."""
        backend = _usable_backend()
        if backend is not None:
            return f"Tokens are kept in the keyring of this system ({backend})."
        return f"This system has no keyring, so tokens are kept in {self._path}, which only you can read."

    def _from_file(self, name: str) -> str | None:
        value = self._stored().get(name)
        return value if isinstance(value, str) else None

    def _stored(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.info("The file of tokens cannot be read (%s); they have to be entered again.", type(error).__name__)
            return {}
        return found if isinstance(found, dict) else {}

    def _change_file(self, name: str, value: str | None) -> None:
        stored = self._stored()
        if stored.get(name) == value:
            return
        changed = {key: kept for key, kept in stored.items() if key != name}
        if value is not None:
            changed[name] = value
        try:
            _write_private(self._path, json.dumps(changed, ensure_ascii=False, indent=1))
        except OSError as error:
            raise StoreUnavailable(
                f"The token could not be kept in {self._path.name}: {error.strerror or error}.",
                f"Look whether there is space on the disk and whether you may write to {self._path.parent}.",
            ) from error


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first moment on, and replace the old one in one step."""
    part = path.with_name(path.name + ".part")
    with contextlib.suppress(FileNotFoundError):
        part.unlink()
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _keyring_call(function: str, *arguments: str) -> str | None:
    """Ask the keyring; ``None`` when there is none, or it is locked, or it does not work."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        answer = getattr(keyring, function)(KEYRING_SERVICE, *arguments)
    except (KeyringError, RuntimeError, OSError, ValueError) as error:
        log.debug("The keyring did not answer: %s", type(error).__name__)
        return None
    return answer if isinstance(answer, str) else None


def _usable_backend() -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        backend = keyring.get_keyring()
        return str(backend.name) if backend.priority > 0 else None
    except (KeyringError, RuntimeError, OSError, ValueError):
        return None
