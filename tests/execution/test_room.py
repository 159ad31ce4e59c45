"""How many runs go on at once: as many as processors and memory that are ours, never none, never more than asked."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from pipeline.execution.room import available_bytes, processors, workers_for

GIB = 1 << 30


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 processors and 16 GiB that can be had, and no control groups yet."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)), raising=False)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=16 * GIB))
    return tmp_path


def group(machine: Path, folder: str, **contents: str) -> None:
    place = machine / "sys" / "fs" / "cgroup" / folder
    place.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (place / name.replace("__", ".")).write_text(content + "\n")


def is_in(machine: Path, *lines: str) -> None:
    (machine / "proc" / "self").mkdir(parents=True)
    (machine / "proc" / "self" / "cgroup").write_text("\n".join(lines) + "\n")


def test_without_limits_the_machine_is_ours(machine: Path) -> None:
    assert processors(machine) == 8
    assert available_bytes(machine) == 16 * GIB


@pytest.mark.parametrize(
    ("runs", "gib_of_a_run", "expected"), [(24, 1, 8), (3, 1, 3), (24, 4, 4), (24, 3, 5), (24, 100, 1), (1, 1, 1)]
)
def test_runs_are_bounded_by_their_number_processors_and_memory(
    machine: Path, runs: int, gib_of_a_run: int, expected: int
) -> None:
    assert workers_for(runs, gib_of_a_run * GIB, system=machine) == expected


@pytest.mark.parametrize(("limit", "expected"), [("max 100000", 8), ("300000 100000", 3), ("150000 100000", 2)])
def test_a_control_group_bounds_the_processors(machine: Path, limit: str, expected: int) -> None:
    is_in(machine, "0::/user/ours")
    group(machine, "user/ours", cpu__max=limit)
    assert processors(machine) == expected


def test_a_control_group_leaves_what_it_does_not_use_and_pages_that_nobody_needs(machine: Path) -> None:
    is_in(machine, "0::/user/ours")
    stat = f"anon 1\ninactive_file {GIB}\nactive_file 5"
    group(machine, "user/ours", memory__max=str(4 * GIB), memory__current=str(2 * GIB), memory__stat=stat)
    assert available_bytes(machine) == 3 * GIB


def test_the_tightest_of_the_groups_around_counts(machine: Path) -> None:
    is_in(machine, "0::/user/ours")
    group(machine, "user/ours", memory__max="max", memory__current="5", cpu__max="max 100000")
    group(machine, "user", memory__max=str(3 * GIB), memory__current=str(GIB), cpu__max="200000 100000")
    assert available_bytes(machine) == 2 * GIB
    assert processors(machine) == 2


def test_groups_of_the_first_version_count_each_kind_by_its_own_tree(machine: Path) -> None:
    is_in(machine, "5:cpu,cpuacct:/a", "4:memory:/b", "0::/")
    group(machine, "cpu,cpuacct/a", **{"cpu__cfs_quota_us": "400000", "cpu__cfs_period_us": "100000"})
    group(machine, "memory/b", memory__limit_in_bytes=str(2 * GIB), memory__usage_in_bytes=str(GIB))
    group(machine, "memory", memory__limit_in_bytes="9223372036854771712", memory__usage_in_bytes=str(5 * GIB))
    assert processors(machine) == 4
    assert available_bytes(machine) == GIB


def test_in_a_container_whose_path_leads_nowhere_its_own_group_counts(machine: Path) -> None:
    is_in(machine, "0::/docker/0123")
    group(machine, "", memory__max=str(2 * GIB), memory__current=str(GIB), cpu__max="100000 100000")
    assert (processors(machine), available_bytes(machine)) == (1, GIB)


@pytest.mark.parametrize("content", ["", "nonsense", "-1 0", "100000 0"])
def test_a_limit_that_cannot_be_read_is_none(machine: Path, content: str) -> None:
    is_in(machine, "0::/", "nonsense")
    group(machine, "", cpu__max=content, memory__max=content, memory__current="nonsense")
    assert (processors(machine), available_bytes(machine)) == (8, 16 * GIB)
