"""How a Subsonic server is signed in to from a terminal: by password or API key, and what the person is asked."""

from __future__ import annotations

from dataclasses import replace

import typer

from cli.session import Call, Session
from library.errors import AppError, PasswordOnly
from library.settings import SourceSettings


def subsonic_source(
    call: Call, session: Session, source: SourceSettings, secret: str, send_password: bool
) -> SourceSettings:
    """The source with its way of signing in: by API key without a user, else by password.

    A server that takes nothing but the password itself gets it only when the person said so, or is asked and agrees.

    :raises AppError: when the server wants the password itself, and nobody agreed to that.
    """
    if not source.user:
        return replace(source, sign_in="api key")
    if source.sign_in == "legacy password":
        return source  # it was agreed to before
    source = replace(source, sign_in="password")
    try:
        with session.server(source, secret) as server:
            server.identify()
    except PasswordOnly as error:
        if not send_password:
            if not call.output.interactive:
                raise AppError(error.message, f"{error.hint} Say --send-password if you agree.") from error
            call.output.note(str(error))
            if not typer.confirm("Send the password itself", default=False, err=True):
                raise AppError("The server was not added.") from error
        return replace(source, sign_in="legacy password")
    return source
