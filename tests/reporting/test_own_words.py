"""The texts of every report are known, so that a complainant named May does not stop it."""

from __future__ import annotations

import pytest

from pipeline.confidentiality.redaction import KnownNames
from pipeline.project import load_project
from pipeline.reporting.catalogue import own_texts

OWN = own_texts(load_project("smart-government-ii"))


@pytest.mark.parametrize(
    "cell", ["May", "e-mail", "Facebook comment", "PIU", "Project Implementation Unit", "Resolving"]
)
def test_a_cell_that_is_a_word_of_the_report_stops_none(cell: str) -> None:
    assert KnownNames.gather(contacts=[cell], persons=[cell]).without_those_in(OWN).find(f"x {cell} x") == []


@pytest.mark.parametrize("cell", ["Moncement", "MED", "Bolormaa", "Mining and Mineral Oil Department", "May Tsogt"])
def test_a_name_is_still_looked_for(cell: str) -> None:
    assert KnownNames.gather(persons=[cell]).without_those_in(OWN).find(f"x {cell} x")
