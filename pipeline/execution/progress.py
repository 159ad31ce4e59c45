"""How far a run is: a bar with the step's name on a terminal, a line a step elsewhere; never a value of the data.

A run that is one of many has its name on the bar and no line a step elsewhere: its caller writes one when it is over.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


class Progress:
    """The display of one run of `steps` steps."""

    def __init__(self, steps: int, stream: TextIO | None = None, *, one_of_many: str = "") -> None:
        self._stream = stream or sys.stderr
        self._steps = steps
        self._name = one_of_many
        self._done = 0
        self._bar = self._open_bar() if self._stream.isatty() else None

    def _open_bar(self) -> Any:
        from tqdm import tqdm  # here, since a call that is refused shows no bar

        width = 16 + (len(self._name) + 2 if self._name else 0)
        layout = f"{{desc:<{width}}}" + " |{bar}| {n_fmt} of {total_fmt} steps, {elapsed}"
        return tqdm(total=self._steps, file=self._stream, bar_format=layout, leave=False, dynamic_ncols=True)

    def taken_over(self, name: str) -> None:
        """Show that a step need not be done again."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif not self._name:
            self._line(f"[{self._done}/{self._steps}] {name} … unchanged, taken over")

    @contextmanager
    def step(self, name: str, reason: str = "") -> Iterator[None]:
        """Show that a step goes on, and that it is done; `reason` says why it is done anew."""
        began = time.monotonic()
        if self._bar is not None:
            self._bar.set_description_str(f"{self._name}: {name}" if self._name else name)
        yield
        self._done += 1
        if self._bar is not None:
            self._bar.update(1)
        elif not self._name:
            seconds = time.monotonic() - began
            why = f", since {reason}" if reason else ""
            self._line(f"[{self._done}/{self._steps}] {name} … done in {seconds:.1f} s{why}")

    def say(self, sentence: str) -> None:
        """Tell something beside the steps."""
        if self._bar is not None:
            self._bar.write(sentence, file=self._stream)
        else:
            self._line(sentence)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()

    def _line(self, text: str) -> None:
        print(text, file=self._stream, flush=True)
