"""The words of every report are known, so that a complainant named May does not stop it."""

from __future__ import annotations

from pipeline.project import load_project
from pipeline.reporting.catalogue import own_words


def test_months_labels_and_messages_are_the_report_s_own_words() -> None:
    words = own_words(load_project("smart-government-ii"))
    assert {"may", "april", "monday", "question", "facebook", "grievances", "resolving"} <= words
    assert not {"moncement", "med", "bolormaa", "amaraa", "mining", "mineral"} & words
