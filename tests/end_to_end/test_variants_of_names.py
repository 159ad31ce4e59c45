"""A whole report of a register in whose texts names stand in every variant: no file for others holds one."""

from __future__ import annotations

import csv
import random
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import variants
from pypdf import PdfReader
from reports import ROOT, call

from pipeline.stage import RESTRICTED

pytestmark = pytest.mark.notebooks

COLUMNS = ("complainant", "complainant_contact", "responsible")


def written(row: dict[str, str], others: list[tuple[str, str]], chance: random.Random) -> list[str]:
    """Write variants of the row's own names, and of two others."""
    own = [(column, row[column]) for column in COLUMNS if row[column]]
    many = []
    for column, cell in [*own, *chance.choices(others, k=2)]:
        if column == "complainant_contact":
            many.append(variants.variant_of_contact(cell, chance))
        elif len(cell.split()) == 2 and "Association" not in cell and "Ltd" not in cell:
            many.append(variants.variant_of_person(cell, chance))
        else:
            many.append(variants.variant_of_firm(cell, chance))
    return many


def visible(path: Path) -> str:
    """Return all that a file holds as text."""
    if path.suffix == ".pdf":
        reader = PdfReader(path)
        return "\n".join([*(page.extract_text() for page in reader.pages), *map(str, (reader.metadata or {}).values())])
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())
    return path.read_bytes().decode("utf-8", "ignore")


def indexed(wanted: set[str]) -> dict[str, list[tuple[str, int]]]:
    """Index texts by their first word, with its place."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one in sorted(wanted):
        first = re.search(r"\w+", one)
        assert first
        found.setdefault(first[0], []).append((one, first.start()))
    return found


def holds(text: str, by_first_word: dict[str, list[tuple[str, int]]]) -> list[str]:
    """Return the texts that another one holds, from whole words to whole words, with their case."""
    found = []
    for word in re.finditer(r"\w+", text):
        for one, place in by_first_word.get(word[0], ()):
            start = word.start() - place
            if text.startswith(one, start) and not re.match(r"\w\w", text[start + len(one) - 1 :][:2]):
                found.append(one)
    return found


def test_no_name_and_no_variant_stands_in_any_file_for_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data" / "demo", data / "demo", ignore=shutil.ignore_patterns("published"))
    register = data / "demo" / "register.csv"
    with register.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    chance = random.Random(20)
    others = [(column, row[column]) for row in rows for column in COLUMNS if row[column]]
    told: set[str] = set()
    for row in rows:
        many = written(row, others, chance)
        told |= set(many)
        half = len(many) // 2
        row["summary"] += "".join(f" Yesterday {one} was asked." for one in many[:half])
        row["action_taken"] += "".join(f" Энэ тухай {one} хэлсэн." for one in many[half:])
    with register.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    outcome = call("report", "--project=demo", "--period=2024H2", outputs=tmp_path / "outputs", data=data)
    assert outcome.code == 0, outcome.stderr
    made = outcome.set("2024H2", "demo")
    names = {cell for _, cell in others}
    parts = {part for name in names for part in name.split() if name == name.title() and "Association" not in name}
    parts -= {"Builders", "Transport", "Stores", "Company", "Drilling", "Ltd"}
    wanted = {one for one in (*told, *names, *parts) if len(one) >= 5}
    by_first_word = indexed(wanted)
    assert all(holds(f"x {one} x", by_first_word) for one in wanted)
    assert len(holds(register.read_text(encoding="utf-8"), by_first_word)) > 1000
    searched = [path for path in sorted(made.rglob("*")) if path.is_file() and path.name not in RESTRICTED]
    assert {path.parent.name for path in searched} >= {"public", "internal", "notebooks"}
    assert len(searched) > 10
    assert [path.name for path in searched if holds(visible(path), by_first_word)] == []
    assert not holds(outcome.stdout + outcome.stderr, by_first_word)
