"""Marks that turn the direction of writing: left out of texts that people write, as they are out of a register.

An override or an isolate of Unicode's bidirectional algorithm (UAX 9) that is not ended reorders what stands beside
it: a name can be written so that it reads as another, and a figure so that its digits turn around. Letters of Arabic or
Hebrew run from right to left without them.
"""

from __future__ import annotations

_MARKS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def without_directions(text: str) -> str:
    """Return a text without marks, embeddings, overrides and isolates of direction."""
    return text.translate(_MARKS)
