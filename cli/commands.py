"""The program without a window: the commands, and the one place that turns what went wrong into a sentence and a status."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperArgument, TyperGroup
from typer.main import get_command

from cli.enriching import enrich
from cli.importing import import_past, imports
from cli.learning import learn, similar
from cli.network import network
from cli.options import JsonOption
from cli.output import Output, prepare_streams
from cli.ports import Ports
from cli.rating import rate
from cli.scanning import scan
from cli.session import Call
from cli.sign_in import sign_in
from cli.upkeep import backup, export, info
from cli.watching import explain, recommend, search
from cli.writing import activity, playlist, undo
from library.errors import AppError

log = logging.getLogger(__name__)

DONE, FAILED, MISUSED, CANCELLED = 0, 1, 2, 130
NAME = "homereel"

app = typer.Typer(
    name=NAME,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
EXAMPLES: dict[Callable[..., None], tuple[str, ...]] = {
    scan: ("scan", "scan --folder ~/Films", "scan --plex http://192.168.1.20:32400"),
    sign_in: ("sign-in", "sign-in --server Cellar"),
    enrich: ("enrich", "enrich --switch-on tmdb --key-from-env TMDB_KEY"),
    recommend: ("recommend --finish-by 22:30", "recommend --kind shows --genre comedy --unseen"),
    rate: ('rate "Seven Samurai" 9', "rate 17 --skip", "rate --undo"),
    search: ("search kurosawa samurai", "search heist --kind movies"),
    explain: ('explain "The Third Man"', "explain 17 --json"),
    similar: ('similar "Stalker"', "similar 17 --count 20"),
    learn: ("learn", "learn --json"),
    playlist: (
        'playlist create "Friday" --on Cellar "Seven Samurai" 17',
        "playlist create Friday --on Cellar 17 --append",
    ),
    activity: ("activity", "activity --count 10 --json"),
    undo: ("undo 12", "undo 12 --all"),
    import_past: (
        "import letterboxd-export.zip",
        "import ratings.csv --dry-run",
        "import --tmdb-account",
        "import --take-back 3",
    ),
    imports: ("imports", "imports --json"),
    export: ("export --output ratings.csv", "export --format json"),
    backup: ("backup", "backup --list", "backup --restore daily_2026-01-31"),
    network: ("network", "network --days 30 --json", "network --reach home"),
    info: ("info", "--home /mnt/films/homereel info --json"),
}
"""Every command, in the order of the help, and how it is used."""
NAMES: dict[Callable[..., None], str] = {import_past: "import"}
"""What commands are called that Python has another use for the name of."""

for command, lines in EXAMPLES.items():
    app.command(NAMES.get(command), epilog="\b\nExamples:\n" + "\n".join(f"  {NAME} {line}" for line in lines))(command)


def _show_version(context: typer.Context, wanted: bool) -> None:
    call: Call = context.obj
    if wanted:
        call.output.answer({"version": call.ports.version}, f"Homereel {call.ports.version}")
        raise typer.Exit


@app.callback(epilog="Every command has its own help: homereel rate --help")
def start(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIRECTORY", help="Keep everything here. Else HOMEREEL_HOME counts."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """What shall I watch next? Answered from your own media, on your own computer, with the true reason.

    Without a command the window opens.
    """
    call: Call = context.obj
    call.home_path = home


def run(arguments: Sequence[str], ports: Ports) -> int:
    """Carry out one command line and return the exit status: 0 done, 1 failed, 2 misused, 130 stopped with Ctrl+C."""
    prepare_streams()
    call = Call(ports, Output(as_json=_asks_for_json(arguments)))
    try:
        return _carry_out(arguments, call)
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except Exception:
        hint = "The details are in the log." if call.log_destination is not None else ""
        log.exception("The command failed unexpectedly.")
        call.output.fail(AppError("Something went wrong that should not have.", hint))
        return FAILED
    finally:
        call.close()


def _carry_out(arguments: Sequence[str], call: Call) -> int:
    """Carry out the line; what is expected to go wrong becomes a sentence."""
    try:
        status = _command().main(list(arguments), prog_name=NAME, standalone_mode=False, obj=call)
    except (KeyboardInterrupt, typer.Abort):
        status = CANCELLED
    except typer.TyperException as error:
        return _misused(error, call.output)
    except AppError as error:
        call.output.fail(error)
        return FAILED
    if status == CANCELLED:
        call.output.fail(AppError("Stopped.", "What was done until then is kept."))
    return status if isinstance(status, int) else DONE


def _command() -> TyperGroup:
    """The commands as the line is read by; the help names arguments without the types of the programming language."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for command in group.commands.values():
        for parameter in command.params:
            if isinstance(parameter, TyperArgument):
                parameter.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
    return group


def _asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether the line asks for JSON, even if it turns out to be wrong otherwise."""
    before = list(arguments)
    if "--" in before:
        before = before[: before.index("--")]
    return "--json" in before


def _misused(error: typer.TyperException, output: Output) -> int:
    """Say what is wrong with the line and where its help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else NAME
    message = error.format_message().removeprefix("Invalid value: ")
    message = message.replace("Value error, ", "").replace("Input should be", "it must be")
    hint = f"See how it is used with: {path} --help"
    if "--home" in message and path != NAME:
        hint = f"Write --home before the command: {NAME} --home DIRECTORY {path.removeprefix(NAME).strip()}"
    output.fail(AppError(message, hint))
    return MISUSED


def _forget_stdout() -> None:
    """Whoever read the answer has gone: let the last flush go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
