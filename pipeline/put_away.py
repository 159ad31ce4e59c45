"""What is not needed for a while, put into a file without a name: a large register would not fit into memory otherwise.

The file stands in no folder and is gone with this process, however that ends.
"""

from __future__ import annotations

import ctypes
import pickle
import sys
import tempfile
from contextlib import suppress
from typing import IO, Generic, TypeVar

import pyarrow as pa

from pipeline.places import outputs_folder

Thing = TypeVar("Thing")

LEAST = 20_000
"""Rows up to which a thing stays in memory."""


class PutAway(Generic[Thing]):
    """A thing that is in memory only while somebody holds what `get` returned."""

    def __init__(self, thing: Thing, rows: int) -> None:
        """Put a thing away that has so many rows."""
        self._file: IO[bytes] | None = None
        self._thing: Thing | None = None
        if rows <= LEAST:
            self._thing = thing
            return
        # Some systems keep their folder for temporary files in memory.
        folder = outputs_folder()
        self._file = tempfile.TemporaryFile(dir=folder if folder.is_dir() else None)  # noqa: SIM115
        # The columns go into the file from where they are: pickled they would be copied first.
        columns: list[pickle.PickleBuffer] = []
        self._pickled = pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=columns.append)
        self._sizes = [self._file.write(column.raw()) for column in columns]

    def get(self) -> Thing:
        """Return the thing."""
        if self._file is None:
            assert self._thing is not None
            return self._thing
        self._file.seek(0)
        columns = [bytearray(size) for size in self._sizes]
        for column in columns:
            self._file.readinto(column)  # type: ignore[attr-defined]
        thing: Thing = pickle.loads(self._pickled, buffers=columns)
        return thing

    def __del__(self) -> None:
        file: IO[bytes] | None = getattr(self, "_file", None)
        if file is not None:
            file.close()


def give_back() -> None:
    """Give the system the memory that nothing holds any more, which is otherwise kept for later."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # only glibc has it
            ctypes.CDLL(None).malloc_trim(0)
