"""What this installation has to remember about servers between two starts: its own name, and which server each source is."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
from pathlib import Path


class Installation:
    """A small file with this installation's name and the machine ids of its servers. Nothing in it is a secret.

    A file that cannot be read or written costs little: servers then take the program for another one, and what has to be
    known of them waits for the next scan.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def client_id(self) -> str:
        """This installation's own random name, the same in every run."""
        known = self._read().get("client_id", "")
        if not known:
            known = f"homereel-{secrets.token_hex(8)}"
            self._change("client_id", known)
        return known

    def machine_of(self, source_id: str) -> str:
        """Machine id of a source's server; empty while it is not known."""
        return self._read().get(f"machine:{source_id}", "")

    def remember(self, source_id: str, machine_id: str) -> None:
        """Note which server a source is."""
        if machine_id and self.machine_of(source_id) != machine_id:
            self._change(f"machine:{source_id}", machine_id)

    def _read(self) -> dict[str, str]:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in stored.items()} if isinstance(stored, dict) else {}

    def _change(self, name: str, value: str) -> None:
        text = json.dumps({**self._read(), name: value}, indent=1)
        with contextlib.suppress(OSError):
            descriptor, part = tempfile.mkstemp(prefix=f"{self._path.name}.", dir=self._path.parent)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(part, self._path)
