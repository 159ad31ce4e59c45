"""`redact`: a text, a table or a workbook of the office without what tells who somebody is."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_file_option,
    add_outputs_option,
    add_project_option,
    options_of,
    refuse_files,
)
from pipeline.errors import InputError
from pipeline.places import data_folder, outputs_folder, relative
from pipeline.project import load_project

REDACTED = "redacted"
"""The folder below outputs/<project>/ for what `redact` writes; only its owner can open it."""


def _redact(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.execution.errors import explained
    from pipeline.files import replace_bytes
    from pipeline.register.checking import checked_register
    from pipeline.register.identities import known_names, places_in, split_identities
    from pipeline.register.redacted_file import MARK, Redactor, kind_of, redact_file

    project = load_project(options.project)
    if not options.file:
        raise InputError(
            "FILE is not given. Name a text, a table (.csv) or a workbook (.xlsx), for example: make redact "
            "FILE=letter.txt"
        )
    path = Path(options.file)
    kind_of(path, path.name)
    named = _named(options.output, path)
    cases, identities = split_identities(checked_register(project).table)
    names = known_names(project, identities, cases["location"].dropna().unique())
    keep = project.settings.confidential.keep
    redactor = Redactor(names, keep, project.locale, places_in(cases))
    redacted = redact_file(path, path.name, redactor)
    # The file's own name may be that of a person, too.
    own = outputs_folder() / project.code / REDACTED / f"{redactor.name(path.stem)}.{MARK}{redacted.ending}"
    target = named or own
    refuse_files(target.parent)
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_bytes(redacted.content, target, restricted=True)
    return "\n".join(_told(target, redacted.counts, redacted.suspects, redacted.left_out)), 0


def _named(output: str, path: Path) -> Path | None:
    """Return the file that the caller names for the result, if any: no file that is there, and none among registers."""
    if not output:
        return None
    target = Path(output)
    if target.is_dir():
        raise InputError(f"{relative(target)} is a folder. Name the file that is to be written in it.")
    if target.exists() or target.resolve() == path.resolve():
        raise InputError(f"{relative(target)} is there already, and no file is written over. Name another one.")
    if target.resolve().is_relative_to(data_folder().resolve()):
        raise InputError(f"{relative(target)} lies where the registers are. Name a file elsewhere.")
    return target


def _told(target: Path, counts: Counter[str], suspects: Counter[str], left_out: str) -> list[str]:
    """Tell where the file is and how many places of each kind were replaced; no value is told."""
    told = [f"{relative(target)} is written; only you can open it."]
    if not counts:
        told.append("Nothing was found that is to be replaced.")
    for kind, count in sorted(counts.items()):
        looks = f", {suspects[kind]} of them only by how it looks" if suspects[kind] else ""
        told.append(f"  {kind.replace('_', ' ')}: {count}{looks}")
    if left_out:
        told.append(left_out)
    told.append(
        "Read it before you send it: a rule does not know whom a description gives away. See docs/redaction.md."
    )
    return told


def _add_output_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--output", default="", metavar="FILE", help="where to (default: outputs/<project>/redacted/<name>.redacted.…)"
    )


COMMANDS = {
    "redact": Command(
        "take names, numbers and addresses of persons out of a text, a table or a workbook, before it is sent",
        options_of(
            add_project_option,
            add_file_option("the text, table or workbook; it is not changed"),
            _add_output_option,
            add_data_option,
            add_outputs_option,
        ),
        _redact,
    ),
}
"""The command that redacts a file."""
