"""The menu: what `make` offers, and that what it is called with is handed on as text and never run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
STAGES = ("report", "cleaning", "classification", "metrics")
TOOLS = ("reports", "freeze", "compare", "check", "project", "template", "demo", "dictionary")
VARIABLES = ("PROJECT", "PERIOD", "AS_OF", "FORCE")
ALL_VARIABLES = (*VARIABLES, "PROJECTS", "PERIODS", "SCHEDULER", "FILE", "NAME", "BY", "ONLY", "ROUNDS")
RUN = ("-m", "pipeline", "report")
OPTIONS = {"PROJECT": "--project", "PERIOD": "--period", "AS_OF": "--as-of", "FORCE": "--force"}
RELEASED_BY_NOBODY = ("--project=smart-government-ii", "--period=2024H1", "--by=")
DEFAULTS = {"PROJECT": "smart-government-ii", "PERIOD": "2024H1", "AS_OF": "", "FORCE": ""}

HOSTILE = (
    "$(shell touch pwned)",
    "$$(shell touch pwned)",
    "${shell touch pwned}",
    "$(eval $(shell touch pwned))",
    "$(PERIOD)$(shell touch pwned)",
    "$(touch pwned)",
    "$$(touch pwned)",
    "`touch pwned`",
    "2024H1; touch pwned",
    "2024H1 && touch pwned #",
    "2024H1 | touch pwned",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "' \"; touch pwned; \" '",
    "2024H1\ntouch pwned",
    "2024H1\n\ttouch pwned\nall: ; touch pwned",
    "2024H1 > pwned",
    "\\$(shell touch pwned)\\",
    "$",
    "#$(shell touch pwned)",
    "--help",
    "--outputs=pwned",
    "*",
    "",
)

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="there is no make")


@pytest.fixture
def checkout(tmp_path):
    """A folder with the Makefile, a set-up that has nothing to do and a Python that only notes its arguments."""
    folder = tmp_path / "a checkout"
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "Makefile", folder)
    (folder / "setup.sh").write_text("exit 0\n")
    python = folder / ".venv/bin/python"
    python.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" >>'{tmp_path / 'arguments'}'\n")
    python.chmod(0o755)
    return folder


def make(checkout, *arguments, **environment):
    """Run make as from a fresh shell: these tests may themselves run below a make."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env=inherited | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def arguments_of(checkout):
    """What the command was called with; empty if it was not called."""
    noted = checkout.parent / "arguments"
    return tuple(noted.read_text().split("\0")[:-1]) if noted.exists() else ()


def call_with(**values):
    return (*RUN, *(f"{OPTIONS[name]}={(DEFAULTS | values)[name]}" for name in VARIABLES))


def files_of(checkout):
    return sorted(str(place.relative_to(checkout)) for place in checkout.rglob("*"))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_one_command_with_what_the_caller_set(checkout, stage):
    done = make(checkout, stage, "PERIOD=2024H1", "AS_OF=2024-06-13", "FORCE=1", PROJECT="demo")
    assert done.returncode == 0, done.stderr
    assert arguments_of(checkout) == (
        "-m",
        "pipeline",
        stage,
        "--project=demo",
        "--period=2024H1",
        "--as-of=2024-06-13",
        "--force=1",
    )


def test_what_is_not_given_is_the_default(checkout):
    make(checkout, "report", "PERIOD=2024H1")
    assert arguments_of(checkout) == call_with()


def test_the_invented_register_is_replaced_by_force_only_if_the_caller_says_so(checkout):
    make(checkout, "demo", "FORCE=1")
    assert arguments_of(checkout) == ("-m", "pipeline", "demo", "--force=1")


def test_a_failed_command_fails_make(checkout):
    (checkout / ".venv/bin/python").write_text("#!/bin/sh\nexit 1\n")
    assert make(checkout, "report", "PERIOD=2024H1").returncode == 2


def test_nothing_runs_where_the_set_up_failed(checkout):
    (checkout / "setup.sh").write_text("exit 2\n")
    for target in (*STAGES, *TOOLS, "test", "lint", "format", "lab"):
        assert make(checkout, target).returncode == 2
    assert arguments_of(checkout) == ()


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("way", ["command line", "appended", "environment", "environment before the Makefile"])
def test_a_hostile_value_is_one_argument_and_runs_nothing(checkout, name, value, way):
    before = files_of(checkout)
    others = {} if name == "PERIOD" else {"PERIOD": "2024H1"}
    if way == "command line":
        done = make(checkout, "report", f"{name}={value}", **others)
    elif way == "appended":
        done = make(checkout, "report", f"{name}+={value}", **others)
    elif way == "environment":
        done = make(checkout, "report", **{name: value}, **others)
    else:
        done = make(checkout, "-e", "report", **{name: value}, **others)
    assert files_of(checkout) == before
    assert arguments_of(checkout) == call_with(**{name: value}), done.stderr


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        ("reports", [], ["--project=smart-government-ii", "--force="]),
        ("reports", ["PROJECT=demo", "FORCE=1"], ["--project=demo", "--force=1"]),
        ("reports", ["PROJECT=demo my-project"], ["--project=demo my-project", "--force="]),
        ("portfolio", [], ["--projects=", "--scheduler=", "--force="]),
        (
            "portfolio",
            ["PROJECTS=demo other", "SCHEDULER=tcp://127.0.0.1:8786"],
            ["--projects=demo other", "--scheduler=tcp://127.0.0.1:8786", "--force="],
        ),
        (
            "figures",
            ["PERIOD=2024H1", "PROJECT=demo", "SCHEDULER=tcp://127.0.0.1:8786"],
            ["--project=demo", "--period=2024H1", "--as-of=", "--scheduler=tcp://127.0.0.1:8786"],
        ),
        ("project", ["NAME=my-project"], ["--name=my-project"]),
        ("project", [], ["--name="]),
        ("template", [], ["--project=smart-government-ii", "--force="]),
        ("template", ["PROJECT=demo", "FORCE=1"], ["--project=demo", "--force=1"]),
        ("dictionary", [], []),
        ("compare", ["PERIODS=2023H1 2023H2", "PROJECT=demo"], ["--project=demo", "--periods=2023H1 2023H2"]),
        ("compare", [], ["--project=smart-government-ii", "--periods="]),
        (
            "disclose",
            ["PERIOD=2024H1", "FILE=a b.xlsx"],
            ["--project=smart-government-ii", "--period=2024H1", "--file=a b.xlsx"],
        ),
        ("release", ["PERIOD=2024H1", "BY=Head"], ["--project=smart-government-ii", "--period=2024H1", "--by=Head"]),
        ("release-check", ["PERIOD=2024H1"], ["--project=smart-government-ii", "--period=2024H1"]),
        ("freeze", ["PERIOD=2024H1"], ["--project=smart-government-ii", "--period=2024H1", "--force="]),
        (
            "decide",
            ["PERIOD=2024H1", "PROJECT=demo", "FILE=a b.xlsx"],
            ["--project=demo", "--period=2024H1", "--file=a b.xlsx"],
        ),
        ("evaluate-classification", [], []),
        ("evaluate-redaction", [], []),
        ("freeze", ["PERIOD=2024H1", "PROJECT=demo", "FORCE=1"], ["--project=demo", "--period=2024H1", "--force=1"]),
    ],
)
def test_a_tool_is_one_command_with_what_the_caller_set(checkout, target, given, expected):
    done = make(checkout, target, *given)
    assert done.returncode == 0, done.stderr
    assert arguments_of(checkout) == ("-m", "pipeline", target, *expected)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("target", "name", "call"),
    [
        ("project", "NAME", ["--name={}"]),
        ("decide", "FILE", ["--project=smart-government-ii", "--period=", "--file={}"]),
        ("reports", "PROJECT", ["--project={}", "--force="]),
        ("reports", "FORCE", ["--project=smart-government-ii", "--force={}"]),
        ("template", "PROJECT", ["--project={}", "--force="]),
        ("template", "FORCE", ["--project=smart-government-ii", "--force={}"]),
        ("compare", "PERIODS", ["--project=smart-government-ii", "--periods={}"]),
        ("portfolio", "PROJECTS", ["--projects={}", "--scheduler=", "--force="]),
        ("portfolio", "SCHEDULER", ["--projects=", "--scheduler={}", "--force="]),
        ("figures", "AS_OF", ["--project=smart-government-ii", "--period=", "--as-of={}", "--scheduler="]),
        ("release", "BY", ["--project=smart-government-ii", "--period=", "--by={}"]),
        ("freeze", "PERIOD", ["--project=smart-government-ii", "--period={}", "--force="]),
    ],
)
# Not ":=": such a value make itself expands before it reads a Makefile.
@pytest.mark.parametrize("sign", ["=", "+=", "?="])
def test_a_hostile_value_for_a_tool_is_one_argument_and_runs_nothing(checkout, target, name, call, value, sign):
    before = files_of(checkout)
    done = make(checkout, target, f"{name}{sign}{value}")
    assert files_of(checkout) == before
    assert arguments_of(checkout) == ("-m", "pipeline", target, *(part.format(value) for part in call)), done.stderr


@pytest.mark.parametrize("value", ["my-laptop", "$(shell touch pwned)"])
@pytest.mark.parametrize("options", [(), ("-e",)])
def test_the_name_of_a_project_comes_from_the_command_line_alone(checkout, options, value):
    before = files_of(checkout)
    make(checkout, *options, "project", NAME=value)
    assert (arguments_of(checkout), files_of(checkout)) == (("-m", "pipeline", "project", "--name="), before)
    (checkout.parent / "arguments").unlink()
    make(checkout, *options, "project", "NAME=my-project", NAME=value)
    assert arguments_of(checkout) == ("-m", "pipeline", "project", "--name=my-project")


@pytest.mark.parametrize(
    "name",
    [
        *("ANYTHING", "ASOF", "CURDIR", "MAKE", "MAKECMDGOALS", "MAKEFLAGS", "MAKEFILE_LIST", "MAKEOVERRIDES", "PATH"),
        *("PYTHON", "SHELL", ".SHELLFLAGS", "VENV", ".VARIABLES", ".RECIPEPREFIX", ".DEFAULT_GOAL", "@", "value"),
    ],
)
def test_any_other_variable_on_the_command_line_is_refused_unexpanded(checkout, name):
    before = files_of(checkout)
    done = make(checkout, "report", "PERIOD=2024H1", f"{name}=$(shell touch pwned)touch pwned;")
    assert (done.returncode, arguments_of(checkout), files_of(checkout)) == (2, (), before)
    variables = "PROJECT, PROJECTS, PERIOD, PERIODS, SCHEDULER, AS_OF, FORCE, FILE, NAME, BY, ONLY and ROUNDS"
    assert name == ".RECIPEPREFIX" or f"there are {variables}" in done.stderr


def test_a_refusal_names_the_misspelt_variable(checkout):
    assert "There is no variable 'ASOF' to set" in make(checkout, "report", "ASOF=2024-06-13").stderr


def test_emptying_the_list_of_variables_hides_none(checkout):
    before = files_of(checkout)
    make(checkout, "report", ".VARIABLES=", "ANYTHING=$(shell touch pwned)")
    assert (arguments_of(checkout), files_of(checkout)) == ((), before)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("sign", ["=", "+=", "?="])
@pytest.mark.parametrize(
    ("name", "options"), [("ONLY", ("--only={}", "--rounds=")), ("ROUNDS", ("--only=", "--rounds={}"))]
)
def test_what_is_measured_is_one_argument_and_runs_nothing(checkout, name, options, value, sign):
    before = files_of(checkout)
    done = make(checkout, "bench", f"{name}{sign}{value}")
    assert files_of(checkout) == before
    assert arguments_of(checkout) == ("-m", "bench", *(option.format(value) for option in options)), done.stderr


def test_what_is_measured_is_said_in_the_call_itself(checkout):
    make(checkout, "bench", ONLY="report", ROUNDS="9")
    assert arguments_of(checkout) == ("-m", "bench", "--only=", "--rounds=")


def test_who_releases_is_said_in_the_call_itself(checkout):
    make(checkout, "release", "PERIOD=2024H1", BY="Somebody of the environment")
    assert arguments_of(checkout) == ("-m", "pipeline", "release", *RELEASED_BY_NOBODY)


# MAKEFLAGS, GNUMAKEFLAGS and MAKEFILES are not among these: make itself expands them before it reads a Makefile.
@pytest.mark.parametrize(
    "name",
    [
        *("ANYTHING", "CURDIR", "GPATH", "HOME", "IFS", "MAKE", "MAKECMDGOALS", "MAKEFILE_LIST", "MAKEOVERRIDES"),
        *("MAKE_COMMAND", "MFLAGS", "PYTHON", "SHELL", "SUFFIXES", "TMPDIR", "VENV", "VPATH", "v", "value"),
        *(".DEFAULT_GOAL", ".LIBPATTERNS", ".LOADED", ".RECIPEPREFIX", ".SHELLFLAGS", ".VARIABLES"),
        *("-*-command-variables-*-", "-*-eval-flags-*-", "$(shell touch pwned)"),
    ],
)
@pytest.mark.parametrize("options", [(), ("-e",)])
@pytest.mark.parametrize("value", ["$(shell touch pwned)", "`touch pwned`", "touch pwned;"])
def test_no_variable_of_the_environment_is_run_or_changes_the_command(checkout, options, name, value):
    before = files_of(checkout)
    done = make(checkout, *options, "report", PERIOD="2024H1", **{name: value})
    assert (arguments_of(checkout), files_of(checkout)) == (call_with(), before), done.stderr


def test_the_loop_over_the_variables_runs_none(checkout):
    before = files_of(checkout)
    make(checkout, "report", "PERIOD=2024H1", "v=$(shell touch pwned)")
    assert (arguments_of(checkout), files_of(checkout)) == (call_with(), before)


def test_values_that_a_make_above_hands_down_run_nothing(checkout):
    before = files_of(checkout)
    make(checkout, "report", MAKEFLAGS=r" -- PERIOD=$$(shell\ touch\ pwned)", MAKELEVEL="1")
    assert files_of(checkout) == before
    assert arguments_of(checkout) == call_with(PERIOD="$(shell touch pwned)")


def used():
    """The variables that the recipe of each target hands on."""
    rules = re.findall(r"^([a-z][a-z -]*):(?!=).*\n((?:\t.*\n)+)", MAKEFILE, flags=re.MULTILINE)
    return {name: set(re.findall(r'="\$\$([A-Z_]+)"', recipe)) for group, recipe in rules for name in group.split()}


def test_a_target_refuses_what_it_does_not_use_and_nothing_else(checkout):
    for target, uses in used().items():
        for name in ALL_VARIABLES:
            done = make(checkout, target, "--dry-run", f"{name}=2024H1")
            refused = f"make {target} does not use {name}, so nothing was done. {name} is for: " in done.stderr
            assert (done.returncode, refused) == ((0, False) if name in uses else (2, True)), (target, name)
    assert arguments_of(checkout) == ()


@pytest.mark.parametrize(
    "call",
    [
        ["reports", "PROJECTS=my-project"],
        ["portfolio", "PROJECT=demo"],
        ["release", "PERIOD=2024H2", "BY=Head", "AS_OF=2024-09-30"],
        ["report", "release", "PERIOD=2024H2", "AS_OF=2024-09-30"],
    ],
)
def test_nothing_is_done_where_something_else_than_asked_for_would_be(checkout, call):
    assert make(checkout, *call).returncode == 2
    assert arguments_of(checkout) == ()


def test_a_variable_of_the_environment_may_be_for_other_targets(checkout):
    assert make(checkout, "check", PERIOD="2024H1").returncode == 0
    assert arguments_of(checkout) == ("-m", "pipeline", "check", "--project=smart-government-ii")


def targets():
    """Every target that the Makefile names before a colon, special ones apart."""
    names = re.findall(r"^([a-z][a-z -]*):(?!=)", MAKEFILE, flags=re.MULTILINE)
    return sorted({name for group in names for name in group.split()})


def listed():
    """The targets that the Makefile lists."""
    (known,) = re.findall(r"^override TARGETS := ((?:.*\\\n)*.*)$", MAKEFILE, flags=re.MULTILINE)
    return known.replace("\\", " ").split()


def test_every_target_is_phony_and_no_other():
    assert re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE) == ["$(TARGETS)"]
    assert sorted(listed()) == targets()


@pytest.mark.parametrize(
    ("call", "goal"),
    [
        (["chek"], "chek"),
        (["chek", "PROJECT=x"], "chek"),
        (["compare", "PERIODS=2024H1", "2024H2", "PROJECT=x"], "2024H2"),
        (["report", "PERIOD=2024H1", "PROJECT=pistes", "rurales"], "rurales"),
        (["%"], "%"),
        (["README.md"], "README.md"),
    ],
)
def test_a_goal_that_is_no_target_is_told_as_one(checkout, call, goal):
    (checkout / "README.md").write_text("A file beside the Makefile is no target either.")
    done = make(checkout, *call)
    assert (done.returncode, arguments_of(checkout)) == (2, ())
    assert f"There is no target '{goal}', so nothing was done. make help lists those" in done.stderr
    assert "put the value in quotation marks" in done.stderr
    assert "does not use" not in done.stderr


@pytest.mark.parametrize("target", targets())
def test_every_target_has_its_line_of_help_and_the_menu_shows_it(checkout, target):
    (line,) = re.findall(rf"^{target}:.*## (\S.*)$", MAKEFILE, flags=re.MULTILINE)
    menu = make(checkout).stdout
    assert re.search(rf"^  make {target} +{re.escape(line)}$", menu, flags=re.MULTILINE)
    assert menu == make(checkout, "help").stdout


def test_cleaning_up_removes_caches_and_old_leftovers_and_keeps_data_reports_and_the_environment(checkout):
    kept = [
        "data/demo/__pycache__/register.csv",
        "outputs/demo/2024H1/public/report.html",
        "outputs/demo/2024H1/internal/notebooks/.ipynb_checkpoints/a.ipynb",
        "outputs/demo/.2024H1.former/public/report.html",
        "outputs/demo/.2024H1.staging-young/manifest.json",
        ".venv/lib/__pycache__/a.pyc",
    ]
    removed = [
        "outputs/demo/.2024H1.staging-old/public/report.html",
        "outputs/demo/comparison/.2023H1+2023H2.staging-old/public/comparison.html",
        "pipeline/register/__pycache__/a.pyc",
        "notebooks/.ipynb_checkpoints/a.ipynb",
        *(f".{tool}/a" for tool in ("mypy_cache", "pytest_cache", "ruff_cache", "hypothesis")),
    ]
    for name in (*kept, *removed):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("")
    for name in (".2024H1.staging-old", "comparison/.2023H1+2023H2.staging-old"):
        os.utime(checkout / "outputs/demo" / name, (0, 0))
    done = make(checkout, "clean")
    assert done.returncode == 0, done.stderr
    assert [name for name in kept if not (checkout / name).exists()] == []
    assert [name for name in removed if (checkout / name).parent.exists()] == []
