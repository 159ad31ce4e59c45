"""What the system refuses on a file is told by the file and what to do, not as a fault of the program."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from making import SAMPLE, Maker

from pipeline.cli import COMMANDS, main
from pipeline.commands.failures import exit_code, unforeseen
from pipeline.commands.options import Command
from pipeline.places import REPOSITORY


def refused(code: int, path: object) -> OSError:
    return OSError(code, os.strerror(code), str(path))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.EACCES, "cannot be used: permission is missing. Give your account the right to it"),
        (errno.EROFS, "cannot be written: its disk can only be read"),
        (errno.ENOSPC, "cannot be written: the disk is full. Make room"),
        (errno.ENOENT, "is missing, or its folder is"),
        (errno.ENAMETOOLONG, "cannot be used: File name too long. Look at the file"),
    ],
)
def test_a_refused_file_is_named_with_what_to_do(tmp_path: Path, code: int, said: str) -> None:
    error = refused(code, tmp_path / "a.csv")
    assert f"{tmp_path / 'a.csv'} {said}" in unforeseen(error)
    assert exit_code(error) == 2


@pytest.mark.parametrize(
    "error", [refused(errno.ENOENT, REPOSITORY / "pipeline" / "no.yml"), OSError(errno.EPIPE, "x"), ValueError("x")]
)
def test_what_is_a_fault_of_the_program_is_told_as_one(error: Exception) -> None:
    assert "This is a fault of the program" in unforeseen(error)
    assert exit_code(error) == 1


def test_a_command_that_may_not_write_names_the_folder(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make.sample()

    def check(options: object) -> tuple[str, int]:
        raise refused(errno.EACCES, tmp_path / "outputs")

    former = COMMANDS["check"]
    monkeypatch.setitem(COMMANDS, "check", Command(former.help, former.add_options, check))
    assert main(["check", f"--project={SAMPLE}"]) == 2
    assert f"Error: {tmp_path / 'outputs'} cannot be used: permission is missing" in capsys.readouterr().err
