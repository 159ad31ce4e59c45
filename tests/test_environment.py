"""The three lists of what the project stands on agree: pyproject.toml, requirements.lock and environment.yml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

REPOSITORY = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")

PYPI_NAMES = {"dask-core": "dask", "matplotlib-base": "matplotlib", "python-duckdb": "duckdb"}
"""Packages of conda-forge whose names differ from PyPI's by more than `-`, `_` and `.`."""

NOT_FROM_PYPROJECT = {"python", "pango", "pip"}
"""What conda needs to be told and PyPI has not, or not as a dependency."""


def declared() -> list[Requirement]:
    """Everything that pyproject.toml names: dependencies, extras and the build backend."""
    project = PYPROJECT["project"]
    extras = [text for group in project["optional-dependencies"].values() for text in group]
    return [Requirement(text) for text in [*project["dependencies"], *extras, *PYPROJECT["build-system"]["requires"]]]


def minimums(requirements: list[Requirement]) -> dict[str, SpecifierSet]:
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


def conda() -> tuple[dict[str, SpecifierSet], list[str]]:
    """What environment.yml asks of conda-forge, by PyPI's names, and what it leaves to pip."""
    entries = YAML(typ="safe").load(REPOSITORY / "environment.yml")["dependencies"]
    asked = [Requirement(entry) for entry in entries if isinstance(entry, str)]
    by_pip = [text for entry in entries if isinstance(entry, dict) for text in entry["pip"]]
    return minimums([Requirement(f"{PYPI_NAMES.get(one.name, one.name)}{one.specifier}") for one in asked]), by_pip


def entries_of(lock: str) -> list[str]:
    """One text a locked release: its first line and those that are indented below it, without comments."""
    lines = [line for line in lock.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    entries: list[str] = []
    for line in lines:
        if line[0].isspace():
            entries[-1] += "\n" + line
        else:
            entries.append(line)
    return entries


LOCKED = entries_of(LOCK)


def pinned() -> dict[str, list[str]]:
    """The locked versions of each package; there are several where Pythons or systems need different ones."""
    pins: dict[str, list[str]] = {}
    for entry in LOCKED:
        requirement = Requirement(entry.splitlines()[0].rstrip("\\ "))
        (pin,) = requirement.specifier
        assert pin.operator == "==", entry
        pins.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return pins


def test_conda_users_get_each_dependency_at_the_minimum_version_that_pyproject_names():
    asked, _ = conda()
    assert {name: bound for name, bound in asked.items() if name not in NOT_FROM_PYPROJECT} == minimums(declared())


def test_conda_users_get_a_python_that_the_project_supports_and_the_project_itself():
    asked, by_pip = conda()
    assert asked["python"] == SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert asked.keys() >= NOT_FROM_PYPROJECT
    assert by_pip == ["--editable ."]


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_lock_holds_every_direct_dependency_at_a_version_that_pyproject_admits(requirement):
    versions = pinned().get(canonicalize_name(requirement.name), [])
    assert versions, f"{requirement.name} is not in requirements.lock: make lock"
    assert all(requirement.specifier.contains(version) for version in versions), versions


@pytest.mark.parametrize("entry", LOCKED, ids=lambda entry: entry.split(" ")[0])
def test_every_locked_release_has_hashes(entry):
    options = [line.rstrip("\\ ").strip() for line in entry.splitlines()[1:]]
    assert options
    assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", option) for option in options), entry


def test_the_lock_names_releases_of_the_public_index_and_no_place():
    names_no_release = [entry for entry in LOCKED if not re.match(r"[a-z0-9][a-z0-9._-]*==[0-9a-z.]+( ;| \\)", entry)]
    assert names_no_release == []  # an option such as --find-links, a folder, a build of one machine ('+cpu')
    without_markers = re.sub(r" ; [^\\\n]*", "", LOCK)
    assert [line for line in without_markers.splitlines() if re.search(r"://|[/\\](?!$)|@|file:", line)] == []
