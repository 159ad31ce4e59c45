"""The command line: which commands there are, and how each ends: its text, its exit code, its errors in a sentence.

Exit codes: 0 done, with or without findings; 1 the data do not reconcile, the guard refused or a notebook failed;
2 the call or an input is wrong.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from pipeline import __version__
from pipeline.commands import freeze, periods, tools
from pipeline.commands.options import Command, relative, use_folders
from pipeline.commands.sets import SENTENCES
from pipeline.errors import PipelineError
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.project import REPOSITORY

COMMANDS: dict[str, Command] = {**periods.COMMANDS, **freeze.COMMANDS, **tools.COMMANDS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every expected failure is told in a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        use_folders(options)
        text, code = COMMANDS[options.command].run(options)
        print(_printable(text))
        return code
    except (PipelineError, ExecutionError) as error:
        _say_error(_sentence(error))
        return _exit_code(error)
    except KeyboardInterrupt:
        _say_error("Stopped; the former outputs are as they were.")
        return 130
    except Exception as error:
        # The text of an error that nobody foresaw may hold a row of the register; where it happened does not.
        _say_error(_unforeseen(error))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline",
        description="From the register of a grievance redress mechanism to its public report.",
        epilog="Exit codes: 0 done, 1 the data or the disclosure are refused, 2 the call or an input is wrong.",
    )
    parser.add_argument("--version", action="version", version=f"grm-reporting {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        description = f"{command.help[0].upper()}{command.help[1:]}."
        command.add_options(commands.add_parser(name, help=command.help, description=description))
    return parser


def _sentence(error: Exception) -> str:
    if isinstance(error, NotebookFailed) and error.message is None:
        return (
            f"The stage {error.stage} stopped with an error that was not foreseen ({error.error_name}). The former "
            f"outputs are as they were; the notebook as far as it came is {relative(error.failed_notebook)}. This is "
            "a fault of the program and not of your data: please report it with the name of the error and the stage."
        )
    if isinstance(error, NotebookFailed):
        return f"{error.message}\nThe former outputs are as they were. See {relative(error.failed_notebook)}."
    return str(error)


def _unforeseen(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(REPOSITORY / "pipeline")]
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    return (
        f"An error that was not foreseen ({type(error).__name__}{place}) stopped the run. The former outputs are as "
        "they were. This is a fault of the program and not of your data: please report it with this line."
    )


def _exit_code(error: PipelineError | ExecutionError) -> int:
    if isinstance(error, NotebookFailed):
        return SENTENCES.get(error.error_name, 1)
    return error.exit_code


def _say_error(sentence: str) -> None:
    print(f"Error: {_printable(sentence)}", file=sys.stderr)


def _printable(text: str) -> str:
    """Put marks in the place of what a terminal would obey: headings and values of a register may hold anything."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
