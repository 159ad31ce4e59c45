"""An attack on what is published: by a program of its own, every cell that is left out is bounded as far as it can be.

The attacker (attacker.py) reads the public indicators.csv of a release and of the one before.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from attacker import Attacker, Name

from pipeline.files import csv_bytes
from pipeline.indicators.computation import Measured
from pipeline.indicators.protected import as_shown, protected
from pipeline.indicators.published import Published
from pipeline.period import Period, Scopes, Window, resolve_scopes
from pipeline.project import Project, load_project
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import words_for

REGISTERS = 200


# -- 200 registers, two releases each ----------------------------------------------------------------------------------


def facts_of(rows: pd.DataFrame, window: Window) -> pd.DataFrame:
    inside = (rows["day"] >= pd.Timestamp(window.start)) & (rows["day"] <= pd.Timestamp(window.counted_to))
    return rows.assign(is_received=inside, is_eligible=inside & rows["is_admissible"])


def measured_of(rows: pd.DataFrame, scopes: Scopes) -> Measured:
    """Measure what the tables by group rest on, and the headlines, of a register that was made here."""
    facts = {name: facts_of(rows, window) for name, window in scopes.windows().items()}
    figures = [
        {"indicator": name, "scope": scope, "dimension": "", "member": "", "value": float(facts[scope][column].sum())}
        for scope in facts
        for name, column in (("received", "is_received"), ("eligible", "is_eligible"))
    ]
    table = pd.DataFrame(figures).assign(numerator=pd.NA, denominator=pd.NA, unit="count", state="stated")
    counts = {name: table[name].astype("Int64") for name in ("numerator", "denominator")}
    return Measured(table.assign(**counts), facts)


def random_register(seed: int) -> pd.DataFrame:
    """Make a small register: a few places of unlike size, now and then a blank, some that are not admissible."""
    chance = np.random.default_rng(seed)
    size = int(chance.integers(5, 160))
    most = 3 if ("sex", "location") in tables_of(seed) else 7
    places = [f"Place {number}" for number in range(int(chance.integers(2, most)))]
    weights = chance.dirichlet(np.full(len(places), chance.choice([0.5, 1.5, 5.0])))
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 366, size), unit="D")
    if chance.random() < 0.2:  # hardly anything in the second half-year
        days = pd.Series(days).where(chance.random(size) < 0.03, pd.Timestamp("2024-03-01"))
    return pd.DataFrame(
        {
            "day": days,
            "is_admissible": chance.random(size) < chance.choice([0.5, 0.8, 1.0]),
            "sex": chance.choice(["Female", "Male", "not_stated"], size, p=[0.5, 0.4, 0.1]),
            "location": chance.choice(places, size, p=weights),
            "vulnerable_group": chance.choice(["herders", "elderly", "not_stated"], size, p=[0.15, 0.1, 0.75]),
        }
    )


@pytest.fixture(scope="module")
def project() -> Project:
    sample = load_project("smart-government-ii")
    settings = sample.settings.model_copy(update={"grm_start": Period.parse("2024").start})
    return Project(sample.code, sample.folder, settings)


def tables_of(seed: int) -> tuple[str | tuple[str, str], ...]:
    """Choose what a register publishes: a cross now and then, since it takes longest."""
    if seed % 40 == 0:
        return "sex", "location", ("sex", "location")
    return ("sex", "location", "vulnerable_group") if seed % 4 == 1 else ("location",)


def with_tables(project: Project, seed: int) -> Project:
    disclosure = project.settings.disclosure.model_copy(update={"tables": tables_of(seed)})
    return Project(project.code, project.folder, project.settings.model_copy(update={"disclosure": disclosure}))


COLLECTED = ("complainant_sex", "location", "vulnerable_group")


def release(
    project: Project, rows: pd.DataFrame, label: str, records: list[Published]
) -> tuple[str, Published, pd.DataFrame]:
    """Publish a half-year: the public file as text, the record that freezing would keep, and the truth."""
    start = project.settings.grm_start
    scopes = resolve_scopes(label, "", grm_start=start, complete_through=Period.parse("2024").end)
    measured = measured_of(rows, scopes)
    counted = protected(measured, project, scopes, COLLECTED, records)
    shown = as_shown(counted)
    public = Numbers(measured.table, words_for("en"), disclosed=shown).public()
    record = {"merge": {}}
    kept = Published(label, measured.table, pd.DataFrame(), scopes.windows(), {}, record, shown)
    return csv_bytes(public).decode("utf-8"), kept, counted


def truths(label: str, counted: pd.DataFrame) -> dict[Name, int]:
    keys = zip(counted["indicator"], counted["scope"], counted["dimension"], counted["member"], strict=True)
    return {(label, *key): int(value) for key, value in zip(keys, counted["value"], strict=True)}


@pytest.mark.parametrize("block", range(4))
def test_no_cell_of_two_releases_in_a_row_can_be_narrowed_down(project: Project, block: int) -> None:
    attacked = 0
    for seed in range(block, REGISTERS, 4):
        own, rows = with_tables(project, seed), random_register(seed)
        first, record, then = release(own, rows, "2024H1", [])
        second, _, now = release(own, rows, "2024H2", [record])
        truth = truths("2024H1", then) | truths("2024H2", now)
        members: dict[str, list[str]] = {}
        for *_, dimension, member in truth:
            members.setdefault(dimension, []).extend([member] if member not in members.get(dimension, []) else [])
        attacker = Attacker()
        attacker.reads("2024H1", first)
        attacker.reads("2024H2", second)
        attacker.knows_members(members)
        attacker.combines("2024H1", "2024H2")
        attacked += attacker.assert_nothing_is_found_out(defaultdict(int, truth))
    assert attacked > 200
