"""The parent's side of reading in a process of its own: limits of memory and time, and a sentence for each refusal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import InputError
from pipeline.register.formats.sheet import Sheet, frame

_SECONDS = 8
_SECONDS_PER_MIB = 3
_BYTES = 2 * 1024**3
_BYTES_PER_BYTE = 100
_MOST_BYTES = 16 * 1024**3
_REFUSALS = {
    "password": (
        "is protected by a password. Open it, remove the password under File, Info, Protect, and save it; or save the "
        "register as 'CSV UTF-8'."
    ),
    "broken": (
        "is damaged, incomplete, or not what its ending says. Open it in the program it comes from and save it anew, "
        "in Excel as 'Excel Workbook' or 'CSV UTF-8'."
    ),
    "no_sheet": "holds no sheet with cells. Put the register on a sheet of it.",
    "too_large": (
        "would unpack to far more than a register holds. Look for a stray cell at the far end of a sheet, delete what "
        "is not part of the register and save it anew, or save the register as 'CSV UTF-8'."
    ),
    "too_slow": (
        "could not be read in {seconds} seconds. Delete what is not part of the register and save it anew, or save "
        "the register as 'CSV UTF-8'."
    ),
}
_LIMITED = (
    "import ctypes, os, resource, signal, sys\n"
    # It ends with the process that reads, however that ends: PR_SET_PDEATHSIG of prctl(2).
    "reader = int(sys.argv.pop(1))\n"
    "if sys.platform == 'linux': ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n"
    "if os.getppid() != reader: os._exit(1)\n"
    "memory, seconds = int(sys.argv.pop(1)), int(sys.argv.pop(1))\n"
    "for what, most in (('AS', memory), ('CPU', seconds), ('CORE', 0)):\n"
    # Not every system knows every limit; the time that the parent waits ends at any rate.
    "    try: resource.setrlimit(getattr(resource, 'RLIMIT_' + what), (most, most))\n"
    "    except (AttributeError, OSError, ValueError): pass\n"
)
_RUN = "import sys; from pipeline.register.formats.child import main; sys.exit(main(*sys.argv[1:]))"


def read_contained(kind: str, path: Path, name: str, shown_as: str) -> list[Sheet]:
    """Read a workbook, a document or a parquet file ('workbook', 'document', 'parquet') in a limited process.

    It may use some seconds and a memory in proportion to the file's size. A file that is protected, broken, too large
    or too slow to read is an `InputError`.
    """
    size = path.stat().st_size
    seconds = _SECONDS + _SECONDS_PER_MIB * size // 1024**2
    memory = min(_BYTES + _BYTES_PER_BYTE * size, _MOST_BYTES)
    code, arguments = _RUN, [kind, str(path)]
    if sys.platform != "win32":
        code, arguments = _LIMITED + _RUN, [str(os.getpid()), str(memory), str(seconds), *arguments]
    # `-c` would put the working folder first on the path; -P leaves it out, so that no file there is taken for ours.
    command = [sys.executable, "-P", "-c", code, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds * 2, check=False)
    except subprocess.TimeoutExpired:
        raise _refusal("too_slow", shown_as, seconds) from None
    if done.returncode:
        word = done.stderr.decode("ascii", "replace")
        raise _refusal(word if word in _REFUSALS else _word_for(done.returncode), shown_as, seconds)
    return [_sheet(name, about, chunks) for about, chunks in _streams(done.stdout)]


def _word_for(code: int) -> str:
    # A process that was ended by the limit of time gets SIGXCPU or, at the hard limit, SIGKILL.
    return {-24: "too_slow", -9: "too_slow", -6: "too_large", -11: "broken"}.get(code, "broken")


def _refusal(word: str, shown_as: str, seconds: int) -> InputError:
    return InputError(f"{shown_as} {_REFUSALS[word].format(seconds=seconds)}")


def _streams(output: bytes) -> Iterator[tuple[dict[str, Any], list[pa.LargeListArray]]]:
    source = pa.BufferReader(output)
    while source.tell() < len(output):
        with pa.ipc.open_stream(source) as stream:
            about = json.loads(stream.schema.metadata[b"sheet"])
            yield about, [batch.column(0) for batch in stream]


def _sheet(file: str, about: dict[str, Any], chunks: list[pa.LargeListArray]) -> Sheet:
    return Sheet(
        file,
        about.get("name", ""),
        frame(chunks),
        first_row=about.get("first_row", 1),
        merged=tuple((tuple(first), tuple(last)) for first, last in about.get("merged", ())),
        hidden_rows=frozenset(about.get("hidden_rows", ())),
        error_cells=frozenset(_place(reference) for reference in about.get("error_cells", ())),
        is_visible=about.get("is_visible", True),
        days_from_1904=about.get("days_from_1904", False),
    )


def _place(reference: str) -> tuple[int, int]:
    """Return the row number and the column (from 0) of a reference such as B7."""
    match = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1
