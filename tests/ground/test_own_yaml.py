"""The program's own YAML files read the same by the fast reader as by the strict one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pipeline.yaml_files import read_yaml

PACKAGE = Path(__file__).resolve().parents[2] / "pipeline"
OWN = sorted(PACKAGE.rglob("*.yml"))


def plain(value: Any) -> Any:
    """The same in Python's own types, each with its name, since 1 == True == 1.0."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    kinds = (bool, int, float, str, date, type(None))
    kind = next(kind for kind in kinds if isinstance(value, kind))
    return kind.__name__, value


def test_there_are_some() -> None:
    assert len(OWN) > 10


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_an_own_file_reads_the_same_by_both_readers_and_gives_no_key_twice(path: Path) -> None:
    strict = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    assert plain(read_yaml(path, path.name)) == plain(strict)


def test_a_word_that_yaml_1_1_takes_for_false_is_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.yaml_files._PACKAGE", tmp_path)
    path = tmp_path / "words.yml"
    path.write_text("[no, On, y, 'true', true, 1_000, 1.5, 3, ~, null, 12:30, 1e3]", encoding="utf-8")
    read = read_yaml(path, "words.yml")
    assert read == ["no", "On", "y", "true", True, "1_000", 1.5, 3, None, None, "12:30", 1000.0]
