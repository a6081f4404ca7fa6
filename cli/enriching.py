"""``homereel enrich``: looking titles up in the catalogues that were switched on."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli.options import JsonOption
from cli.session import Call, Session
from library.enrich import ATTRIBUTIONS, NAMES, SECRETS, EnrichReport, switched_on
from library.enrich import enrich as enrich_job
from library.errors import AppError, SettingsError, StoreError
from library.secrets import Secrets


class CatalogName(StrEnum):
    """The catalogues there are."""

    TMDB = "tmdb"
    TVDB = "tvdb"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one catalogue: its report, or why there is none."""

    catalog: str
    report: EnrichReport | None = None
    error: AppError | None = None

    def document(self) -> dict[str, Any]:
        """The outcome as JSON."""
        if self.error is not None:
            return {"catalog": self.catalog, "error": self.error.message, "hint": self.error.hint}
        report = self.report or EnrichReport(self.catalog)
        counts = {name: getattr(report, name) for name in ("asked", "found", "unknown", "failed")}
        return {"catalog": self.catalog, **counts, "problems": [*report.problems], "more_problems": report.untold}

    def lines(self) -> list[str]:
        """The outcome for people."""
        if self.error is not None:
            hint = [f"  {self.error.hint}"] if self.error.hint else []
            return [f"{NAMES[self.catalog]}: {self.error.message}", *hint]
        report = self.report or EnrichReport(self.catalog)
        lines = [f"{report.sentence}.", *(f"  {problem}" for problem in report.problems)]
        if report.untold:
            lines.append(f"  And {report.untold:,} more problems of this sort.")
        if report.found:
            lines.append(f"  {ATTRIBUTIONS[self.catalog]}")
        return lines


def enrich(
    context: typer.Context,
    switch_on: Annotated[
        CatalogName | None,
        typer.Option("--switch-on", metavar="CATALOGUE", help="Switch this catalogue on first: tmdb or tvdb."),
    ] = None,
    key_from_env: Annotated[
        str | None,
        typer.Option("--key-from-env", metavar="NAME", help="Read its key from this environment variable."),
    ] = None,
    key_from_stdin: Annotated[
        bool, typer.Option("--key-from-stdin", help="Read its key from the first line of standard input.")
    ] = False,
    pin_from_env: Annotated[
        str | None,
        typer.Option("--pin-from-env", metavar="NAME", help="Read its PIN, if it has one, from this variable."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Look titles up in the catalogues that are switched on.

    Only what was never looked up or is old is asked for. It can be stopped at any time with Ctrl+C and goes on from there.
    A key is never an argument, since other people on this computer could see it: you are asked for it.
    """
    call: Call = context.obj
    if switch_on is None and (key_from_env or key_from_stdin or pin_from_env):
        raise typer.BadParameter("A key or a PIN belongs to --switch-on.")
    with call.session() as session:
        if switch_on is not None:
            key = _key(call, NAMES[switch_on], key_from_env, key_from_stdin)
            _switch_on(session, str(switch_on), key, os.environ.get(pin_from_env or "", "").strip())
        names = switched_on(session.settings.catalogs)
        if not names:
            raise SettingsError("No catalogue is switched on.", "Switch one on with: homereel enrich --switch-on tmdb")
        outcomes = [_look_up(session, name) for name in names]
    lines = [line for outcome in outcomes for line in outcome.lines()]
    call.output.answer({"catalogs": [outcome.document() for outcome in outcomes]}, *lines)
    if any(outcome.error is not None for outcome in outcomes):
        raise typer.Exit(1)


def _key(call: Call, name: str, variable: str | None, from_stdin: bool) -> str:
    """The key from where it was said to be, or as it is typed, unseen."""
    if variable is not None:
        found, where = os.environ.get(variable, ""), f"The environment variable {variable} is empty or not there."
    elif from_stdin:
        found, where = sys.stdin.readline(), "There was no key on standard input."
    elif call.output.interactive:
        found, where = getpass.getpass(f"Key of {name} (not shown): "), "No key was typed."
    else:
        raise typer.BadParameter("A catalogue needs --key-from-env or --key-from-stdin when nobody can be asked.")
    if not found.strip():
        raise SettingsError(where)
    return found.strip()


def _switch_on(session: Session, name: str, key: str, pin: str) -> None:
    """Put the key away and allow the catalogue, when it takes the key."""
    with closing(session.ports.open_catalog(name, key, pin, session.settings.catalogs.language)) as catalog:
        session.output.note(catalog.check())
    secrets, (key_name, pin_name) = Secrets(session.home), SECRETS[name]
    secrets.put(key_name, key)
    if pin_name and pin:
        secrets.put(pin_name, pin)
    allowed: dict[str, Any] = {name: True}
    settings = replace(session.settings, catalogs=replace(session.settings.catalogs, **allowed))
    session.library.settings.save(settings)
    session.settings = settings


def _look_up(session: Session, name: str) -> Outcome:
    """Look titles up in one catalogue; a failing one does not keep the other from being asked."""
    secrets, (key_name, pin_name), chosen = Secrets(session.home), SECRETS[name], session.settings.catalogs
    try:
        key = secrets.get(key_name)
        if not key:
            raise SettingsError(f"The key of {NAMES[name]} is missing.", f"homereel enrich --switch-on {name}")
        pin = (secrets.get(pin_name) if pin_name else None) or ""
        with closing(session.ports.open_catalog(name, key, pin, chosen.language)) as catalog:
            return Outcome(name, session.drive(enrich_job(session.library, catalog, chosen.days)))
    except StoreError:
        raise
    except AppError as error:
        return Outcome(name, error=error)
