"""Freezing: the figures of a report are stored as they were published, so that no later run can change them unsaid.

Source of the rules: docs/indicators.md, section 'Published figures and restatement'.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.files import csv_bytes, write_bytes
from pipeline.indicators.computation import COLUMNS, Measured
from pipeline.indicators.published import (
    CASES,
    DISCLOSED,
    FIGURES,
    FORMAT,
    RECORD,
    digest,
    figures_to_keep,
    published,
    record_text,
    records_folder,
    rules_in_force,
    snapshot,
)
from pipeline.period import Scopes
from pipeline.project import PUBLISHED, Project


@dataclass(frozen=True)
class Frozen:
    """How a freeze ended: where the record is, what it replaced, and whether it was there already."""

    folder: Path
    former: Path | None = None
    is_new: bool = True


def record_of(
    labelled: pd.DataFrame,
    measured: Measured,
    project: Project,
    scopes: Scopes,
    collected: Iterable[str],
    *,
    previous_is_published: bool = False,
    disclosed: pd.DataFrame | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """Make the files of a record, by their names.

    Parameters
    ----------
    measured
        The figures as computed from `labelled`, before those of the previous period were put in their place.
    previous_is_published
        Whether the report took the figures of the previous period from its record; then that record alone holds them.
    disclosed
        What the report showed by the protected dimensions, without what it left out.
    provenance
        What record.json says besides: the program, the hashes of the public files.
    """
    windows = {
        name: window for name, window in scopes.windows().items() if not (name == "previous" and previous_is_published)
    }
    files = {
        FIGURES: csv_bytes(figures_to_keep(measured.table, windows)),
        CASES: csv_bytes(snapshot(labelled, measured, project)),
    }
    if disclosed is not None and len(disclosed):
        files[DISCLOSED] = csv_bytes(disclosed[list(COLUMNS)])
    record = {
        **(provenance or {}),
        "format": FORMAT,
        "project": project.code,
        "period": scopes.period.label,
        "windows": {
            name: {"start": str(one.start), "end": str(one.end), "as_of": str(one.as_of)}
            for name, one in windows.items()
        },
        "complete_through": str(project.settings.complete_through),
        "files": {name: digest(content) for name, content in files.items()},
        "rules": rules_in_force(project, collected),
    }
    if DISCLOSED in files:
        record["merge"] = project.settings.disclosure.model_dump(mode="json")["merge"]
    return {**files, RECORD: record_text(record)}


def store(project: Project, label: str, files: Mapping[str, bytes], *, force: bool) -> Frozen:
    """Put a record in place, whole or not at all.

    One that says the same is left as it is. One that differs is an `InputError`, unless `force` is given: then it is
    kept as `<label>.1`, or the next free number. What differs in program and public files alone is the same record.
    """
    folder = records_folder(project)
    former = published(project, label) if not force or _is_whole(project, label) else None
    if former is not None and _says_the_same(former.record, json.loads(files[RECORD])):
        return Frozen(folder / label, is_new=False)
    if (folder / label).exists() and not force:
        raise InputError(_refusal(project, label, files))
    folder.mkdir(mode=0o700, exist_ok=True)
    for leftover in folder.glob(f".{label}.freezing-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f".{label}.freezing-", dir=folder))
    for name, content in files.items():
        write_bytes(content, made / name, restricted=True)
    kept = _set_aside(folder, label)
    made.rename(folder / label)
    return Frozen(folder / label, kept)


def _is_whole(project: Project, label: str) -> bool:
    try:
        return published(project, label) is not None
    except InputError:
        return False


def _says_the_same(former: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    return all(former.get(key) == record[key] for key in ("files", "windows", "rules"))


def _refusal(project: Project, label: str, files: Mapping[str, bytes]) -> str:
    there = published(project, label)
    same = there is not None and there.record["files"][FIGURES] == digest(files[FIGURES])
    what = (
        "its figures are the same, but the register or the rules behind them have changed since"
        if same
        else "figures of it differ from those of the report now; the report's section 'Restated figures' says which"
    )
    return (
        f"{label} was published before: {project.shown_folder}/{PUBLISHED}/{label}, and {what}. The record is left as "
        f"it is. If the report has been published anew, FORCE=1 stores it and keeps the former record beside it."
    )


def _set_aside(folder: Path, label: str) -> Path | None:
    place = folder / label
    if not place.exists():
        return None
    number = 1
    while (folder / f"{label}.{number}").exists():
        number += 1
    kept = folder / f"{label}.{number}"
    place.rename(kept)
    return kept
