"""Ploomber's own environment is locked by hashes, and has the packages of the project at the project's versions."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "bench/ploomber/requirements.lock").read_text(encoding="utf-8")
MAIN = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def pinned(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in re.findall(r"^[a-z0-9][^\n]*", lock, flags=re.MULTILINE):
        requirement = Requirement(line.rstrip("\\ "))
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        found.setdefault(requirement.name, set()).add(pin.version)
    return found


def test_every_package_has_its_hashes_and_nothing_names_an_index() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 100
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|--index|--find-links", LOCK)


def test_what_both_environments_have_is_of_one_version() -> None:
    own, main = pinned(LOCK), pinned(MAIN)
    assert {"ploomber", "papermill", "pandas", "weasyprint", "nbconvert"} <= own.keys()
    assert {name: (own[name], main[name]) for name in own.keys() & main.keys() if not own[name] <= main[name]} == {}
