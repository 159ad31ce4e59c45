"""Reports made from end to end, once a session each, by the command that people use."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from reports import ROOT, SAMPLE, Outcome, call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Outcome]:
    """Make a report of the sample, once for each set of arguments."""
    done: dict[tuple[str, ...], Outcome] = {}
    outputs = tmp_path_factory.mktemp("sample") / "outputs"

    def make(*arguments: str) -> Outcome:
        if arguments not in done:
            done[arguments] = call("report", *arguments, outputs=outputs)
        return done[arguments]

    return make


@pytest.fixture(scope="session")
def sample(made: Callable[..., Outcome]) -> Path:
    """The set of the sample's 2024H1."""
    outcome = made("--period=2024H1")
    assert outcome.code == 0, outcome.stderr
    return outcome.set("2024H1")


@pytest.fixture
def own_data(tmp_path: Path) -> Path:
    """A copy of the sample's data that a test may change."""
    shutil.copytree(
        ROOT / "data" / SAMPLE, tmp_path / "data" / SAMPLE, ignore=shutil.ignore_patterns("published", "released")
    )
    return tmp_path / "data"
