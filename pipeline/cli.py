"""The command line: checks the call, knows both the grievances and the notebooks, and says how it ended.

Exit codes: 0 done, with or without findings; 1 the data do not reconcile, the guard refused or a notebook failed;
2 the call or an input is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import DisclosureError, InputError, PipelineError, ReconciliationError
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.period import FORMS, Scopes, forms_sentence, resolve_scopes, shown
from pipeline.project import CODE_ROOTS, DATA_VARIABLE, REPOSITORY, Project, data_folder, load_project
from pipeline.stage import OUTPUTS_VARIABLE, Stage, outputs_folder

NOTEBOOKS = ("01_cleaning", "02_classification", "03_metrics", "04_report")
COMMANDS = {
    "report": ("make the report of a period: HTML, PDF and tables", 4),
    "cleaning": ("run the first notebook alone: read and check the register", 1),
    "classification": ("run the notebooks up to the classification", 2),
    "metrics": ("run the notebooks up to the indicators", 3),
}
"""Each command with its help and how many of the notebooks it runs; all but `report` replace only internal/."""
CHECK = "check"
"""The folder below outputs/<project>/ for what `check` writes."""
TEMPLATE = "register-template.xlsx"
"""The empty register below outputs/<project>/."""

SENTENCES = {error.__name__: error.exit_code for error in (InputError, ReconciliationError, DisclosureError)}
"""Errors whose text is written for the analyst and holds no value of an identifying column."""


@dataclass(frozen=True)
class Call:
    """A call whose arguments have been checked."""

    command: str
    project: Project
    scopes: Scopes
    period: str
    as_of: str

    @property
    def target(self) -> Path:
        """The folder of the set that this call makes."""
        return outputs_folder() / self.project.code / self.scopes.label


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every expected failure is told in a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        _use_folders(options)
        if options.command in TOOLS:
            text, code = TOOLS[options.command].run(options)
            print(_printable(text))
            return code
        return _run(_checked(options))
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
    for name, (help_text, _) in COMMANDS.items():
        _add_options(_command(commands, name, help_text))
    for name, tool in TOOLS.items():
        tool.add_options(_command(commands, name, tool.help))
    return parser


def _command(commands: Any, name: str, help_text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}."
    )
    return command


def _add_options(command: argparse.ArgumentParser) -> None:
    forms = ", ".join(example for example, _ in FORMS)
    _add_project_option(command)
    command.add_argument("--period", default="", metavar="X", help=f"the period: {forms}")
    command.add_argument(
        "--as-of", default="", metavar="D", help="take every figure as of this day, 2024-06-13 for instance"
    )
    _add_force_option(command, "run every stage; as yet every stage runs each time")
    _add_data_option(command)
    _add_outputs_option(command)


def _add_project_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--project", default="smart-government-ii", metavar="P", help="a folder below data/ (default: %(default)s)"
    )


def _add_force_option(command: argparse.ArgumentParser, help_text: str) -> None:
    command.add_argument("--force", nargs="?", const="1", default="", metavar="1", help=help_text)


def _add_data_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", metavar="FOLDER", help=f"where the projects are (default: data/; also ${DATA_VARIABLE})"
    )


def _add_outputs_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--outputs", metavar="FOLDER", help=f"where outputs go (default: outputs/; also ${OUTPUTS_VARIABLE})"
    )


def _add_replacing_option(command: argparse.ArgumentParser) -> None:
    _add_force_option(command, "replace a file that is there already and differs")


def _add_name_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--name", default="", metavar="N", help="the new folder: small letters, digits and hyphens, my-project"
    )


def _add_demo_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rows", default="", metavar="N", help="how many grievances (default: those of data/demo)")
    command.add_argument("--seed", default="", metavar="S", help="another register for another whole number")
    command.add_argument("--output", default="", metavar="FILE", help="where to (default: data/demo/register.csv)")


def _options(*add: Callable[[argparse.ArgumentParser], None]) -> Callable[[argparse.ArgumentParser], None]:
    def add_all(command: argparse.ArgumentParser) -> None:
        for one in add:
            one(command)

    return add_all


def _use_folders(options: argparse.Namespace) -> None:
    # The notebooks' processes find the folders by the same variables.
    for variable, option in ((DATA_VARIABLE, "data"), (OUTPUTS_VARIABLE, "outputs")):
        folder = getattr(options, option, None)
        if folder is not None:
            os.environ[variable] = str(Path(folder).resolve())


def _is_forced(options: argparse.Namespace, meaning: str) -> bool:
    if options.force not in ("", "0", "1"):
        raise InputError(f"FORCE is {shown(options.force)}. Allowed are 1 ({meaning}), 0, or nothing.")
    return bool(options.force == "1")


def _checked(options: argparse.Namespace) -> Call:
    """Check every argument before anything is made; the first that is wrong is an `InputError`."""
    _is_forced(options, "run every stage")
    project = load_project(options.project)
    settings = project.settings
    if not options.period:
        raise InputError(f"PERIOD is not given. {forms_sentence()} For example: make report PERIOD=2024H1")
    scopes = resolve_scopes(
        options.period, options.as_of, grm_start=settings.grm_start, complete_through=settings.complete_through
    )
    call = Call(options.command, project, scopes, options.period, options.as_of)
    _refuse_files(call.target)
    return call


def _refuse_files(target: Path) -> None:
    """Refuse a folder of outputs that lies in a file, or where none can be made."""
    existing = next(path for path in (target, *target.parents) if path.exists())
    if not existing.is_dir():
        raise InputError(f"{_relative(existing)} is a file where the folder of the outputs should be. Move it away.")


def _run(call: Call) -> int:
    from pipeline.execution.runner import Step, run
    from pipeline.register.reading import register_files

    _, notebooks = COMMANDS[call.command]
    whole = call.command == "report"
    steps = [Step("html", _rendering(call, "html")), Step("pdf", _rendering(call, "pdf"))] if whole else []
    run(
        target=call.target,
        notebooks=[
            (name.partition("_")[2], REPOSITORY / "notebooks" / f"{name}.ipynb") for name in NOTEBOOKS[:notebooks]
        ],
        parameters={"project": call.project.code, "period": call.period, "as_of": call.as_of},
        environment={DATA_VARIABLE: str(data_folder()), OUTPUTS_VARIABLE: str(outputs_folder())},
        steps=steps,
        guard=_guard(call),
        keep_public=not whole,
        inputs=_inputs(call.project, register_files(call.project)),
        code_roots=CODE_ROOTS,
        sentence_errors=frozenset(SENTENCES),
    )
    print(_summary(call, whole))
    return 0


def _inputs(project: Project, register: list[Path]) -> dict[str, Path]:
    """Every file of the project that may shape a report, by its name below the project's folder."""
    others = [project.folder / name for name in ("project.yml", "corrections.yml", "explanations.csv")]
    commentary = sorted((project.folder / "commentary").glob("*.md"))
    return {
        path.relative_to(project.folder).as_posix(): path
        for path in (*register, *others, *commentary)
        if path.is_file()
    }


def _stage(call: Call, folder: Path) -> Stage:
    return Stage(call.project, call.scopes, folder)


def _rendering(call: Call, form: str) -> Callable[[Path], None]:
    def render(folder: Path) -> None:
        from pipeline.reporting.rendering import render_html, render_pdf
        from pipeline.reporting.report import Report

        html = folder / "public" / "report.html"
        if form == "html":
            render_html(folder / "internal" / "notebooks" / "04_report.ipynb", html, Report.open(_stage(call, folder)))
        else:
            render_pdf(html, folder / "public" / "report.pdf")

    return render


def _guard(call: Call) -> Callable[[Path], None]:
    def check(folder: Path) -> None:
        from pipeline.confidentiality.guard import guard
        from pipeline.register.identities import known_names
        from pipeline.reporting.catalogue import own_texts

        known = known_names(call.project, _stage(call, folder).load("identities.parquet"))
        guard(folder, known.without_those_in(own_texts(call.project)))

    return check


def _summary(call: Call, whole: bool) -> str:
    findings = _stage(call, call.target).load("findings.csv")["severity"].value_counts()
    errors = int(findings.get("error", 0))
    counted = ", ".join(f"{count} {_plural(severity, count)}" for severity, count in findings.items())
    files = ["public/report.html", "public/report.pdf"] if whole else []
    files += ["internal/findings.csv"] if len(findings) else []
    lines = [
        f"{call.project.settings.name}, {call.scopes.label}: " + ("the report is made." if whole else "done."),
        *(f"  {_relative(call.target / name)}" for name in files),
        f"Findings in the register: {counted or 'none'}.",
    ]
    if errors:
        lines.append("While errors are open the report is a DRAFT; findings.csv says what to do about each.")
    if call.scopes.current.is_provisional:
        lines.append(f"It is provisional: counted up to {call.scopes.current.counted_to}, before the period's end.")
    return "\n".join(lines)


def _plural(severity: Any, count: int) -> str:
    return str(severity) if count == 1 or severity == "explained" else f"{severity}s"


def _check(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.checking import check_register, told
    from pipeline.register.workbook import WORKBOOK, write_findings

    project = load_project(options.project)
    checked = check_register(project)
    folder = outputs_folder() / project.code / CHECK
    _refuse_files(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError(f"{_relative(folder)} cannot be made: {error.strerror}. Name another folder.") from None
    write_findings(checked.register, checked.findings, folder)
    verdict = (
        f"{checked.errors} error{'s' if checked.errors != 1 else ''} would make a report a DRAFT."
        if checked.errors
        else "No error; a report would be no draft."
    )
    where = f"The register with every finding at its cell is {_relative(folder / WORKBOOK)}; only you can open it."
    return f"{told(checked)}\n\n{verdict}\n{where}", int(checked.errors > 0)


def _begin_project(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.new_project import REGISTER_FILE, create_project

    folder = _relative(create_project(options.name))
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

    is_forced = _is_forced(options, "replace the file")
    project = load_project(options.project)
    path = outputs_folder() / project.code / TEMPLATE
    save_template(project, path, shown_as=str(_relative(path)), force=is_forced)
    text = (
        f"The empty register of {project.settings.name} is {_relative(path)}; only you can open it.\n"
        f"Copy it to {project.shown_folder}/, fill it in there, and name it under the key register in "
        f"{project.shown_folder}/project.yml. Its sheet Instructions says what to enter."
    )
    return text, 0


def _write_dictionary(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.dictionary import DOCUMENT, write_dictionary

    return f"{_relative(DOCUMENT)} is " + ("written anew." if write_dictionary() else "up to date."), 0


def _invent(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.register.demo_command import write_demo

    is_forced = _is_forced(options, "replace the file")
    return write_demo(options.rows, options.seed, options.output, force=is_forced), 0


@dataclass(frozen=True)
class Tool:
    """A command that runs no notebook: its help, its options, and what it does: the text to print and the exit code."""

    help: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], tuple[str, int]]


TOOLS = {
    "check": Tool(
        "check the register alone, in seconds: what was read, and what is to be mended, cell by cell",
        _options(_add_project_option, _add_data_option, _add_outputs_option),
        _check,
    ),
    "project": Tool(
        "begin a project of your own: a folder below data/ with project.yml and an empty register",
        _options(_add_name_option, _add_data_option),
        _begin_project,
    ),
    "template": Tool(
        "write an empty register in Excel, with the project's words in drop-down lists",
        _options(_add_project_option, _add_replacing_option, _add_data_option, _add_outputs_option),
        _write_template,
    ),
    "demo": Tool(
        "write an invented register, that of data/demo by default",
        _options(_add_demo_options, _add_replacing_option),
        _invent,
    ),
    "dictionary": Tool(
        "write the lists of columns and rules in docs/register.md anew from their definitions",
        _options(),
        _write_dictionary,
    ),
}
"""The commands that run no notebook."""


def _relative(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _sentence(error: Exception) -> str:
    if isinstance(error, NotebookFailed) and error.message is None:
        return (
            f"The stage {error.stage} stopped with an error that was not foreseen ({error.error_name}). The former "
            f"outputs are as they were; the notebook as far as it came is {_relative(error.failed_notebook)}. This is "
            "a fault of the program and not of your data: please report it with the name of the error and the stage."
        )
    if isinstance(error, NotebookFailed):
        return f"{error.message}\nThe former outputs are as they were. See {_relative(error.failed_notebook)}."
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
