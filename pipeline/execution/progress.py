"""How far a run is: a bar with the step's name on a terminal, a line a step elsewhere; never a value of the data.

A run that is one of many says its steps to whoever makes them all, who has one display for them: a bar on a terminal
with what is being made, and a line for each report that is made, which is all there is elsewhere.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from pipeline.execution.homes import OneOfMany


class Progress:
    """The display of one run of `steps` steps."""

    def __init__(self, steps: int, stream: TextIO | None = None, *, one_of_many: OneOfMany | None = None) -> None:
        self._stream = stream or sys.stderr
        self._steps = steps
        self._many = one_of_many
        self._done = 0
        self._bar = self._open_bar() if one_of_many is None and self._stream.isatty() else None

    def _open_bar(self) -> Any:
        layout = "{desc:<16} |{bar}| {n_fmt} of {total_fmt} steps, {elapsed}"
        return _bar(self._steps, self._stream, layout)

    def taken_over(self, name: str) -> None:
        """Show that a step need not be done again."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif self._many is None:
            self._line(f"[{self._done}/{self._steps}] {name} … unchanged, taken over")

    @contextmanager
    def step(self, name: str, reason: str = "") -> Iterator[None]:
        """Show that a step goes on, and that it is done; `reason` says why it is done anew."""
        began = time.monotonic()
        if self._bar is not None:
            self._bar.set_description_str(name)
        elif self._many is not None:
            self._many.at(name)
        yield
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif self._many is None:
            seconds = time.monotonic() - began
            why = f", since {reason}" if reason else ""
            self._line(f"[{self._done}/{self._steps}] {name} … done in {seconds:.1f} s{why}")

    def say(self, sentence: str) -> None:
        """Tell something beside the steps."""
        if self._many is not None:
            self._many.say(sentence)
        elif self._bar is not None:
            self._bar.write(sentence, file=self._stream)
        else:
            self._line(sentence)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _line(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class ProgressOfMany:
    """The display of many runs that go on side by side, each by its name."""

    def __init__(self, runs: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._runs = runs
        self._over = 0
        self._at: dict[str, str] = {}
        layout = "|{bar:20}| {n_fmt} of {total_fmt} reports, {elapsed}{postfix}"
        self._bar = _bar(runs, self._stream, layout) if self._stream.isatty() else None

    def at(self, name: str, step: str = "") -> None:
        """Show that a run goes on, and at which step."""
        self._at[name] = step
        self._show()

    def over(self, name: str, how: str) -> None:
        """Show that a run is over, with a line that says how."""
        self._at.pop(name, None)
        self._over += 1
        if self._bar is not None:
            self._bar.update(1)
        self._show()
        self.say(f"[{self._over}/{self._runs}] {name} … {how}")

    def say(self, sentence: str) -> None:
        """Tell something beside the runs."""
        if self._bar is not None:
            self._bar.write(sentence, file=self._stream)
        else:
            print(sentence, file=self._stream, flush=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str("; ".join(f"{name} {step}".rstrip() for name, step in self._at.items()))


def _bar(total: int, stream: TextIO, layout: str) -> Any:
    from tqdm import tqdm  # here, since a call that is refused shows no bar

    return tqdm(total=total, file=stream, bar_format=layout, leave=False, dynamic_ncols=True)
