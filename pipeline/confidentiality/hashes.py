"""A set of numbers of 64 bits that is made once: eight bytes for each, where Python's own takes a hundred."""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt

_BITS_EACH = 16
_BITS_AT_A_TIME = 1 << 22


class Hashes:
    """A set of numbers, such as hashes: eight bytes for each, and some bits by which most others are told at once."""

    def __init__(self, values: array[int] | npt.NDArray[np.int64]) -> None:
        self._sorted = np.unique(np.asarray(values, dtype=np.int64))
        self._mask = (1 << max(10, (len(self._sorted) * _BITS_EACH).bit_length())) - 1
        self._bits = _packed(np.unique(self._sorted & self._mask), self._mask + 1)

    def __len__(self) -> int:
        """Count the numbers."""
        return len(self._sorted)

    def __contains__(self, value: int) -> bool:
        return self.place(value) >= 0

    def place(self, value: int) -> int:
        """Return the place of a number among the sorted ones; -1 if it is none of them."""
        bit = value & self._mask
        if not self._bits[bit >> 3] >> (bit & 7) & 1:
            return -1
        place = int(np.searchsorted(self._sorted, value))
        return place if place < len(self._sorted) and self._sorted[place] == value else -1


def _packed(places: npt.NDArray[np.int64], size: int) -> bytes:
    """Set some of `size` bits, in order; some at a time, since each takes a byte on the way."""
    parts = []
    for first in range(0, size, _BITS_AT_A_TIME):
        begin, end = np.searchsorted(places, (first, first + _BITS_AT_A_TIME))
        bits = np.zeros(min(_BITS_AT_A_TIME, size - first), dtype=bool)
        bits[places[begin:end] - first] = True
        parts.append(np.packbits(bits, bitorder="little").tobytes())
    return b"".join(parts)
