"""Imports without what a library takes along although nobody here uses it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(module: str) -> Iterator[None]:
    """Let a module read as not installed while others are imported that can do without; one that is there stays."""
    is_ours = module not in sys.modules
    if is_ours:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_ours:
            del sys.modules[module]
