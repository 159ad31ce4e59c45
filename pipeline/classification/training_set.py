"""A shared training set: texts that people labelled elsewhere, which a project lends to its learned model."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.register.formats.text import decode, records

COLUMNS = ("text", "label")


def read_training_set(path: Path, shown_as: str, classes: Collection[str]) -> pd.DataFrame:
    """Read a CSV with the headings text and label: one row a text, `label` one of `classes`, both columns as texts.

    Texts must be redacted by whoever lends them. A faulty file or line is an `InputError`, which names the row and the
    column and quotes no text.
    """
    if not path.is_file():
        raise InputError(
            f"{shown_as}: there is no such file. Put the training set there, or take it out of project.yml."
        )
    text, _ = decode(path.read_bytes(), shown_as)
    lines = [[cell.strip() for cell in line] for line in records(text, shown_as)]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{shown_as}, row 1: the headings must be {', '.join(COLUMNS)}.")
    for row, line in enumerate(lines[1:], start=2):
        if any(line):
            _check_line(line, f"{shown_as}, row {row}", classes)
    return pd.DataFrame([line for line in lines[1:] if any(line)], columns=list(COLUMNS), dtype="str")


def _check_line(line: list[str], place: str, classes: Collection[str]) -> None:
    if len(line) != len(COLUMNS):
        raise InputError(f"{place}: there must be {len(COLUMNS)} cells, and {len(line)} were found. Quote the text.")
    for name, cell in zip(COLUMNS, line, strict=True):
        if not cell:
            raise InputError(f"{place}, column {name}: the cell is empty. Fill it or take the row out.")
    if line[1] not in classes:
        raise InputError(f"{place}, column label: this is not one of the classes {', '.join(sorted(classes))}.")
