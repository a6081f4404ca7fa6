"""Tokens: in the keyring where there is one, else in a file for the owner alone."""

from __future__ import annotations

import json
import os

import keyring
import pytest
from keyring.errors import KeyringError

from library.errors import StoreUnavailable
from library.home import Home
from library.redaction import redact
from library.secrets import Secrets

NAME = "source:abc"


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: str) -> None:
        raise KeyringError("no keyring here")

    for name in ("get_password", "set_password", "delete_password", "get_keyring"):
        monkeypatch.setattr(keyring, name, refuse)


def test_the_keyring_keeps_it_and_no_file_appears(home: Home) -> None:
    secrets = Secrets(home)
    assert secrets.get(NAME) is None
    secrets.put(NAME, "keyring-token-1")
    assert secrets.get(NAME) == "keyring-token-1"
    assert not home.secrets.exists()
    assert "keyring" in secrets.describe()
    secrets.delete(NAME)
    secrets.delete(NAME)
    assert secrets.get(NAME) is None


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_a_file_that_only_its_owner_reads(home: Home) -> None:
    secrets = Secrets(home)
    before = os.umask(0)
    try:
        secrets.put(NAME, "file-token-1")
        secrets.put("source:other", "file-token-2")
    finally:
        os.umask(before)
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    assert Secrets(home).get(NAME) == "file-token-1"
    assert str(home.secrets) in secrets.describe()
    secrets.delete(NAME)
    assert json.loads(home.secrets.read_text()) == {"source:other": "file-token-2"}


def test_what_lay_in_the_file_moves_to_the_keyring(home: Home) -> None:
    home.secrets.write_text(json.dumps({NAME: "old-token"}))
    secrets = Secrets(home)
    assert secrets.get(NAME) == "old-token"
    secrets.put(NAME, "new-token")
    assert secrets.get(NAME) == "new-token"
    assert NAME not in home.secrets.read_text()


@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("content", ["", "{", "[1]", '{"source:abc": 5}'])
def test_a_damaged_file_means_no_secret_and_can_be_written_again(home: Home, content: str) -> None:
    home.secrets.write_text(content)
    secrets = Secrets(home)
    assert secrets.get(NAME) is None
    secrets.put(NAME, "again-token")
    assert secrets.get(NAME) == "again-token"


@pytest.mark.usefixtures("no_keyring")
def test_a_file_that_cannot_be_written_is_said_without_the_secret(home: Home) -> None:
    home.secrets.mkdir()
    with pytest.raises(StoreUnavailable) as told:
        Secrets(home).put(NAME, "unwritten-token")
    assert "unwritten-token" not in str(told.value)


def test_a_secret_is_kept_out_of_texts_once_it_is_known(home: Home) -> None:
    Secrets(home).put(NAME, "very/odd+token")
    assert "odd" not in redact("failed with very/odd+token and very%2Fodd%2Btoken")
