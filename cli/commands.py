"""The program without a window: the commands, and the one place that turns what went wrong into a sentence and a status."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from cli.options import JsonOption
from cli.output import Output, prepare_streams
from cli.ports import Ports
from cli.rating import rate
from cli.scanning import scan
from cli.session import Call
from cli.upkeep import backup, export, info
from cli.watching import explain, recommend, search
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
for command in (scan, recommend, rate, search, explain, export, backup, info):
    app.command()(command)


@app.callback(epilog="Every command has its own help: homereel rate --help")
def start(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", metavar="DIRECTORY", help="Keep everything here. Else HOMEREEL_HOME counts."),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
    json: JsonOption = False,
) -> None:
    """What shall I watch next? Answered from your own media, on your own computer, with the true reason.

    Without a command the window opens.
    """
    call: Call = context.obj
    if version:
        call.output.answer({"version": call.ports.version}, f"Homereel {call.ports.version}")
        raise typer.Exit
    call.home_path = home


def run(arguments: Sequence[str], ports: Ports) -> int:
    """Carry out one command line and return the exit status: 0 done, 1 failed, 2 misused, 130 stopped with Ctrl+C."""
    prepare_streams()
    output = Output(as_json=_asks_for_json(arguments))
    try:
        status = get_command(app).main(list(arguments), prog_name=NAME, standalone_mode=False, obj=Call(ports, output))
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        status = CANCELLED
    except typer.TyperException as error:
        return _misused(error, output)
    except AppError as error:
        output.fail(error)
        return FAILED
    except Exception:
        log.exception("The command failed unexpectedly.")
        output.fail(AppError("Something went wrong that should not have.", "The details are in the log."))
        return FAILED
    if status == CANCELLED:
        output.fail(AppError("Stopped.", "What was done until then is kept."))
    return status if isinstance(status, int) else DONE


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
    output.fail(AppError(message, f"See how it is used with: {path} --help"))
    return MISUSED


def _forget_stdout() -> None:
    """Whoever read the answer has gone: let the last flush go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
