"""Reports that are public folders, or fail, as a plan beside the outputs says; made in processes as real ones are."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from public_folders import public_set, rows_of

from pipeline.commands import one_set, periods
from pipeline.commands.one_set import Job, Result
from pipeline.commands.periods import Call
from pipeline.errors import InputError, ReconciliationError
from pipeline.execution.errors import NotebookFailed
from pipeline.execution.homes import OneOfMany
from pipeline.execution.interrupts import interruptible
from pipeline.places import outputs_folder

ERRORS = {error.__name__: error for error in (InputError, ReconciliationError, ValueError)}


class Plan:
    """What becomes of each report, by its label: `{what: text}`; one that is not named is made. And who was asked."""

    def __init__(self, folder: Path) -> None:
        self._plan = folder / "plan.json"
        self._asked = folder / "asked.txt"

    def write(self, plan: dict[str, dict[str, str]]) -> None:
        self._plan.write_text(json.dumps(plan))
        self._asked.write_text("")

    @property
    def asked(self) -> list[str]:
        """The labels in the order in which their reports were begun."""
        return self._asked.read_text().split()

    def ask(self, label: str) -> dict[str, str]:
        with self._asked.open("a") as handle:
            handle.write(f"{label}\n")
        planned: dict[str, str] = json.loads(self._plan.read_text()).get(label, {})
        return planned


@contextmanager
def faking() -> Iterator[Callable[[Job, Callable[[str], None]], Result]]:
    periods.make_report = make_report
    with one_set.making() as make:
        yield make


def make_report(call: Call, *, one_of_many: OneOfMany, is_forced: bool) -> None:
    label, outputs = call.scopes.label, outputs_folder()
    folder = outputs / call.project.code
    one_of_many.at("html")
    for what, text in Plan(outputs.parent).ask(label).items():
        if what in ERRORS:
            raise ERRORS[what](text)
        if what == "NotebookFailed":
            raise NotebookFailed("metrics", "InputError", text, folder / label / "internal/failed/03_metrics.ipynb")
        if what == "say":
            one_of_many.say(text)
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "stop":
            with interruptible():
                os.kill(int(text), signal.SIGINT)
                time.sleep(60)
    public_set(folder, label, rows_of(1, 1, 1))
