"""How many runs this machine has room for at once: by its processors and by its memory, as far as they are ours."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_SYSTEM = Path("/")
# Old kernels give a number of about this size where there is no limit.
_NO_LIMIT_BYTES = 1 << 60


def workers_for(runs: int, bytes_of_a_run: int, *, system: Path = _SYSTEM) -> int:
    """Say how many of some runs are to go on at once: at least one, and no more than there are.

    The rule: one for each processor that this process may use, but no more than fit into the memory that is free when
    the first begins, where each takes `bytes_of_a_run`. Free is what the system could give without swapping, or what a
    control group leaves us where that is less. `system` is the folder below which proc/ and sys/ lie.
    """
    fitting = available_bytes(system) // max(bytes_of_a_run, 1)
    return max(1, min(runs, processors(system), fitting))


def processors(system: Path = _SYSTEM) -> int:
    """Count the processors that this process may use: by its affinity and its control group, a part for a whole one."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shares = [math.ceil(share) for share in _processor_limits(system)]
    return max(1, min([allowed, *shares]))


def available_bytes(system: Path = _SYSTEM) -> int:
    """Return the memory that can be had without swapping, in bytes."""
    import psutil  # here, since a call that is refused need not know

    return max(0, min([int(psutil.virtual_memory().available), *_memory_left(system)]))


def _processor_limits(system: Path) -> Iterator[float]:
    """Yield how many processors' time each control group around us may take, where it says so."""
    for group in _groups(system, "cpu"):
        quota, period = [*_words(group / "cpu.max"), "max", ""][:2]
        if quota == "max":
            quota, period = _word(group / "cpu.cfs_quota_us"), _word(group / "cpu.cfs_period_us")
        if quota.isdecimal() and period.isdecimal() and int(period) > 0:
            yield int(quota) / int(period)


def _memory_left(system: Path) -> Iterator[int]:
    """Yield what each control group around us leaves, in bytes; pages of files that nobody needs count as free."""
    for group in _groups(system, "memory"):
        for limit_name, used_name, idle_name in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            limit, used = _word(group / limit_name), _word(group / used_name)
            if limit.isdecimal() and used.isdecimal() and int(limit) < _NO_LIMIT_BYTES:
                numbers = _words(group / "memory.stat")
                counted = dict(zip(numbers[::2], numbers[1::2], strict=False))
                yield int(limit) - int(used) + int(counted.get(idle_name, "0"))


def _groups(system: Path, kind: str) -> Iterator[Path]:
    """Yield the folders of the control groups that this process is in, the innermost first.

    In the second version of control groups all kinds of limits have one tree, in the first each has its own. Inside a
    container the path that the process is told may lead nowhere; the container's own group is the top folder then.
    """
    mounted = system / "sys" / "fs" / "cgroup"
    for line in _text(system / "proc" / "self" / "cgroup").splitlines():
        _, kinds, path = [*line.split(":", 2), "", ""][:3]
        if kinds and kind not in kinds.split(","):
            continue
        top = mounted / kinds if (mounted / kinds).is_dir() else mounted / kind if kinds else mounted
        inner = top / path.strip("/")
        yield from (folder for folder in (inner, *inner.parents) if folder == top or top in folder.parents)


def _word(path: Path) -> str:
    return (_words(path) or [""])[0]


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
