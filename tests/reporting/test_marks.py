"""What a report writes into its head about itself is what the index reads there, through the renderer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from markupsafe import escape

from pipeline.reporting.marks import Marks, read_marks


@pytest.mark.parametrize("is_draft", [True, False])
@pytest.mark.parametrize("is_provisional", [True, False])
def test_marks_are_read_as_they_were_written(tmp_path: Path, is_draft: bool, is_provisional: bool) -> None:
    marks = Marks(is_draft, is_provisional, date(2024, 6, 13))
    head = "".join(f'<meta name="{name}" content="{escape(content)}">' for name, content in marks.meta())
    (tmp_path / "report.html").write_text(f"<!DOCTYPE html><html><head>{head}", encoding="utf-8")
    assert read_marks(tmp_path / "report.html") == marks


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"<meta name='grm-status' content='final'>",
        b"<meta name='grm-status' content='final'><meta name='grm-counted-to' content='yesterday'>",
        b"\xff\x00" * 100,
        b" " * 20_000 + b"<meta name='grm-status' content='final'><meta name='grm-counted-to' content='2024-06-13'>",
    ],
)
def test_what_says_nothing_of_the_kind_has_no_marks(tmp_path: Path, html: bytes) -> None:
    (tmp_path / "report.html").write_bytes(html)
    assert read_marks(tmp_path / "report.html") is None
    assert read_marks(tmp_path / "not there.html") is None
