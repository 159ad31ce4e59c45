"""What a set was made from: hashes of inputs, code, parameters, package versions and outputs; no times, no places.

The manifest has a record for each run whose files are in the set: a whole run made all of them, a run of single stages
only those below internal/, beside which the record of the run that made public/ is kept.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
CODE_SUFFIXES = frozenset({".css", ".ipynb", ".j2", ".json", ".po", ".py", ".ttf", ".txt", ".yml"})
_CHUNK_BYTES = 1 << 20

Record = dict[str, Any]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name."""
    return {name: file_digest(files[name]) for name in sorted(files)}


def code_digests(roots: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of every file of the program below `roots`, by its name from the root's parent on."""
    return digests({path.relative_to(root.parent).as_posix(): path for root in roots for path in _code_files(root)})


def code_digest(roots: Iterable[Path]) -> str:
    """Return one SHA-256 for the whole program: the same wherever the same files lie."""
    return _digest_of_all(code_digests(roots))


def _digest_of_all(digests_by_name: Mapping[str, str]) -> str:
    listing = "".join(f"{digest}  {name}\n" for name, digest in digests_by_name.items())
    return hashlib.sha256(listing.encode()).hexdigest()


def build_record(
    folder: Path,
    inputs: Mapping[str, str],
    code: Mapping[str, str],
    parameters: Mapping[str, str],
    more: Mapping[str, Any] | None = None,
) -> Record:
    """Describe a run whose files lie in the set `folder`.

    `inputs` and `code` are digests by name, as they were when it began; `more` is added as it is.
    """
    return {
        "code": dict(code),
        **_program(code),
        "inputs": dict(inputs),
        "parameters": dict(parameters),
        "outputs": output_digests(folder),
        **(more or {}),
    }


def program(code_roots: Iterable[Path]) -> Record:
    """Describe the program as it is: its digest, the packages that are installed, Python; part of every record."""
    return _program(code_digests(code_roots))


def _program(code: Mapping[str, str]) -> Record:
    return {
        "code_digest": _digest_of_all(code),
        "packages": dict(_packages()),
        "python": platform.python_version(),
    }


@cache
def _packages() -> Mapping[str, str]:
    """Return the version of each package that is installed; to this process they stay what they were."""
    return {found.metadata["Name"]: found.version for found in distributions()}


def output_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a set but its manifest."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)
    return digests({path.relative_to(folder).as_posix(): path for path in files})


def write_manifest(folder: Path, record: Record, former: Record | None) -> None:
    """Write the manifest of a set.

    `former` is the manifest of the set whose public files were kept; without it the run made every file.
    """
    own = dict(record["outputs"])
    records = [record]
    if former is not None:
        public = {name: digest for name, digest in own.items() if name.startswith("public/")}
        record = {**record, "outputs": {name: digest for name, digest in own.items() if name not in public}}
        records = [record, *_record_of_public(former, public)]
    text = json.dumps({"format": 1, "runs": records}, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Record | None:
    """Return the manifest of a set, or None where it has none that can be read."""
    try:
        read = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def _record_of_public(former: Record, public: Mapping[str, str]) -> list[Record]:
    """Keep the former record of the public files, as far as it tells of those that are there."""
    for record in former.get("runs", []):
        told = {name: digest for name, digest in record.get("outputs", {}).items() if name in public}
        if told:
            kept = {name: value for name, value in record.items() if name not in ("is_whole", "stages")}
            return [{**kept, "outputs": told}]
    return []


def _code_files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        is_cache = any(part.startswith((".", "__")) for part in path.relative_to(root).parts[:-1])
        if path.suffix in CODE_SUFFIXES and path.is_file() and not is_cache:
            yield path
