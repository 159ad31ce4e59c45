"""A workbook that a person saved in a set is kept when the set is replaced, once, and for its owner alone."""

from __future__ import annotations

import stat
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.places import OUTPUTS_VARIABLE
from pipeline.saved_workbooks import keep_saved, note_taken
from pipeline.stage import open_stage

MADE = b"as the run made it"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    folder = tmp_path / "2024H1"
    (folder / "internal" / "failed").mkdir(parents=True)
    for name in ("review.xlsx", "disclosure.xlsx"):
        (folder / "internal" / name).write_bytes(MADE)
    return folder


def kept(folder: Path) -> list[str]:
    return [as_what.name for _, as_what in keep_saved(folder, {sha256(MADE).hexdigest()})]


def test_only_what_somebody_saved_is_kept_and_only_once(made: Path) -> None:
    assert kept(made) == []
    assert not (made.parent / "filled").exists()
    (made / "internal" / "review.xlsx").write_bytes(b"filled in")
    (made / "internal" / "disclosure (mine).ods").write_bytes(b"filled in elsewhere")
    (made / "internal" / "~$review.xlsx").write_bytes(b"open in a spreadsheet program")
    names = [f"2024H1-disclosure (mine)-{sha256(b'filled in elsewhere').hexdigest()[:8]}.ods"]
    names.append(f"2024H1-review-{sha256(b'filled in').hexdigest()[:8]}.xlsx")
    assert kept(made) == names
    assert kept(made) == []
    place = made.parent / "filled"
    assert (place / names[1]).read_bytes() == b"filled in"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE((place / name).stat().st_mode) for name in names} == {0o600}
    (made / "internal" / "review.xlsx").write_bytes(b"filled in further")
    assert len(kept(made)) == 1
    assert len(list(place.iterdir())) == 3


def test_one_whose_answers_were_taken_is_not_kept(made: Path) -> None:
    (made / "internal" / "review.xlsx").write_bytes(b"filled in")
    note_taken(made / "internal" / "review.xlsx", made.parent)
    note_taken(made / "internal" / "review.xlsx", made.parent)
    assert kept(made) == []


def test_a_notebook_run_by_hand_keeps_what_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(OUTPUTS_VARIABLE, str(tmp_path))
    stage = open_stage("smart-government-ii", "2024H1")
    for _ in range(2):
        stage.save_to_fill_in(MADE, "review.xlsx")
    assert capsys.readouterr().out == ""
    (stage.folder / "internal" / "review.xlsx").write_bytes(b"filled in")
    stage.save_to_fill_in(MADE, "review.xlsx")
    (there,) = (stage.folder.parent / "filled").iterdir()
    assert there.read_bytes() == b"filled in"
    assert there.name in capsys.readouterr().out
    assert (stage.folder / "internal" / "review.xlsx").read_bytes() == MADE
