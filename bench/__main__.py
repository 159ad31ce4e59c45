"""`python -m bench`: measures, keeps what was measured in docs/performance.json, writes docs/performance.md from it.

Parts that are not measured anew stay as they were. Everything that is made lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench import document, results
from bench.machine import load, machine
from bench.measuring import BenchError
from bench.periods import measure_periods
from bench.rows import SIZES, measure_rows
from bench.single import measure_single

ROUNDS = 5
Part = Callable[[Path, int, Callable[[str], None]], dict[str, Any]]


def _rows(rows: int, folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    return measure_rows(folder, rows, rounds, say)


PARTS: dict[str, Part] = {
    "report": measure_single,
    "periods": measure_periods,
    **{f"rows-{rows}": partial(_rows, rows) for rows in SIZES},
}
"""What can be measured by itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, or write the document alone."""
    options = _parser().parse_args(arguments)
    try:
        asked, rounds = _asked(options.only), _rounds(options.rounds)
        failed = [] if options.document else [name for name in asked if not _is_kept(name, rounds)]
        document.write(results.read())
    except BenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; parts that were measured to their end are kept.", file=sys.stderr)
        return 130
    print("docs/performance.md and docs/images/performance.svg are written from docs/performance.json.")
    if failed:
        print(f"Not measured to the end, so as they were before: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _is_kept(name: str, rounds: int) -> bool:
    """Measure a part and keep what was found; one that fails is told, and does not keep the others from their turn."""
    before = load()
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            measured = PARTS[name](Path(folder), rounds, partial(_say, name))
    except BenchError as error:
        _say(name, f"Error: {error}")
        return False
    results.keep(name, {"machine": machine(), "rounds": rounds, "load_before": before, **measured})
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the program costs.")
    parser.add_argument("--only", default="", metavar="PARTS", help=f"parts with blanks between: {', '.join(PARTS)}")
    parser.add_argument("--rounds", default="", metavar="N", help=f"how often each is measured (default: {ROUNDS})")
    parser.add_argument("--document", action="store_true", help="measure nothing; write the document anew")
    return parser


def _asked(text: str) -> list[str]:
    names = [name for name in re.split(r"[\s,]+", text) if name]
    wrong = [name for name in names if name not in PARTS]
    if wrong:
        raise BenchError(f"ONLY names {', '.join(wrong)}. Allowed are {', '.join(PARTS)}, with blanks between them.")
    return names or list(PARTS)


def _rounds(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and 1 <= int(text) <= 99):
        raise BenchError(f"ROUNDS is '{text}'. Allowed are whole numbers from 1 to 99; without it there are {ROUNDS}.")
    return int(text or ROUNDS)


def _say(part: str, sentence: str) -> None:
    print(f"{part}: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
