"""Whoever an invented register names is gone from its texts, however others write the name there."""

from __future__ import annotations

import random
import re

import pandas as pd
import pytest
import variants

from pipeline.project import load_project
from pipeline.register.demonstration import invented_register
from pipeline.register.identities import known_names_in, redact_texts

ROWS = 150
A_ROW = 4
SENTENCES = (
    "Yesterday {} was asked.",
    "It was said by {} at the office.",
    "Энэ тухай {} хэлсэн.",
    "({})",
    "Об этом сказал {} вчера.",
)
PLACEHOLDER = re.compile(r"\[(person|organisation|contact|phone|email)(?: \d+)?\]")
NAMES = "complainant", "complainant_contact", "responsible"


def invented(seed: int) -> pd.DataFrame:
    """Invent a register of which every third complainant has a Mongolian name."""
    chance = random.Random(seed)
    table = invented_register(ROWS, seed)
    person = table["complainant_sex"] != ""
    mongolian = [variants.made_up_name(chance) if one and n % 3 == 0 else "" for n, one in enumerate(person)]
    return table.assign(complainant=table["complainant"].mask([name != "" for name in mongolian], mongolian))


def injected(table: pd.DataFrame, seed: int) -> list[list[tuple[str, str]]]:
    """Return for each row sentences with variants of names, with the variants: its own names' and others'."""
    chance = random.Random(seed * 7919 + 1)
    cells = [(name, cell) for name in NAMES for cell in table[name] if cell]
    rows = []
    for _, row in table.iterrows():
        own = [(name, row[name]) for name in NAMES if row[name]]
        chosen = [*own[:2], *chance.choices(cells, k=A_ROW - len(own[:2]))]
        rows.append([variant_of(name, cell, chance) for name, cell in chosen])
    return rows


def variant_of(column: str, cell: str, chance: random.Random) -> str:
    if column == "complainant_contact":
        return variants.variant_of_contact(cell, chance)
    is_firm = re.search(r"Ltd|Association", cell)
    return variants.variant_of_firm(cell, chance) if is_firm else variants.variant_of_person(cell, chance)


@pytest.mark.parametrize("seed", range(20))
def test_no_variant_of_a_name_is_left_and_nothing_around_it_is_lost(seed: int) -> None:
    table = invented(seed)
    chance = random.Random(seed)
    written = [[(v, chance.choice(SENTENCES)) for v in row] for row in injected(table, seed)]
    added = [" ".join(sentence.format(variant) for variant, sentence in row) for row in written]
    cases = table.assign(summary=table["summary"] + " " + pd.Series(added)).replace("", pd.NA)
    cases = cases.assign(source_file="register.csv", source_sheet="", source_row=range(2, len(cases) + 2))
    identities = table[list(NAMES)].replace("", pd.NA)
    names = known_names_in(load_project("demo"), cases.assign(**identities))
    whose = identities["complainant"]
    redacted, _ = redact_texts(cases, names, complainants=whose, locale="en-KE", with_suspects=False)
    left = []
    for row, text in zip(written, redacted["summary_public"], strict=True):
        plain = PLACEHOLDER.sub("[]", text)
        for variant, sentence in row:
            # A possessive, quotes, an ending after a hyphen or a full stop may stay beside the placeholder.
            expected = re.escape(sentence)
            # Brackets between two numbers may be taken for a part of them.
            expected = expected.replace(r"\(", r"\(?").replace(r"\)", r"\)?")
            expected = expected.replace(r"\{\}", r"[“]?\[\](?:,? \[\])*[”]?(’s)?\.?")
            if not re.search(expected, plain):
                left.append((variant, sentence))
    assert left == []
