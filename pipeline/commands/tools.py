"""The commands that run no notebook: check, project, template, dictionary, demo."""

from __future__ import annotations

import argparse

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_outputs_option,
    add_project_option,
    add_replacing_option,
    is_forced,
    options_of,
    refuse_files,
)
from pipeline.errors import InputError
from pipeline.places import outputs_folder, relative
from pipeline.project import load_project

CHECK = "check"
"""The folder below outputs/<project>/ for what `check` writes."""
TEMPLATE = "register-template.xlsx"
"""The empty register below outputs/<project>/."""


def _add_name_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--name", default="", metavar="N", help="the new folder: small letters, digits and hyphens, my-project"
    )


def _add_demo_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rows", default="", metavar="N", help="how many grievances (default: those of data/demo)")
    command.add_argument("--seed", default="", metavar="S", help="another register for another whole number")
    command.add_argument("--output", default="", metavar="FILE", help="where to (default: data/demo/register.csv)")
    command.add_argument(
        "--name", default="", metavar="N", help="a project of its own, data/N/, with a register of many years"
    )
    command.add_argument("--years", default="", metavar="Y", help="how many years that register covers (default: 10)")
    command.add_argument("--kind", default="", metavar="K", help="what that register is: csv (default) or parquet")


def _check(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.commands.checking import check_register
    from pipeline.register.checking import told
    from pipeline.register.workbook import WORKBOOK, write_findings

    project = load_project(options.project)
    checked = check_register(project)
    folder = outputs_folder() / project.code / CHECK
    refuse_files(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError(f"{relative(folder)} cannot be made: {error.strerror}. Name another folder.") from None
    write_findings(checked.register, checked.findings, folder)
    verdict = (
        f"{checked.errors} error{'s' if checked.errors != 1 else ''} would keep a report from being released."
        if checked.errors
        else "No error; nothing in the register would keep a report from being released."
    )
    where = f"The register with every finding at its cell is {relative(folder / WORKBOOK)}; only you can open it."
    return f"{told(checked)}\n\n{verdict}\n{where}", int(checked.errors > 0)


def _begin_project(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.new_project import REGISTER_FILE, create_project

    folder = relative(create_project(options.name))
    text = (
        f"{folder} is made; only you can open it.\n"
        f"  {folder / 'project.yml'}: open it in a text editor. Change what stands in [brackets] and each line that "
        "ends in CHANGE.\n"
        f"  {folder / REGISTER_FILE}: the empty register, with the words of project.yml in its lists.\n"
        f"If you have changed the words, make the register anew before you fill it in: make template "
        f"PROJECT={options.name}\n"
        f"The report is then made by: make report PERIOD=2024H1 PROJECT={options.name}"
    )
    return text, 0


def _write_template(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.template import save_template

    is_replacing = is_forced(options, "replace the file")
    project = load_project(options.project)
    path = outputs_folder() / project.code / TEMPLATE
    save_template(project, path, shown_as=str(relative(path)), force=is_replacing)
    text = (
        f"The empty register of {project.settings.name} is {relative(path)}; only you can open it.\n"
        f"Copy it to {project.shown_folder}/, fill it in there, and name it under the key register in "
        f"{project.shown_folder}/project.yml. Its sheet Instructions says what to enter."
    )
    return text, 0


def _write_dictionary(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.dictionary import DOCUMENT, write_dictionary

    return f"{relative(DOCUMENT)} is " + ("written anew." if write_dictionary() else "up to date."), 0


def _invent(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.demo_command import write_demo, write_large_project

    is_replacing = is_forced(options, "replace the file")
    if options.name:
        if options.output:
            raise InputError("--output is for a register alone; --name has a folder of its own. Give one of the two.")
        text = write_large_project(
            options.rows, options.seed, options.years, options.kind, options.name, force=is_replacing
        )
        return text, 0
    if options.years or options.kind:
        raise InputError("--years and --kind are for a project of its own: give it a --name, such as demo-large.")
    return write_demo(options.rows, options.seed, options.output, force=is_replacing), 0


COMMANDS = {
    "check": Command(
        "check the register alone, in seconds: what was read, and what is to be mended, cell by cell",
        options_of(add_project_option, add_data_option, add_outputs_option),
        _check,
    ),
    "project": Command(
        "begin a project of your own: a folder below data/ with project.yml and an empty register",
        options_of(_add_name_option, add_data_option),
        _begin_project,
    ),
    "template": Command(
        "write an empty register in Excel, with the project's words in drop-down lists",
        options_of(add_project_option, add_replacing_option, add_data_option, add_outputs_option),
        _write_template,
    ),
    "demo": Command(
        "write an invented register, that of data/demo by default",
        options_of(_add_demo_options, add_replacing_option),
        _invent,
    ),
    "dictionary": Command(
        "write the lists of columns and rules in docs/register.md anew from their definitions",
        options_of(),
        _write_dictionary,
    ),
}
"""The commands that run no notebook."""
