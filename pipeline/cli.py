"""The command line: which commands there are, and how each ends: its text, its exit code, its errors in a sentence.

Exit codes: 0 done, with or without findings; 1 the data do not reconcile, the guard or a release refused, a check
found something, or a notebook failed; 2 the call or an input is wrong; 3 done, but what there is to say could not be
shown; 128 and the number of a signal that stopped the call.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Sequence

from pipeline import __version__
from pipeline.commands import (
    compare,
    disclosing,
    figures,
    freeze,
    labels,
    many,
    periods,
    portfolio,
    redaction,
    redaction_evaluation,
    releasing,
    tools,
)
from pipeline.commands.at_addresses import run_where_it_is
from pipeline.commands.failures import exit_code, sentence, unforeseen
from pipeline.commands.options import Command, use_folders
from pipeline.commands.screen import told
from pipeline.errors import PipelineError
from pipeline.execution.errors import ExecutionError
from pipeline.execution.homes import Homes
from pipeline.execution.stops import BY_A_SIGNAL, Stop, stopped

COMMANDS: dict[str, Command] = {
    **periods.COMMANDS,
    **many.COMMANDS,
    **portfolio.COMMANDS,
    **figures.COMMANDS,
    **releasing.COMMANDS,
    **freeze.COMMANDS,
    **compare.COMMANDS,
    **labels.COMMANDS,
    **disclosing.COMMANDS,
    **redaction.COMMANDS,
    **redaction_evaluation.COMMANDS,
    **tools.COMMANDS,
}


def main(arguments: Sequence[str] | None = None, homes: Homes | None = None) -> int:
    """Run a command and return its exit code; every expected failure is told in a sentence on stderr.

    In `homes` the process behind the kernels of this very call has been started.
    """
    options = _parser().parse_args(arguments)
    options.homes = homes
    try:
        use_folders(options)
        run = COMMANDS[options.command].run
        text, code = run_where_it_is(options, many.codes_in, run, lambda error: _told(error, options))
    except (PipelineError, ExecutionError) as error:
        _say_error(_told(error, options))
        return exit_code(error)
    except KeyboardInterrupt as stop:
        number = stop.signal_number if isinstance(stop, Stop) else int(signal.SIGINT)
        _say_error(stopped(number))
        return BY_A_SIGNAL + number
    except Exception as error:
        # The text of an error that nobody foresaw may hold a row of the register; where it happened does not.
        _say_error(_discreet(unforeseen(error), options) if isinstance(error, OSError) else unforeseen(error))
        return exit_code(error)
    # The work is done: what happens from here on is none of its failures.
    told(_printable(text))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description="From the register of a grievance redress mechanism to its public report.",
        epilog="Exit codes: 0 done, 1 the data, disclosure or a release are refused, 2 the call or an input is wrong, "
        "3 done, but what there is to say could not be shown, 130 or 143 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"grm-reporting {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        description = f"{command.help[0].upper()}{command.help[1:]}."
        # A shortened option could be another one's: '--period' of compare would be its '--periods'.
        command.add_options(commands.add_parser(name, help=command.help, description=description, allow_abbrev=False))
    return parser


def _told(error: PipelineError | ExecutionError, options: argparse.Namespace) -> str:
    text = sentence(error)
    # A run that is stopped says so at once: no cell is quoted there, and a large register takes long to read.
    return text if exit_code(error) > BY_A_SIGNAL else _discreet(text, options)


def _discreet(text: str, options: argparse.Namespace) -> str:
    """Leave out of an error what names somebody, should a cell that it quotes hold a name where none belongs."""
    from pipeline.commands.searching import discreet

    try:
        for code in many.codes_in(getattr(options, "project", "")):
            text = discreet(text, code)
        return text
    except Exception:  # however the search ends, the analyst is told what went wrong, and no cell
        return re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "'…'", text)


def _say_error(text: str) -> None:
    print(f"Error: {_printable(text)}", file=sys.stderr)


def _printable(text: str) -> str:
    """Put marks in the place of what a terminal would obey: headings and values of a register may hold anything."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
