"""The folders of a measurement: a temporary one for everything that is made, so that the checkout stays as it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Contender

REPOSITORY = Path(__file__).resolve().parents[1]
SAMPLE, PERIOD = "smart-government-ii", "2024H1"


@dataclass(frozen=True)
class Workplace:
    """A temporary folder, and how the program is called to work in it."""

    folder: Path

    def environment(self, outputs: Path, data: Path | None = None, program: Path = REPOSITORY) -> dict[str, str]:
        """Say where projects, outputs and the program are; the last, since a copy of it may be what is measured."""
        return {
            "GRM_DATA": str(data or REPOSITORY / "data"),
            "GRM_OUTPUTS": str(outputs),
            "PYTHONPATH": str(program),
            "SOURCE_DATE_EPOCH": "0",
        }

    def report(
        self,
        name: str,
        outputs: str,
        *more: str,
        prepare: Callable[[], None] = lambda: None,
        program: Path = REPOSITORY,
        data: Path | None = None,
        project: str = SAMPLE,
        period: str = PERIOD,
    ) -> Contender:
        """Make the command that `make report` calls, with outputs in a folder of this workplace."""
        command = [sys.executable, "-m", "pipeline", "report", f"--project={project}", f"--period={period}", *more]
        return Contender(name, command, self.environment(self.folder / outputs, data, program), program, prepare)

    def command_lines(self, name: str, outputs: str, data: Path | None = None, **of: str) -> Contender:
        """Make the report of the tools' own command lines, from nothing; `of` may name another project and period."""
        project, period = of.get("project", SAMPLE), of.get("period", PERIOD)
        folder = self.folder / outputs
        command = [
            *("sh", str(REPOSITORY / "bench/command_lines.sh"), sys.executable, str(REPOSITORY / "notebooks")),
            *(project, period, str(folder / project / period)),
            str(REPOSITORY / "pipeline/reporting/templates/report.css"),
        ]
        return Contender(name, command, self.environment(folder, data), REPOSITORY, lambda: emptied(folder))

    def plain(self, name: str, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Contender:
        """Make a script of the bench."""
        return Contender(name, [sys.executable, "-m", f"bench.{module}", *arguments], environment, REPOSITORY)


def emptied(folder: Path) -> None:
    """Let a folder be there, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def program_copy(target: Path) -> Path:
    """Copy the program, so that it can be changed; with its bytecode, since it is not what is to be measured."""
    for part in ("pipeline", "notebooks"):
        shutil.copytree(REPOSITORY / part, target / part)
    return target
