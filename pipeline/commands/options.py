"""What the commands share: their options, and how a path and a choice are told and checked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from pipeline.addresses import as_path, is_address
from pipeline.errors import InputError
from pipeline.period import FORMS, shown
from pipeline.places import DATA_VARIABLE, DEFAULT_PROJECT, OUTPUTS_VARIABLE, REPOSITORY, relative


@dataclass(frozen=True)
class Command:
    """A command: its help, its options, and what it does: the text to print and the exit code."""

    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], tuple[str, int]]


def add_project_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--project", default=DEFAULT_PROJECT, metavar="P", help="a folder below data/ (default: %(default)s)"
    )


def add_projects_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--project",
        default=DEFAULT_PROJECT,
        metavar="'P Q …'",
        help="one or more folders below data/, as one text: 'demo my-project' (default: %(default)s)",
    )


def add_period_option(command: argparse.ArgumentParser) -> None:
    forms = ", ".join(example for example, _ in FORMS)
    command.add_argument("--period", default="", metavar="X", help=f"the period: {forms}")


def add_file_option(help_text: str) -> Callable[[argparse.ArgumentParser], None]:
    """Give the option FILE, with a help text of the command's own."""

    def add(command: argparse.ArgumentParser) -> None:
        command.add_argument("--file", default="", metavar="FILE", help=help_text)

    return add


def filled_file(options: argparse.Namespace, call_words: str, made: Path) -> Path:
    """Return the workbook FILE that a person filled in; `made` is where the period's own is.

    An `InputError` names what was given as it was given, and where the workbook is to be found.
    """
    given, shown_made = Path(options.file), relative(made)
    if not options.file:
        raise InputError(
            f"FILE is not given. Fill in {shown_made} and name it: make {options.command} {call_words} "
            f"FILE={quote(str(shown_made))}"
        )
    if not given.is_file():
        what = "is a folder" if given.is_dir() else f"is not there, seen from {Path.cwd()}"
        raise InputError(
            f"FILE is {shown(options.file)}, which {what}. Name the workbook that was filled in, with its folders. The "
            f"period's own is {shown_made}."
        )
    return given


def add_force_option(command: argparse.ArgumentParser, help_text: str) -> None:
    command.add_argument("--force", nargs="?", const="1", default="", metavar="1", help=help_text)


def add_data_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data",
        metavar="FOLDER",
        help=f"where the projects are, a folder or an address (default: data/; also ${DATA_VARIABLE})",
    )


def add_outputs_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--outputs",
        metavar="FOLDER",
        help=f"where outputs go, a folder or an address (default: outputs/; also ${OUTPUTS_VARIABLE})",
    )


def add_scheduler_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help="a Dask scheduler, tcp://127.0.0.1:8786 for instance (default: workers on this machine)",
    )


def add_replacing_option(command: argparse.ArgumentParser) -> None:
    add_force_option(command, "replace a file that is there already and differs")


def options_of(*add: Callable[[argparse.ArgumentParser], None]) -> Callable[[argparse.ArgumentParser], None]:
    """Put options together."""

    def add_all(command: argparse.ArgumentParser) -> None:
        for one in add:
            one(command)

    return add_all


def use_folders(options: argparse.Namespace) -> None:
    """Let the folders that a call names be found, by this process and by the notebooks'."""
    for variable, option in ((DATA_VARIABLE, "data"), (OUTPUTS_VARIABLE, "outputs")):
        folder = getattr(options, option, None)
        named = as_path(os.environ.get(variable, "") if folder is None else folder)
        if folder is not None and not is_address(named):
            named = str(Path(named).resolve())
        if named:
            os.environ[variable] = named


def is_forced(options: argparse.Namespace, meaning: str) -> bool:
    """Read FORCE; an `InputError` says what it may be."""
    if options.force not in ("", "0", "1"):
        raise InputError(f"FORCE is {shown(options.force)}. Allowed are 1 ({meaning}), 0, or nothing.")
    return bool(options.force == "1")


def say(sentence: str) -> None:
    """Tell something on stderr while a command goes on."""
    print(sentence, file=sys.stderr, flush=True)


def alone(place: Path) -> AbstractContextManager[Path]:
    """Hold a set, or what else stands for some files, so that no other command writes them; waits ten minutes."""
    from pipeline.execution.sets import locked_set  # here, since it brings asyncio along

    return locked_set(place, say=say)


def texts_to_try(what: str, document: str) -> Path:
    """Return the folder of real texts beside the checkout; without it an `InputError` names the document on them."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        raise InputError(
            f"There are no texts to try {what} on: the folder shared/data beside this checkout is missing. "
            f"{document} says which texts they are, and holds the figures."
        )
    return folder


def refuse_files(target: Path) -> None:
    """Refuse a folder of outputs that lies in a file, or where none can be made."""
    existing = next(path for path in (target, *target.parents) if path.exists())
    if not existing.is_dir():
        raise InputError(f"{relative(existing)} is a file where the folder of the outputs should be. Move it away.")
