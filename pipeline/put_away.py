"""What is not needed for a while, put into a file without a name: a large register would not fit into memory otherwise.

The file stands in no folder and is gone with this process, however that ends.
"""

from __future__ import annotations

import ctypes
import io
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, BinaryIO, Generic, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.pieces import slices
from pipeline.places import outputs_folder

Thing = TypeVar("Thing")

LEAST = 20_000
"""Rows up to which a thing stays in memory."""
_ROWS_OF_A_PIECE = 65_536


class PutAway(Generic[Thing]):
    """A thing that is in memory only while somebody holds what `get` returned."""

    def __init__(self, thing: Thing, rows: int) -> None:
        """Put a thing away that has so many rows."""
        self._file: BinaryIO | None = None
        self._thing: Thing | None = None
        if rows <= LEAST:
            self._thing = thing
            return
        # Some systems keep their folder for temporary files in memory.
        folder = outputs_folder()
        self._file = tempfile.TemporaryFile(dir=folder if folder.is_dir() else None)  # noqa: SIM115
        self._columns: list[tuple[int, int]] = []
        pickled = io.BytesIO()
        _Putting(pickled, self._file, self._put).dump(thing)
        self._pickled = pickled.getvalue()

    def get(self) -> Thing:
        """Return the thing."""
        if self._file is None:
            assert self._thing is not None
            return self._thing
        columns = (self._column(place, size) for place, size in self._columns)
        thing: Thing = _Getting(io.BytesIO(self._pickled), self._file, columns).load()
        return thing

    def _put(self, column: pickle.PickleBuffer) -> None:
        assert self._file is not None
        self._columns.append((self._file.tell(), self._file.write(column.raw())))

    def _column(self, place: int, size: int) -> bytearray:
        assert self._file is not None
        column = bytearray(size)
        self._file.seek(place)
        self._file.readinto(column)  # type: ignore[attr-defined]
        return column

    def __del__(self) -> None:
        file: BinaryIO | None = getattr(self, "_file", None)
        if file is not None:
            file.close()


def in_pieces(table: pd.DataFrame) -> list[PutAway[pd.DataFrame]]:
    """Put a table away some thousand rows at a time, so that no more of them need be in memory again at once."""
    pieces = (table.iloc[rows] for rows in slices(len(table), _ROWS_OF_A_PIECE))
    # A copy, since figures that lie apart in memory would be pickled into it.
    return [PutAway(piece.copy(), len(table)) for piece in pieces]


class _Putting(pickle.Pickler):
    """Puts columns into a file one by one: pickled all of them would be copied first."""

    def __init__(self, pickled: BinaryIO, file: BinaryIO, put: Callable[[pickle.PickleBuffer], None]) -> None:
        super().__init__(pickled, protocol=pickle.HIGHEST_PROTOCOL, buffer_callback=put)
        self._file = file

    def persistent_id(self, thing: Any) -> tuple[int, Any, tuple[int, ...] | None] | None:
        """Return where columns of times, of which pickle makes a copy, or a column of texts were put.

        Texts go as Arrow's own stream, piece by piece.
        """
        place = self._file.tell()
        if isinstance(thing, np.ndarray) and thing.dtype.kind in "mM":
            self._file.write(np.ascontiguousarray(thing).view("int64").data)
            return place, thing.dtype, thing.shape
        if isinstance(thing, pd.api.extensions.ExtensionArray) and isinstance(thing.dtype, pd.StringDtype):
            texts = pa.table({"": pa.array(thing)})
            with pa.ipc.new_stream(self._file, texts.schema) as stream:
                stream.write_table(texts)
            return place, thing.dtype, None
        return None


class _Getting(pickle.Unpickler):
    """Gets from the file what `_Putting` put there."""

    def __init__(self, pickled: BinaryIO, file: BinaryIO, columns: Iterable[bytearray]) -> None:
        super().__init__(pickled, buffers=columns)
        self._file = file

    def persistent_load(self, pid: tuple[int, Any, tuple[int, ...] | None]) -> Any:
        """Return columns of times, or a column of texts."""
        place, dtype, shape = pid
        self._file.seek(place)
        if shape is not None:
            times = np.empty(shape, "int64")
            self._file.readinto(times.data)  # type: ignore[attr-defined]
            return times.view(dtype)
        with pa.ipc.open_stream(self._file) as stream:
            return dtype.__from_arrow__(stream.read_all().column(0))


def give_back() -> None:
    """Give the system the memory that nothing holds any more, which is otherwise kept for later."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # only glibc has it
            ctypes.CDLL(None).malloc_trim(0)
