"""The people of a Plex home: reading who they are, and getting one of them a token for a server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from library.accounts import AccountServer, HomeUser
from library.errors import ProviderDenied, ProviderReplyError

if TYPE_CHECKING:
    from providers.plex_account import PlexAccount


def home_users_in(text: str) -> tuple[HomeUser, ...]:
    """The people in an answer, whether it is JSON or the XML of before; the owner of the home first, then by name."""
    rows = _rows_of_json(text) if text.lstrip()[:1] in ("{", "[") else _rows_of_xml(text)
    users = [user for row in rows if (user := _user(row)) is not None]
    return tuple(sorted(users, key=lambda user: (not user.admin, user.name.casefold())))


def server_of(account: PlexAccount, machine_id: str, who: str) -> AccountServer:
    """The server of this machine id as an account sees it.

    :param who: whose account it is, for the sentence.
    :raises ProviderDenied: when the account may not use it.
    """
    for server in account.servers():
        if server.machine_id == machine_id:
            return server
    raise ProviderDenied(
        "Plex", f"{who} may not use this server.", "Its owner can share its libraries with them in Plex."
    )


def _rows_of_json(text: str) -> list[Mapping[str, Any]]:
    try:
        answer = json.loads(text)
    except ValueError:
        raise _odd() from None
    rows = answer.get("users", ()) if isinstance(answer, dict) else answer
    return [row for row in rows or () if isinstance(row, dict)]


def _rows_of_xml(text: str) -> list[Mapping[str, Any]]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError):
        raise _odd() from None
    return [{name: _truth(value) for name, value in row.attrib.items()} for row in root.iter("User")]


def _truth(value: str) -> object:
    return {"0": False, "1": True, "true": True, "false": False}.get(value, value)


def _user(row: Mapping[str, Any]) -> HomeUser | None:
    number, uuid = row.get("id"), str(row.get("uuid") or "")
    number = 1 if number is True else number  # the XML writes the truth and the number one alike
    if not number or not uuid:
        return None
    name = next((str(row[key]) for key in ("friendlyName", "title", "username") if row.get(key)), f"Person {number}")
    return HomeUser(
        id=str(number),
        uuid=uuid,
        name=name,
        guarded=bool(row.get("protected")),
        admin=bool(row.get("admin")),
    )


def _odd() -> ProviderReplyError:
    return ProviderReplyError("Plex", "Plex answered with something we do not understand.", "Try again in a moment.")
