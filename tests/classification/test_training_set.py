"""A shared training set is read whole, or refused with the row and the column, and never with a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.classification.training_set import read_training_set
from pipeline.errors import InputError

CLASSES = ("complaint", "question")


def read(tmp_path: Path, content: bytes) -> list[tuple[str, str]]:
    (tmp_path / "shared.csv").write_bytes(content)
    table = read_training_set(tmp_path / "shared.csv", "data/p/shared.csv", CLASSES)
    assert table.columns.tolist() == ["text", "label"]
    return list(table.itertuples(index=False, name=None))


def test_texts_and_labels_are_read_and_blank_lines_passed_over(tmp_path: Path) -> None:
    content = 'text,label\n"Not paid, since May",complaint\n,\nХэзээ нээх вэ?, question \n'.encode("utf-8-sig")
    assert read(tmp_path, content) == [("Not paid, since May", "complaint"), ("Хэзээ нээх вэ?", "question")]


def test_headings_alone_are_an_empty_set(tmp_path: Path) -> None:
    assert read(tmp_path, b"text,label\n") == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"text,class\nSecret,complaint\n", "data/p/shared.csv, row 1: the headings must be text, label."),
        (b"", "data/p/shared.csv, row 1: the headings must be text, label."),
        (
            b"text,label\nSecret,complaint,more\n",
            "data/p/shared.csv, row 2: there must be 2 cells, and 3 were found. Quote the text.",
        ),
        (
            b"text,label\nFine,question\n,complaint\n",
            "data/p/shared.csv, row 3, column text: the cell is empty. Fill it or take the row out.",
        ),
        (
            b"text,label\nSecret,\n",
            "data/p/shared.csv, row 2, column label: the cell is empty. Fill it or take the row out.",
        ),
        (
            b"text,label\nSecret,Secret\n",
            "data/p/shared.csv, row 2, column label: this is not one of the classes complaint, question.",
        ),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, content)
    assert str(error.value) == sentence
    assert "Secret" not in str(error.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data/p/none\.csv: there is no such file"):
        read_training_set(tmp_path / "none.csv", "data/p/none.csv", CLASSES)
