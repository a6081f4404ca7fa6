"""Signing in with Plex from a terminal: the command sign-in."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import Annotated

import typer

from cli.options import JsonOption
from cli.scanning import add_source
from cli.session import Call, Session
from library.accounts import AccountServer, CodeShown, MediaAccount, account_secret_of
from library.errors import AppError
from library.progress import Progress
from library.progress import run as drive
from library.secrets import Secrets
from library.settings import SourceSettings


def sign_in(
    context: typer.Context,
    server: Annotated[
        str | None, typer.Option("--server", metavar="NAME", help="Add this server, when the account has several.")
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What to call it here.")] = None,
    libraries: Annotated[
        list[str] | None,
        typer.Option("--library", metavar="TITLE", help="Use only this library of it. May be repeated."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Sign in with Plex and add a server.

    The browser may be on any computer. Ctrl+C waits no longer. What is in the server's libraries comes in with: homereel scan
    """
    call: Call = context.obj
    with call.session() as session, closing(call.ports.open_account(session.home, "")) as account:
        who = drive(account.sign_in(), lambda step: _tell(call, step))
        call.output.note(f"Signed in as {who.name}." if who.name else "Signed in.")
        chosen = _choose(call, account.servers(), server)
        url = _reach(call, account, chosen)
        source = _described(session, chosen, url, who.name, name)
        source = add_source(session, source, chosen.token, libraries or [])
        Secrets(session.home).put(account_secret_of(source), who.token)
    call.output.answer(
        {"source": {"id": source.id, "name": source.name, "kind": source.kind, "url": source.url}, "account": who.name},
        f"{source.name} is added; it answers at {source.url}.",
        "Read what is on it with: homereel scan",
    )


def _tell(call: Call, step: Progress) -> None:
    if isinstance(step, CodeShown):
        call.output.note("Open this page in a browser, on any computer, and sign in there:")
        call.output.note(f"  {step.link}")
        call.output.note(f"It is good for {max(1, round(step.seconds / 60))} minutes. Waiting for you …")


def _reach(call: Call, account: MediaAccount, server: AccountServer) -> str:
    with call.output.progress() as report:
        return drive(account.reach(server), report)


def _choose(call: Call, servers: tuple[AccountServer, ...], wanted: str | None) -> AccountServer:
    """The server that is meant: the one named, the only one there is, or the one the person picks."""
    if not servers:
        raise AppError("This account has no Plex server.", "Add one by its address with: homereel scan --plex URL")
    listed = "; ".join(server.words for server in servers)
    if wanted is not None:
        found = [one for one in servers if wanted == one.machine_id or wanted.casefold() == one.name.casefold()]
        if len(found) != 1:
            raise AppError(f"No server of this account is called “{wanted}”.", f"There are: {listed}.")
        return found[0]
    if len(servers) == 1:
        return servers[0]
    if not call.output.interactive:
        raise AppError("The account has several servers.", f"Choose one with --server NAME. There are: {listed}.")
    for place, server in enumerate(servers, 1):
        call.output.note(f"  {place}  {server.words}")
    while not 1 <= (place := typer.prompt("Which one", type=int, err=True)) <= len(servers):
        call.output.note(f"That is a number from 1 to {len(servers)}.")
    return servers[place - 1]


def _described(session: Session, server: AccountServer, url: str, who: str, name: str | None) -> SourceSettings:
    """The source to add; a server that is a source already stays that source, with its titles."""
    known = next((one for one in session.settings.sources if one.kind == "plex" and one.url.rstrip("/") == url), None)
    source = known or SourceSettings(id=f"plex-{time.time_ns() // 1_000_000:x}", kind="plex", name=server.name, url=url)
    return replace(source, name=name or source.name, user=who, account=server.account_id, sign_in="token")
