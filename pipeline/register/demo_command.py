"""`python -m pipeline demo`: writes an invented register with the usual dirt, the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import InputError
from pipeline.places import data_folder
from pipeline.register.demonstration import invented_register
from pipeline.register.dirt import SHARE, with_dirt

ROWS = 720
SEED = 2129
"""What data/demo/register.csv was made with."""
_MOST_ROWS = 2_000_000


def write_demo(rows: str, seed: str, output: str, *, force: bool) -> str:
    """Write the register; returns what to tell.

    `rows`, `seed` and `output` are as they were typed; what is blank is that of data/demo. A wrong one, or a file that
    is not to be replaced, is an `InputError`.
    """
    count = _whole_number(rows or str(ROWS), "--rows", _MOST_ROWS)
    chosen = _whole_number(seed or str(SEED), "--seed", 2**32 - 1)
    path = Path(output) if output else data_folder() / "demo" / "register.csv"
    if path.suffix != ".csv" or not path.parent.is_dir():
        raise InputError(f"--output is '{path}'. It must be a file that ends in .csv, in a folder that exists.")
    made = register_bytes(count, chosen)
    if path.exists() and not force and not (path.is_file() and path.read_bytes() == made):
        raise InputError(
            f"{path} is there already and holds something else. Name another file with --output, or replace it with "
            "FORCE=1 (--force 1)."
        )
    try:
        path.write_bytes(made)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}. Name another file with --output.") from None
    return f"{path}: {count} invented grievances."


def register_bytes(rows: int = ROWS, seed: int = SEED) -> bytes:
    """Return the register as CSV: UTF-8, LF, headings as in columns.yml."""
    table, _ = with_dirt(invented_register(rows, seed), seed, SHARE)
    return bytes(table.to_csv(index=False, lineterminator="\n").encode())


def _whole_number(text: str, name: str, most: int) -> int:
    # Only plain digits: int() would take '1_000' and ' 7' too.
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= most):
        raise InputError(f"{name} is '{text}'. Allowed are whole numbers from 0 to {most}.")
    return int(text)
