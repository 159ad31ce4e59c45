"""A store of objects in this process, at memory:// addresses, and no folder that the environment names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE


@contextmanager
def store_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Yield what stands at memory:// addresses, by its path: nothing at first, and nothing when it is left."""
    from fsspec.implementations.memory import MemoryFileSystem

    for name in (DATA_VARIABLE, OUTPUTS_VARIABLE):
        monkeypatch.setenv(name, "")  # what a test sets is taken back afterwards
        monkeypatch.delenv(name)
    _empty(MemoryFileSystem)
    yield MemoryFileSystem.store
    _empty(MemoryFileSystem)


def _empty(system: Any) -> None:
    system.store.clear()
    system.pseudo_dirs[:] = [""]
