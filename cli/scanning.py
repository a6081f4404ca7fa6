"""Bringing the library up to date with where the media lie: the command scan."""

from __future__ import annotations

import getpass
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import titles
from cli.options import JsonOption
from cli.session import Call, Session
from cli.subsonic import subsonic_source
from library.accounts import CodeShown
from library.errors import AppError, EncoderError, SettingsError, StoreError
from library.items import MediaKind
from library.progress import Progress, run
from library.secrets import Secrets, secret_of
from library.settings import DEMO_SOURCE, SourceKind, SourceSettings
from library.sources import ServerLibrary
from library.sync import ScanReport
from library.watch_history import scan_with_history as scan_job

#: What a server is called until it says what it is called itself.
USUAL_NAMES: dict[SourceKind, str] = {"plex": "Plex", "jellyfin": "Jellyfin", "subsonic": "Subsonic"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one source: its report, or why there is none."""

    source: SourceSettings
    report: ScanReport | None = None
    error: AppError | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is left to be done about it."""
        return self.report is not None and self.report.question is None

    def document(self) -> dict[str, Any]:
        """The outcome as JSON."""
        source: dict[str, Any] = {"id": self.source.id, "name": self.source.name, "kind": self.source.kind}
        if self.error is not None:
            return {**source, "error": self.error.message, "hint": self.error.hint}
        report = self.report or ScanReport()
        question = report.question
        return {
            **source,
            "status": str(report.status),
            "listed": report.listed,
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "failed": report.failed,
            "ratings": report.ratings,
            "problems": [*report.problems],
            "more_problems": report.untold,
            "question": question and {"known": question.known, "found": question.found, "text": question.sentence},
            "seconds": round(report.seconds, 3),
        }

    def lines(self) -> list[str]:
        """The outcome for people."""
        if self.error is not None:
            return [f"{self.source.name}: {self.error.message}", *([f"  {self.error.hint}"] if self.error.hint else [])]
        report = self.report or ScanReport()
        lines = [f"{self.source.name}: {report.sentence}."]
        if report.ratings:
            lines.append(f"  {report.ratings:,} of your ratings came in.")
        lines += [f"  {problem}" for problem in report.problems]
        if report.untold:
            lines.append(f"  And {report.untold:,} more problems of this sort.")
        if report.question is not None:
            lines.append(f"  {report.question.sentence} If so, scan again with --allow-shrink.")
        return lines


def scan(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="Names or ids of sources. All of them if none is named."),
    ] = None,
    folder: Annotated[
        list[Path] | None, typer.Option("--folder", metavar="PATH", help="Add a folder, and scan it. May be repeated.")
    ] = None,
    plex: Annotated[str | None, typer.Option("--plex", metavar="URL", help="Add a Plex server, and scan it.")] = None,
    jellyfin: Annotated[
        str | None, typer.Option("--jellyfin", metavar="URL", help="Add a Jellyfin server, and scan it; needs --user.")
    ] = None,
    quick_connect: Annotated[
        bool, typer.Option("--quick-connect", help="Sign in to the added Jellyfin server by a code instead of --user.")
    ] = False,
    subsonic: Annotated[
        str | None,
        typer.Option(
            "--subsonic",
            metavar="URL",
            help="Add a Subsonic server such as Navidrome, and scan it; with --user by password, without by API key.",
        ),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", metavar="NAME", help="Who you are on the added server.")] = None,
    send_password: Annotated[
        bool,
        typer.Option("--send-password", help="Send a Subsonic server that takes nothing else the password itself."),
    ] = False,
    token_from_env: Annotated[
        str | None,
        typer.Option(
            "--token-from-env", metavar="NAME", help="Read its token or password from this environment variable."
        ),
    ] = None,
    token_from_stdin: Annotated[
        bool,
        typer.Option("--token-from-stdin", help="Read its token or password from the first line of standard input."),
    ] = False,
    trust: Annotated[
        str | None,
        typer.Option(
            "--trust", metavar="FINGERPRINT", help="Trust the added server's certificate, that of this SHA-256 only."
        ),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Add the demo library, and keep it.")] = False,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What to call the added source.")] = None,
    libraries: Annotated[
        list[str] | None,
        typer.Option("--library", metavar="TITLE", help="Use only this library of the added source. May be repeated."),
    ] = None,
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Believe it when most of a library is gone.")
    ] = False,
    no_texts: Annotated[bool, typer.Option("--no-texts", help="Do not read the texts now. It is quicker.")] = False,
    json: JsonOption = False,
) -> None:
    """Read what is new in your sources into the library.

    Only what is new or changed is read. It can be stopped at any time with Ctrl+C and goes on from there.
    A token or password is never an argument, since other people on this computer could see it: you are asked for it.
    """
    call: Call = context.obj
    servers: dict[SourceKind, str] = {kind: url for kind, url in _servers(plex, jellyfin, subsonic) if url is not None}
    added = _one_kind(folder or [], servers, demo, name, libraries or [])
    if (token_from_env or token_from_stdin) and not servers:
        raise typer.BadParameter("A token belongs to --plex, a password to --jellyfin or --subsonic.")
    _check_user(servers, user, quick_connect)
    if send_password and (user is None or "subsonic" not in servers):
        raise typer.BadParameter("--send-password belongs to --subsonic and --user.")
    if trust is not None and not servers:
        raise typer.BadParameter("--trust belongs to a server that is added.")
    if added and names:
        raise typer.BadParameter("Name sources to scan, or add one: not both.")
    with call.session() as session:
        if added:
            kind, text = next(iter(servers.items()), (None, ""))
            asks = kind is not None and not quick_connect
            token = _secret(call, kind, user or "", token_from_env, token_from_stdin) if kind and asks else None
            url = _address(call, text, kind) if kind else ""
            asked = _wanted(session, [_absolute(path) for path in folder or []], url, name, kind or "plex", user or "")
            asked = _trusting(asked, trust)
            if kind == "jellyfin":
                asked, token = _signed_in(call, session, asked, token)
            if kind == "subsonic":
                asked = subsonic_source(call, session, asked, token or "", send_password)
            sources = [add_source(session, asked, token, libraries or [])]
        else:
            sources = _named(session, names or [])
        outcomes = [_scan(session, source, allow_shrink) for source in sources]
        _let_demo_go(session, outcomes)
        unread = None if no_texts else _read_texts(session)
        _answer(call, session, outcomes, unread)
    if unread is not None or not all(outcome.good for outcome in outcomes):
        raise typer.Exit(1)


def _servers(plex: str | None, jellyfin: str | None, subsonic: str | None) -> tuple[tuple[SourceKind, str | None], ...]:
    """The addresses of servers, by kind."""
    return ("plex", plex), ("jellyfin", jellyfin), ("subsonic", subsonic)


def _check_user(servers: dict[SourceKind, str], user: str | None, quick_connect: bool) -> None:
    """Refuse a Jellyfin server without a way to sign in, and ways to sign in without a server that knows users."""
    if "jellyfin" in servers and (user is not None) == quick_connect:
        raise typer.BadParameter("--jellyfin needs --user, or --quick-connect to sign in by a code.")
    if quick_connect and "jellyfin" not in servers:
        raise typer.BadParameter("--quick-connect belongs to --jellyfin.")
    if user is not None and not servers.keys() & {"jellyfin", "subsonic"}:
        raise typer.BadParameter("--user belongs to --jellyfin or --subsonic.")


def _one_kind(
    folders: list[Path], servers: dict[SourceKind, str], demo: bool, name: str | None, libraries: list[str]
) -> bool:
    """Whether a source is to be added; refuses two at once."""
    count = bool(folders) + len(servers) + demo
    if count > 1:
        raise typer.BadParameter("Add one source at a time: --folder, --plex, --jellyfin, --subsonic or --demo.")
    if not count and (name or libraries):
        raise typer.BadParameter("--name and --library belong to a source that is added.")
    return count == 1


def _secret(call: Call, kind: SourceKind, user: str, variable: str | None, from_stdin: bool) -> str:
    """The token or password from where it was said to be, or as it is typed, unseen. A password may be empty."""
    noun = "token" if kind == "plex" else "password" if user else "API key"
    asking = "Plex token (not shown): " if kind == "plex" else f"Password of {user} (not shown): "
    asking = asking if user or kind == "plex" else "API key (not shown): "
    if variable is not None:
        found = os.environ.get(variable, "")
        where = f"The environment variable {variable} is empty or not there."
    elif from_stdin:
        found, where = sys.stdin.readline(), f"There was no {noun} on standard input."
    elif call.output.interactive:
        found, where = getpass.getpass(asking), f"No {noun} was typed."
    else:
        raise typer.BadParameter(
            f"A {USUAL_NAMES[kind]} server needs --token-from-env or --token-from-stdin when nobody can be asked."
        )
    if kind != "plex":
        return found.rstrip("\r\n")
    token = call.ports.clean_token(found)
    if not token:
        raise SettingsError(where)
    return token


def _signed_in(
    call: Call, session: Session, source: SourceSettings, password: str | None
) -> tuple[SourceSettings, str]:
    """Sign in as the user of a source, or by a code; what is kept is what the server gives for it, never the password."""
    shown: set[str] = set()

    def show(step: Progress) -> None:
        if isinstance(step, CodeShown) and step.code not in shown:
            shown.add(step.code)
            call.output.note(
                f"Type {step.code} in where you are signed in to Jellyfin: in your user menu, Quick Connect."
            )

    with closing(call.ports.sign_in_to(session.home, source)) as way:
        who = run(way.with_code(), show) if password is None else way.with_password(password)
    if source.account != who.id:  # nobody's titles and ratings are taken for somebody else's
        others = (known for known in session.settings.sources if known.kind == "jellyfin" and known.url == source.url)
        fresh = replace(source, id=_new_id("jellyfin"), libraries=None) if source.account else source
        source = next((known for known in others if known.account == who.id), fresh)
    return replace(source, user=who.name or source.user, account=who.id, sign_in="password"), who.token


def _address(call: Call, text: str, kind: SourceKind) -> str:
    checked = call.ports.check_url(text, kind)
    if checked.problem:
        raise SettingsError(checked.problem, checked.hint)
    return checked.url


def _absolute(path: Path) -> str:
    text = os.path.abspath(path.expanduser())
    if not _is_utf8(text):
        raise SettingsError(
            "The name of this folder is not UTF-8.", "Choose the folder above it, or give it another name."
        )
    return text


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _wanted(
    session: Session, folders: list[str], url: str, name: str | None, kind: SourceKind, user: str
) -> SourceSettings:
    """The source to add; one that is configured already is taken as it is."""
    known = session.settings.sources
    if url:
        same = (source for source in known if source.kind == kind and source.url.rstrip("/") == url)
        found = next((one for one in same if not user or one.user.casefold() == user.casefold()), None)
        source = found or SourceSettings(id=_new_id(kind), kind=kind, name=USUAL_NAMES[kind], url=url, user=user)
    elif folders:
        found = next(
            (source for source in known if source.kind == "folder" and set(folders) <= set(source.paths)), None
        )
        title = Path(folders[0]).name or folders[0]
        source = found or SourceSettings(id=_new_id("folder"), kind="folder", name=title, paths=tuple(folders))
    else:
        source = next((source for source in known if source.kind == "demo"), DEMO_SOURCE)
    return replace(source, name=titles.sendable(name)) if name else source


def _trusting(source: SourceSettings, fingerprint: str | None) -> SourceSettings:
    """The source with the one certificate that is trusted although nobody vouches for it."""
    if fingerprint is None:
        return source
    plain = fingerprint.replace(":", "").strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", plain):
        raise typer.BadParameter("A fingerprint is 64 digits and letters from a to f; colons may stand in between.")
    return replace(source, fingerprint=plain)


def _new_id(kind: str) -> str:
    """An id that no source has or had."""
    return f"{kind}-{time.time_ns() // 1_000_000:x}"


def add_source(session: Session, source: SourceSettings, token: str | None, libraries: list[str]) -> SourceSettings:
    """Ask the server who it is; when all is well, put source and token away."""
    source.check()
    with session.server(source, token) as server:
        identity = server.identify()
        if source.name == USUAL_NAMES.get(source.kind):
            source = replace(source, name=identity.name or source.name)
        if libraries:
            source = replace(source, libraries=_keys(server.libraries(), libraries))
    others = [known for known in session.settings.sources if known.id != source.id]
    settings = replace(session.settings, sources=(*others, source))
    settings.check()
    if token is not None:
        Secrets(session.home).put(secret_of(source), token)
    session.library.settings.save(settings)
    session.settings = settings
    return source


def _keys(offered: tuple[ServerLibrary, ...], wanted: list[str]) -> tuple[str, ...]:
    keys = []
    for text in wanted:
        found = next((lib.key for lib in offered if text == lib.key or text.casefold() == lib.title.casefold()), None)
        if found is None:
            names = ", ".join(f"“{library.title}”" for library in offered)
            raise AppError(f"There is no library “{text}” there.", f"There are: {names}.")
        keys.append(found)
    return tuple(dict.fromkeys(keys))


def _named(session: Session, names: list[str]) -> list[SourceSettings]:
    """The sources to scan: those named, or all; the demo library when there is none."""
    known = session.settings.sources or (DEMO_SOURCE,)
    if not names:
        return list(known)
    chosen = []
    for text in names:
        found = [source for source in known if text == source.id or text.casefold() == source.name.casefold()]
        if len(found) != 1:
            listed = ", ".join(f"“{source.name}” ({source.id})" for source in known)
            reason = "Several sources are" if found else "No source is"
            raise AppError(f"{reason} called “{text}”.", f"There are: {listed}.")
        chosen.append(found[0])
    return chosen


def _scan(session: Session, source: SourceSettings, allow_shrink: bool) -> Outcome:
    """Scan one source; a failing one does not keep the others from being scanned."""
    try:
        with session.server(source) as server:
            report = session.drive(scan_job(session.library, server, source, allow_shrink=allow_shrink))
        if report.question is not None and session.output.interactive:
            session.output.note(report.question.sentence)
            if typer.confirm("Take them out", default=False, err=True):
                with session.server(source) as server:
                    report = session.drive(scan_job(session.library, server, source, allow_shrink=True))
    except StoreError:
        raise
    except AppError as error:
        return Outcome(source, error=error)
    return Outcome(source, report)


def _let_demo_go(session: Session, outcomes: list[Outcome]) -> None:
    """The demo library stands in until there is something real to watch; what it was rated stays."""
    kept = any(source.kind == "demo" for source in session.settings.sources)
    real = [outcome.source.id for outcome in outcomes if outcome.report is not None and outcome.source.kind != "demo"]
    watched = {MediaKind.MOVIE, MediaKind.SHOW}
    if not kept and any(session.library.items.kinds_of(source_id) & watched for source_id in real):
        session.library.items.remove_source(DEMO_SOURCE.id)


def _read_texts(session: Session) -> EncoderError | None:
    """Bring the picture of the library up to date, texts included; the reason when the texts could not be read."""
    from recommender.snapshot import load_snapshot
    from recommender.trainer import refresh

    plan = session.plan()
    try:
        session.drive(refresh(session.library, plan, load_snapshot(session.home.snapshot, plan.weights)))
    except EncoderError as error:
        return error
    return None


def _answer(call: Call, session: Session, outcomes: list[Outcome], unread: EncoderError | None) -> None:
    count: Callable[[MediaKind], int] = session.library.items.count
    films, shows, tracks = count(MediaKind.MOVIE), count(MediaKind.SHOW), count(MediaKind.TRACK)
    lines = [line for outcome in outcomes for line in outcome.lines()]
    parts = [(films, "film"), (shows, "show"), (tracks, "track")]
    there = ", ".join(titles.several(number, word) for number, word in parts if number)
    failed = {} if unread is None else {"error": unread.message, "hint": unread.hint}
    call.output.answer(
        {
            "sources": [outcome.document() for outcome in outcomes],
            "library": {"movies": films, "shows": shows, "tracks": tracks},
            **failed,
        },
        *lines,
        f"In the library now: {there or 'nothing yet'}.",
    )
    if unread is not None and not call.output.as_json:
        call.output.fail(unread)
