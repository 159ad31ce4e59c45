"""Records of what was released: data/<project>/released/<label>.json, and whether something is what a record says.

A record holds who released the report and when, the digests of its public files, of the inputs that shaped it and of
the program. It is put in place after the files that it is about, in one step; until then it lies beside as a part, so
that a release that is killed between the two is finished, or forgotten, by the next call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.commands.sets import input_files, shaping
from pipeline.errors import InputError
from pipeline.period import Period, Scopes
from pipeline.places import CODE_ROOTS, RELEASED
from pipeline.project import PUBLISHED, Project

_FORMAT = 1
_PUBLIC = "public/"
Record = dict[str, Any]


def public_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the digests of the public files among those of a set."""
    return {name: digest for name, digest in outputs.items() if name.startswith(_PUBLIC)}


def public_digests(folder: Path) -> dict[str, str]:
    """Return the digests of the public files of a set as they are."""
    from pipeline.execution.manifest import digests

    files = (path for path in (folder / "public").rglob("*") if path.is_file())
    return digests({path.relative_to(folder).as_posix(): path for path in files})


def record_file(project: Project, label: str) -> Path:
    """Return where the record of a period stands."""
    return project.folder / RELEASED / f"{label}.json"


def not_frozen(project: Project) -> list[str]:
    """Name the periods that are over, were released, and are not frozen: no other report knows what they show."""
    found = []
    for file in sorted((project.folder / RELEASED).glob("*.json")):
        try:
            period = Period.parse(file.stem)
        except InputError:
            continue  # as of an earlier day, or a record that was replaced: 2024H1.1
        is_over = period.end <= project.settings.complete_through
        if period.label == file.stem and is_over and not (project.folder / PUBLISHED / file.stem).is_dir():
            found.append(file.stem)
    return found


def shown_record(project: Project, label: str) -> str:
    """Name the record as sentences do."""
    return f"{project.shown_folder}/{RELEASED}/{label}.json"


def read_record(project: Project, label: str) -> Record | None:
    """Read the record of a period; None where there is none. One that was altered is an `InputError`."""
    from pipeline.indicators.published import record_text

    try:
        content = record_file(project, label).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{shown_record(project, label)} cannot be read: {error.strerror}.") from None
    try:
        record = json.loads(content)
        record.pop("digest")
        is_whole = record["format"] == _FORMAT and record_text(record) == content
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise InputError(
            f"{shown_record(project, label)} is not as it was when the report was released. Bring it back from a copy, "
            "or move it away and release the report anew."
        )
    return dict(record)


def is_released(project: Project, label: str, public: Mapping[str, str]) -> bool:
    """Say whether public files with these digests, and no others, are what was released."""
    record = read_record(project, label)
    return record is not None and record["public"] == dict(public)


def is_made_again(project: Project, scopes: Scopes) -> bool:
    """Say whether a report made now is the one that was released: of the same inputs, by the same program."""
    record = read_record(project, scopes.label)
    return record is not None and all(record[key] == now for key, now in what_shapes(project, scopes).items())


def what_shapes(project: Project, scopes: Scopes) -> Record:
    """Return the digests of what shapes a report's public files: its inputs, and the program with its packages."""
    from pipeline import __version__
    from pipeline.execution.manifest import digests, program

    inputs = shaping(scopes, digests(input_files(project)), with_own=True)
    return {"inputs": inputs, "program": {"version": __version__, **program(CODE_ROOTS)}}


def new_record(project: Project, scopes: Scopes, by: str, on: str, public: Mapping[str, str]) -> bytes:
    """Return the record of a release by somebody on a day, sealed by a digest of what it says."""
    from pipeline.indicators.published import record_text

    record = {
        "format": _FORMAT,
        "project": project.code,
        "period": scopes.label,
        "by": by,
        "on": on,
        "public": dict(public),
        **what_shapes(project, scopes),
    }
    return record_text(record)


def prepare(project: Project, label: str, content: bytes) -> None:
    """Lay a record beside its place, before the files that it is about are put in theirs."""
    from pipeline.files import write_bytes

    file = record_file(project, label)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_bytes(content, _part(file), restricted=True)


def settle(project: Project, label: str, target: Path) -> Path | None:
    """Put a record that lies beside its place into it, if the files of `target` are those that it is about, or drop it.

    A former record is kept as `<label>.1.json`, or the next free number; returns where.
    """
    file = record_file(project, label)
    part = _part(file)
    if not part.is_file():
        return None
    try:
        is_about = json.loads(part.read_bytes())["public"] == public_digests(target)
    except (ValueError, KeyError, TypeError):
        is_about = False
    if not is_about:
        part.unlink()
        return None
    kept = _set_aside(file)
    part.replace(file)
    return kept


def _set_aside(file: Path) -> Path | None:
    if not file.exists():
        return None
    number = 1
    while file.with_name(f"{file.stem}.{number}.json").exists():
        number += 1
    return file.rename(file.with_name(f"{file.stem}.{number}.json"))


def _part(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")
