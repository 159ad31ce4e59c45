"""What stays inside: modes whatever the umask, and what git must never take in."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from pipeline.places import REPOSITORY
from pipeline.stage import RESTRICTED, SetFolder


@dataclass(frozen=True)
class Set(SetFolder):
    folder: Path


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=["000", "022", "077"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("name", sorted(RESTRICTED))
def test_a_restricted_file_is_its_owner_s_alone(name: str, tmp_path: Path) -> None:
    made = Set(tmp_path / "2024H1")
    if name.endswith((".csv", ".parquet")):
        made.save(pd.DataFrame({"a": [1]}), name)
    else:
        made.save_bytes(b"x", name)
    assert mode(tmp_path / "2024H1" / "internal" / name) == 0o600
    assert mode(tmp_path / "2024H1" / "internal") == 0o700


@pytest.mark.usefixtures("umask")
def test_a_restricted_file_takes_the_place_of_one_that_all_could_read(tmp_path: Path) -> None:
    made = Set(tmp_path)
    path = made.path("internal", "identities.parquet")
    path.write_bytes(b"")
    path.chmod(0o666)
    made.save(pd.DataFrame({"a": [1]}), "identities.parquet")
    assert mode(path) == 0o600


def test_what_the_sensitive_grievances_have_for_themselves_is_restricted() -> None:
    files = ("sensitive.parquet", "sensitive_findings.csv", "sensitive_account.csv", "sensitive_indicators.csv")
    assert set(files) <= RESTRICTED


def is_ignored(path: str) -> bool:
    done = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=REPOSITORY)
    return done.returncode == 0


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="this is no clone")
@pytest.mark.parametrize(
    "path",
    [
        "data/my-project/project.yml",
        "data/my-project/register.xlsx",
        "data/my-project/registers/2024/register.csv",
        "data/my-project/decisions.csv",
        "data/my-project/disclosure.csv",
        "data/my-project/published/2024H1/cases.csv",
        "data/smart-government-ii/published/2024H1/cases.csv",
        "data/demo/published/2024H1/cases.csv",
        "data/register.xlsx",
        "data/demo/~$register.xlsx",
        "outputs/my-project/2024H1/public/report.html",
        "outputs/my-project/2024H1/internal/identities.parquet",
        "outputs/smart-government-ii/2024H1/manifest.json",
        "outputs/index.html",
        "review.xlsx",
        "disclosure.xlsx",
        "findings.csv",
        "sensitive.parquet",
    ],
)
def test_registers_and_outputs_stay_out_of_the_repository(path: str) -> None:
    assert is_ignored(path)


@pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="this is no clone")
@pytest.mark.parametrize(
    "path",
    [
        "data/smart-government-ii/register.csv",
        "data/smart-government-ii/decisions.csv",
        "data/demo/register.csv",
        "data/demo/commentary/2024H1.md",
        "outputs/.gitkeep",
        "pipeline/stage.py",
    ],
)
def test_the_samples_and_the_program_are_kept(path: str) -> None:
    assert not is_ignored(path)
