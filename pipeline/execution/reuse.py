"""What need not be done again: stages whose notebook, parameters, code, inputs and packages are what they were.

The manifest of the set that stands says what each stage was made from and which files it wrote. Contents count alone,
by SHA-256, never times. A stage is taken over only where all before it are, and where every file that it wrote is
still as it was written. Nothing but the standard library, since a call that changes nothing should cost nothing.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipeline.execution.manifest import code_digests, file_digest, output_digests
from pipeline.execution.program import Program

Record = dict[str, Any]
Entry = dict[str, Any]
"""A stage in the manifest: `code` (names), `notebook` (digest), `outputs` (digests by name), `parameters`."""


@dataclass(frozen=True)
class Basis:
    """What a run is made from: the program, the project's files and the packages, each as digests by name."""

    code: Mapping[str, str]
    data: Mapping[str, str]
    environment: str

    def as_record(self) -> Record:
        """Return what the manifest keeps of it, besides the program's own entry."""
        return {"data": dict(self.data), "environment": self.environment}

    def difference(self, record: Record, code: Iterable[str]) -> str | None:
        """Say what differs from a record, of the named files of the program; None where nothing does."""
        if record.get("environment") != self.environment:
            return "the installed packages changed"
        changed = _first_changed(record.get("data", {}), self.data)
        if changed:
            return changed
        names = set(code)
        then = {name: digest for name, digest in record.get("code", {}).items() if name in names}
        return _first_changed(then, {name: self.code[name] for name in names if name in self.code})


def _first_changed(then: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    for name in sorted({*then, *now}):
        if name not in now:
            return f"{name} is gone"
        if name not in then:
            return f"{name} is new"
        if then[name] != now[name]:
            return f"{name} changed"
    return None


def basis_of(code_roots: Iterable[Path], data: Mapping[str, str]) -> Basis:
    """Say what a run is made from; `data` are the digests of all files beside the program, by name."""
    return Basis(code_digests(code_roots), data, _environment())


def _environment() -> str:
    """Return a digest of the interpreter and of the names, with the versions, of the packages beside it."""
    folders = dict.fromkeys(Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib"))
    packages = sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))
    return hashlib.sha256("\n".join([sys.version, sys.platform, *packages]).encode()).hexdigest()


@lru_cache(maxsize=1)
def _program(code_roots: tuple[Path, ...], code: tuple[tuple[str, str], ...]) -> Program:
    """Read the program once for all runs of a process while its files, by their digests, are the same."""
    return Program(code_roots)


def whole_set_stands(folder: Path, record: Record, basis: Basis, parameters: Mapping[str, str]) -> bool:
    """Whether a set is what a run with these parameters would make: nothing changed before it, and nothing in it."""
    return (
        record.get("is_whole") is True
        and record.get("parameters") == dict(parameters)
        and basis.difference(record, {*record.get("code", {}), *basis.code}) is None
        and output_digests(folder) == record.get("outputs")
    )


@dataclass(frozen=True)
class Stages:
    """The stages of a former run, whose set stands in `folder`, and what a new one is made from.

    Without a basis, which only somebody can give who knows all that the notebooks read, nothing is taken over or noted.
    """

    folder: Path
    manifest: Record | None
    basis: Basis | None
    code_roots: Sequence[Path]

    @cached_property
    def record(self) -> Record:
        """What the manifest says of the last run; empty where there was none."""
        runs: list[Record] = (self.manifest or {}).get("runs") or [{}]
        return runs[0]

    @cached_property
    def program(self) -> Program:
        """What the program consists of."""
        if self.basis is None:
            return Program(self.code_roots)
        return _program(tuple(self.code_roots), tuple(self.basis.code.items()))

    def reason_to_run(self, name: str, source: Path, digest: str, parameters: Mapping[str, str]) -> str | None:
        """Say why a stage has to run though those before it give what they gave; None where it need not.

        `digest` is that of the notebook. The reason is empty where no former run has left the stage.
        """
        former: Entry | None = self.record.get("stages", {}).get(name)
        if former is None or self.basis is None:
            return ""
        if former["parameters"] != dict(parameters):
            return "it was asked for with other parameters"
        if former["notebook"] != digest:
            return f"{source.name} changed"
        changed = self.basis.difference(self.record, {*former["code"], *self._code_of(former, source)})
        if changed:
            return changed
        for written, digest in former["outputs"].items():
            path = self.folder / written
            if not path.is_file() or file_digest(path) != digest:
                return f"{written} is not as it was written"
        return None

    def _code_of(self, former: Entry, source: Path) -> list[str]:
        """List the files that a stage depends on now; as it did, where no file of the program is another."""
        is_same = self.basis is not None and self.basis.code == self.record.get("code")
        return former["code"] if is_same else self.program.files_of(source)

    def take_over(self, name: str, source: Path, folder: Path) -> Entry:
        """Copy what a stage wrote into a set in the making, with its modes; returns its entry for the manifest."""
        former: Entry = self.record["stages"][name]
        for written in former["outputs"]:
            path = folder / written
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(self.folder / written, path)
        return {**former, "code": self._code_of(former, source)}

    def files_before(self, folder: Path) -> dict[str, str]:
        """Return the digests of the files that a stage finds."""
        return output_digests(folder) if self.basis is not None else {}

    def entry(
        self, source: Path, digest: str, parameters: Mapping[str, str], before: Mapping[str, str], folder: Path
    ) -> Entry:
        """Describe a stage that has run, for the manifest."""
        if self.basis is None:
            return {}
        written = {name: digest for name, digest in output_digests(folder).items() if before.get(name) != digest}
        return {
            "code": self.program.files_of(source),
            "notebook": digest,
            "outputs": written,
            "parameters": dict(parameters),
        }

    def are_other_results(self, name: str, now: Entry) -> bool:
        """Whether a stage wrote something else than before; no stage reads the notebook that another one ran."""
        former = self.record.get("stages", {}).get(name)
        return former is None or not now or _results(former) != _results(now)


def _results(stage: Entry) -> dict[str, str]:
    return {name: digest for name, digest in stage["outputs"].items() if not name.endswith(".ipynb")}
