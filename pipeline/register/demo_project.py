"""A project with an invented register of any size, for trials: that of data/demo, made larger and longer.

Its texts tell numbers and days of their own, so that few are the same, and from some hundred thousand grievances on
there are as many names as persons. The same rows, years and seed give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.places import REPOSITORY
from pipeline.register.demonstration import invented_register
from pipeline.register.dirt import SHARE, with_dirt

Kind = Literal["csv", "parquet"]

YEARS = 10
MOST_YEARS = 30
LAST_YEAR = 2024
"""With this year every invented register ends, as data/demo/project.yml has it."""
DETAILED = 0.6
"""Share of the texts that tell a number or a day of their own."""

INVENTED = "Invented project with "
"""How the name of such a project begins."""

_MODEL = REPOSITORY / "data" / "demo" / "project.yml"


def write_project(
    folder: Path,
    rows: int,
    *,
    seed: int,
    years: int = YEARS,
    kind: Kind = "csv",
    by_year: bool = False,
    share: float = SHARE,
) -> list[Path]:
    """Write project.yml and an invented register with the usual dirt into a folder.

    Parameters
    ----------
    folder
        Is made where it is not there; a register of these years is replaced.
    rows
        Number of grievances, about as many in each half-year.
    years
        How many years it covers, the last of them 2024.
    by_year
        One file a year, register-2024.csv: each is made for itself, so that memory depends on the rows of a year only.
        Its rows are not those of the register in one file.
    share
        Share of the rows that takes dirt.

    Returns
    -------
    list[Path]
        The files of the register.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = f"register-*.{kind}" if by_year else f"register.{kind}"
    (folder / "project.yml").write_text(project_text(rows, years, named), encoding="utf-8", newline="\n")
    files = []
    for year, table in _tables(rows, seed, years, share, by_year):
        files.append(folder / named.replace("*", str(year)))
        _write(table, files[-1], kind)
    return files


def project_text(rows: int, years: int, register: str) -> str:
    """Return the project.yml of data/demo for another register that covers `years` years."""
    start = LAST_YEAR - years + 1
    text = _MODEL.read_text(encoding="utf-8")
    for key, value in {
        "name": f"{INVENTED}{rows} grievances (synthetic data)",
        "short_name": f"Invented, {rows} grievances (synthetic)",
        "implementing_unit_start": f"{start - 1}-11-15",
        "grm_start": f"{start}-01-01",
        "register": f'"{register}"',
    }.items():
        text, count = re.subn(rf"^{key}: [^#\n]*?(?=\s*#|$)", f"{key}: {value}", text, flags=re.MULTILINE)
        if count != 1:
            raise AssertionError(f"data/demo/project.yml has the key {key} {count} times")
    return text


def _tables(rows: int, seed: int, years: int, share: float, by_year: bool) -> Iterator[tuple[int, pd.DataFrame]]:
    """Make the register in one piece, or year by year."""
    start, half_years = date(LAST_YEAR - years + 1, 1, 1), 2 * years
    ends = np.round(np.linspace(0, rows, years + 1)).astype(int) if by_year else np.array([0, rows])
    for piece, count in enumerate(np.diff(ends)):
        received_in = (2 * piece, 2 * piece + 2) if by_year else None
        clean = invented_register(
            int(count), seed + piece, start=start, half_years=half_years, received_in=received_in, detailed=DETAILED
        )
        yield start.year + piece, with_dirt(clean, seed + piece, share, start=start, half_years=half_years)[0]


def _write(table: pd.DataFrame, path: Path, kind: Kind) -> None:
    if kind == "parquet":
        table.to_parquet(path, engine="pyarrow", index=False)
    else:
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
