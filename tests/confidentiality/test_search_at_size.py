"""A large register is searched as well as a small one: in parts, each text once, and no number found by chance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.confidentiality.readable import files
from pipeline.confidentiality.readable.files import texts_of
from pipeline.confidentiality.readable.text import Seen
from pipeline.confidentiality.redaction import KnownNames
from pipeline.confidentiality.search import Find, Search
from pipeline.files import write_csv, write_parquet

NAME = "Sarantuya Enkhbold"
CONTACT = "331122"
# Digests of real texts: by chance their letters and digits are account numbers with right check digits.
HASHES = ("de4567780303dba5", "df5227ff51678346", "ce05de10024ae547", "de7905df0d696cfc")
WRITERS = {"t.csv": write_csv, "t.parquet": write_parquet}
Cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


def search() -> Search:
    return Search(KnownNames.gather(complainants=[NAME], contacts=[CONTACT]), "en-MN")


def found(folder: Path, name: str, columns: dict[str, list[str]]) -> list[Find]:
    path = folder / name
    WRITERS[name](pd.DataFrame(columns, dtype="str"), path)
    return search().finds(texts_of(path))


@pytest.mark.parametrize("name", WRITERS)
def test_the_digest_of_a_text_is_no_account_and_its_row_no_telephone_number(tmp_path: Path, name: str) -> None:
    for digest in HASHES:
        assert [one.rule for one in found(tmp_path, name, {"a": [digest]})] == ["iban_checksum"]
        assert not found(tmp_path, name, {"text_hash": [digest]})
    assert [one.rule for one in found(tmp_path, name, {"a": [CONTACT]})] == ["known_contact"]
    assert not found(tmp_path, name, {"no": [CONTACT], "row": [CONTACT]})


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("heading", ["no", "row", "text_hash"])
def test_whatever_else_stands_in_a_column_of_own_numbers_is_searched(tmp_path: Path, name: str, heading: str) -> None:
    for cell in (NAME, f"{CONTACT} ", "DE89370400440532013000", "call 99112233"):
        assert found(tmp_path, name, {heading: ["1", cell]})


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 7])
def test_a_name_is_found_in_whichever_part_of_a_table_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, rows: int
) -> None:
    monkeypatch.setattr(files, "_AT_ONCE", 3)
    for place in range(rows):
        cells = [NAME if row == place else f"text {row}" for row in range(rows)]
        assert found(tmp_path, name, {"a": ["x"] * rows, "b": cells})


@given(rows=st.lists(st.tuples(Cells, Cells), max_size=12), size=st.integers(1, 5))
def test_what_is_read_in_parts_is_what_is_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], size: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    table = pd.DataFrame(rows, columns=["a", "no"], dtype="str")
    for name, write in WRITERS.items():
        path = folder / name
        write(table, path)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "_AT_ONCE", size)
            parts = list(texts_of(path))
        assert set(parts) == set(texts_of(path))


def test_a_text_is_looked_at_once_in_however_many_rows_and_files_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[Seen] = []
    look = Search._found_in

    def counted(self: Search, seen: Seen):  # type: ignore[no-untyped-def]
        looked_at.append(seen)
        return look(self, seen)

    monkeypatch.setattr(Search, "_found_in", counted)
    monkeypatch.setattr(files, "_AT_ONCE", 10)
    one = search()
    for number in range(3):
        path = tmp_path / f"{number}.csv"
        write_csv(pd.DataFrame({"a": [f"text {row % 4}" for row in range(100)]}), path)
        assert not one.finds(texts_of(path))
    assert sorted(seen.text for seen in looked_at) == ["a", "text 0", "text 1", "text 2", "text 3"]


def test_what_was_found_once_is_told_again_of_the_next_file(tmp_path: Path) -> None:
    one = search()
    for seen in (Seen(NAME), Seen(NAME), Seen("A text about nobody."), Seen(NAME)):
        assert bool(one.finds([seen])) is (seen.text == NAME)
    assert not one.finds([Seen("DE89 3704 0044 0532 0130 00", is_code=True)])
    assert one.finds([Seen("DE89 3704 0044 0532 0130 00")])
