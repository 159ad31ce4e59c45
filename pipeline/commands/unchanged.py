"""A call of `report` that would change nothing is over at once, before anything that takes long to import.

The set must be whole, and made from the same program, project files, packages and parameters; every file of it must be
as it was written, and nothing may lie beside it that a killed run left. Whatever is not plainly so is left to the
command itself.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.places import CODE_ROOTS, DEFAULT_PROJECT, RELEASED, data_folder, outputs_folder, project_files, relative

_OPTION = re.compile(r"--(project|period|as-of|force|data|outputs)=(.*)", re.DOTALL)
_FOLDER = re.compile(r"[a-z0-9-]+")
_LABEL = re.compile(r"\d{4}[0-9A-Z.@-]*")


def unchanged(arguments: Sequence[str]) -> str | None:
    """Return what to tell where `report` has nothing to do, or None where the command has to look itself."""
    options = _options(arguments)
    if options is None or options.get("force") not in (None, "", "0"):
        return None
    project, period, as_of = (
        options.get("project", DEFAULT_PROJECT),
        options.get("period", ""),
        options.get("as-of", ""),
    )
    label = f"{period}@{as_of}" if as_of else period
    if not (_FOLDER.fullmatch(project) and _LABEL.fullmatch(label)):
        return None
    data = Path(options.get("data") or data_folder()) / project
    folder = Path(options.get("outputs") or outputs_folder()) / project
    return _told(folder, label, data, {"project": project, "period": period, "as_of": as_of})


def _options(arguments: Sequence[str]) -> dict[str, str] | None:
    if not arguments or arguments[0] != "report":
        return None
    matches = [_OPTION.fullmatch(argument) for argument in arguments[1:]]
    found = [(match[1], match[2]) for match in matches if match]
    options = dict(found)
    return options if len(options) == len(arguments) - 1 else None


def _told(folder: Path, label: str, data: Path, parameters: dict[str, str]) -> str | None:
    from pipeline.commands.listed import is_listed
    from pipeline.execution.manifest import digests, read_manifest
    from pipeline.execution.reuse import basis_of, whole_set_stands
    from pipeline.execution.scratch import sweep
    from pipeline.execution.sets import leftovers

    target = folder / label
    manifest = read_manifest(target)
    runs = (manifest or {}).get("runs", [])
    try:
        if len(runs) != 1 or not (data / "project.yml").is_file():
            return None
        # The page that lists all reports is no part of the set; a missing or older one is to be made.
        if not is_listed(folder / "index.html", label, runs[0]["outputs"]) or leftovers(target):
            return None
        # A report stays released as long as its record is there, and a draft does not become a release by itself.
        released = (data / RELEASED / f"{label}.json").is_file()
        parameters = {**parameters, "released": "yes" if released else ""}
        if not whole_set_stands(target, runs[0], basis_of(CODE_ROOTS, digests(project_files(data))), parameters):
            return None
        counted = _findings(target / "internal" / "findings.csv")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    sweep()
    files = ("public/report.html", "public/report.pdf", "internal/report-internal.html", "internal/actions.html")
    lines = [
        f"{parameters['project']}, {label}: nothing has changed since this report was made, and it stands as it is.",
        *(f"  {relative(target / name)}" for name in files),
        f"Findings in the register: {counted or 'none'}.",
        "Unchanged are the register and what lies beside it, program, packages and every file of the report; so no "
        "stage ran. FORCE=1 runs all.",
    ]
    return "\n".join(lines)


def _findings(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        severities = Counter(row["severity"] for row in csv.DictReader(handle))
    order = ("error", "warning", "note", "explained")
    known = [(name, severities[name]) for name in order if severities[name]]
    return ", ".join(f"{count} {name if count == 1 or name == 'explained' else f'{name}s'}" for name, count in known)
