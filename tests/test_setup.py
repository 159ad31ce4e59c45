"""The set-up: .venv is made once, made again where it no longer fits, and never taken for ready when it is not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
TOOLS = ("cat", "chmod", "cksum", "cp", "id", "mkdir", "rm", "sed", "sh", "tail", "uname")

# Answers as a Python does to what setup.sh asks of one, and notes what it was asked to do.
PYTHON = """#!/bin/sh
case "$*" in
*_base_executable*) echo "$0" ;;
*sys.version*) echo '{version}' ;;
*fcntl*) ;;
"-I -") cat >/dev/null; echo "${{MISSING-}}" ;;
"-m venv .venv") echo venv >>calls; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
*--require-hashes*)
    echo "requirements constraint=$PIP_CONSTRAINT" >>calls
    echo "no such release" >&2
    exit "${{FAIL-0}}"
    ;;
*"--no-deps --no-build-isolation -e .") echo project >>calls ;;
*) echo "unexpected: $*" >>calls; exit 1 ;;
esac
"""
EVERYTHING = ["venv", "requirements constraint=/dev/null", "project"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="setup.sh is for POSIX systems")


@pytest.fixture
def checkout(tmp_path):
    """A folder to set up, on a machine with few tools, a pretended Python and neither uv nor apt-get."""
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("setup.sh", "requirements.lock", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, folder)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name))
    install_python(tools, "3.12.1")
    return folder


def install_python(tools, version):
    (tools / "python3").write_text(PYTHON.format(version=version))
    (tools / "python3").chmod(0o755)


def set_up(checkout, *arguments, **environment):
    """Run setup.sh; return how it ended and what it had Python do."""
    calls = checkout / "calls"
    calls.unlink(missing_ok=True)
    done = subprocess.run(
        ["sh", "./setup.sh", *arguments],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "tools"), "HOME": str(checkout.parent)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done, calls.read_text().splitlines() if calls.exists() else []


def test_the_environment_is_made_from_the_lock_with_its_hashes_and_without_constraints_of_this_machine(checkout):
    done, calls = set_up(checkout, PIP_CONSTRAINT="elsewhere.txt")
    assert (done.returncode, calls) == (0, EVERYTHING), done.stderr


def test_the_first_set_up_says_in_one_sentence_what_goes_on_and_for_how_long(checkout):
    done, _ = set_up(checkout)
    assert done.stderr.splitlines() == [
        "Setting up .venv from requirements.lock: one to several minutes, once; .venv/setup.log says what is going on."
    ]


def test_where_the_environment_is_ready_nothing_is_done_or_said(checkout):
    set_up(checkout)
    done, calls = set_up(checkout)
    assert (done.returncode, calls, done.stdout, done.stderr) == (0, [], "", "")


def test_another_pyproject_has_only_the_project_installed_anew(checkout):
    set_up(checkout)
    with (checkout / "pyproject.toml").open("a") as handle:
        handle.write("# changed\n")
    assert set_up(checkout)[1] == ["project"]
    assert set_up(checkout)[1] == []


def test_another_lock_makes_another_environment(checkout):
    set_up(checkout)
    (checkout / ".venv/left-over").touch()
    with (checkout / "requirements.lock").open("a") as handle:
        handle.write("# changed\n")
    assert set_up(checkout)[1] == EVERYTHING
    assert not (checkout / ".venv/left-over").exists()


def test_an_environment_that_was_moved_is_made_again(checkout):
    set_up(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert set_up(moved)[1] == EVERYTHING


def test_an_environment_whose_python_was_exchanged_is_made_again(checkout):
    set_up(checkout)
    install_python(checkout / ".venv/bin", "3.13.0")
    (checkout / ".venv/bin/python3").rename(checkout / ".venv/bin/python")
    assert set_up(checkout)[1] == EVERYTHING


def test_an_environment_whose_python_is_gone_is_made_again(checkout):
    set_up(checkout)
    (checkout / ".venv/bin/python").unlink()
    assert set_up(checkout)[1] == EVERYTHING


def test_a_failed_set_up_shows_its_log_and_is_not_taken_for_ready(checkout):
    set_up(checkout)
    (checkout / "requirements.lock").write_text("another==1\n")
    done, calls = set_up(checkout, FAIL="1")
    assert (done.returncode, calls) == (1, EVERYTHING[:2])
    assert "no such release\nThe set-up failed; above are the last lines of .venv/setup.log." in done.stderr
    assert set_up(checkout)[1] == EVERYTHING


def test_without_a_python_that_fits_the_user_is_told_what_to_install(checkout):
    (checkout.parent / "tools/python3").write_text("#!/bin/sh\nexit 1\n")
    done, _ = set_up(checkout)
    assert done.returncode == 2
    assert done.stderr.startswith("A Python 3.11, 3.12 or 3.13 that can make virtual environments is needed")
    assert not (checkout / ".venv").exists()


def test_without_a_library_of_the_system_the_user_is_told_which_and_how_to_get_it(checkout):
    done, calls = set_up(checkout, MISSING="libpango-1.0-0")
    assert (done.returncode, calls) == (2, [])
    assert done.stderr.startswith("The PDF needs from this system what Debian calls libpango-1.0-0. To get it: ")
    assert set_up(checkout)[1] == EVERYTHING


def test_what_only_tests_want_is_a_hint_and_no_failure(checkout):
    done, calls = set_up(checkout, "test")
    assert (done.returncode, calls) == (0, EVERYTHING)
    # Whether Debian's PostgreSQL is there is looked up below /usr/lib, which these tests do not hide.
    wanted = "poppler-utils libreoffice-calc-nogui( postgresql)? chromium chromium-driver are skipped"
    assert re.search(wanted, done.stderr)


def test_an_unknown_argument_is_refused(checkout):
    done, calls = set_up(checkout, "tests")
    assert (done.returncode, calls) == (2, [])
    assert "'tests'" in done.stderr
