"""Names in scripts that write words together: within a run of letters, and before endings that no blank parts.

Words are looked up by their first two characters and by the lengths that names have after these, so that the time is
set by the text, however many names there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.confidentiality.scripts import MARKS, UNSPACED, Script, script_of

_LONGEST = 40
_FIRST = 2
"""Characters by which a name is looked up."""
_REST_OF_A_LETTER = re.compile(f"[{MARKS}\u1160-\u11ff]*")
"""Marks of a letter, and what a Korean syllable has behind its first letter."""
_JOINS = "\u17d2\u1039"
"""Signs that make one letter of two, in Khmer and in the script of Myanmar: no name begins behind one."""
_ANY = re.compile(".+", re.DOTALL)
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")


class RunOnNames:
    """Words of names (folded) in scripts that write words together, to be found within longer ones."""

    def __init__(self, words: Iterable[str]) -> None:
        self._stems: dict[str, list[str]] = {}
        self._short: set[str] = set()
        lengths: dict[str, set[int]] = {}
        for word in words:
            script = script_of(word[0])
            if script is None or len(word) > _LONGEST:
                continue
            for stem in _stems(word, script):
                self._stems.setdefault(stem, []).append(word)
                lengths.setdefault(stem[:_FIRST], set()).add(len(stem))
            if not script.is_spaced and len(word) < script.shortest:
                self._short.add(word)
        self._lengths = {first: sorted(those, reverse=True) for first, those in lengths.items()}

    def is_short(self, word: str) -> bool:
        """Say whether a word is too short to be a name within a run; beside the other words of the name it is one."""
        return word in self._short

    def pieces(self, text: str, words: Sequence[re.Match[str]]) -> list[re.Match[str]]:
        """Cut the words of a text that are written without blanks, so that each name in one is a piece of its own.

        Where names overlap they are one piece. What goes on with a mark belongs to the letter before it.
        """
        if not self._stems or text.isascii():
            return list(words)
        cut: list[re.Match[str]] = []
        for word in words:
            if not _IS_UNSPACED.match(word[0]):
                cut.append(word)
                continue
            edges = sorted({word.start(), word.end(), *(edge for place in self._places(word) for edge in place)})
            cut.extend(piece for one, end in pairwise(edges) if (piece := _ANY.match(text, one, end)))
        return cut

    def _places(self, word: re.Match[str]) -> Iterator[tuple[int, int]]:
        """Yield the places in a text of the names within a word, in order and apart."""
        run = word[0].casefold()
        if len(run) != len(word[0]):
            return
        begin = end = 0
        for first, last in self._within(run):
            if first >= end and end:
                yield word.start() + begin, word.start() + end
            begin, end = (first, last) if first >= end else (begin, max(end, last))
        if end:
            yield word.start() + begin, word.start() + end

    def _within(self, run: str) -> Iterator[tuple[int, int]]:
        """Yield where names stand in a run of letters, by the place at which they begin; the marks behind included."""
        for first in range(len(run)):
            for length in self._lengths.get(run[first : first + _FIRST], ()):
                stem = run[first : first + length]
                if stem in self._stems and self._may_stand(run, first, first + length):
                    yield first, _whole_letters(run, first + length)
                    break

    def _may_stand(self, run: str, first: int, last: int) -> bool:
        """Say whether a name may stand there: a short one only at an edge, beside the other words of the name."""
        is_inside = first > 0 and last < len(run)
        return not (first and run[first - 1] in _JOINS) and not (is_inside and run[first:last] in self._short)

    def words_in(self, piece: str) -> Iterator[tuple[str, str]]:
        """Yield the words of names for which a piece of a text stands besides itself, each as it is written there.

        In a script without blanks these are the ones within it; in another one those that it begins with.
        """
        folded = piece.casefold()
        script = script_of(folded[0])
        if script is None or len(folded) != len(piece):
            return
        if script.is_spaced:
            yield from self._begun(piece, folded, script)
            return
        found: dict[str, str] = {}
        for first in range(len(folded)):
            for length in self._lengths.get(folded[first : first + _FIRST], ()):
                for word in self._stems.get(folded[first : first + length], ()):
                    if word != folded and word not in self._short:
                        found.setdefault(word, piece[first : first + length])
        yield from found.items()

    def _begun(self, piece: str, folded: str, script: Script) -> Iterator[tuple[str, str]]:
        for before in ("", *script.prefixes):
            if not folded.startswith(before):
                continue
            first = len(before)
            for length in self._lengths.get(folded[first : first + _FIRST], ()):
                rest = len(folded) - first - length
                is_name = script.longest_ending is None or rest <= script.longest_ending
                for word in self._stems.get(folded[first : first + length], ()) if is_name else ():
                    if word != folded and (rest or word == folded[first:]):
                        whole = len(word) == length
                        yield word, piece[first : first + length] if whole else word


def _stems(word: str, script: Script) -> Iterator[str]:
    """Yield what of a word of a name is looked for: the word, and before an ending the word without what it loses."""
    if not script.is_spaced or len(word) >= script.begins_from:
        yield word
    if len(word) > script.begins_from and word[-1] in script.may_lose:
        yield word[:-1]


def _whole_letters(run: str, end: int) -> int:
    rest = _REST_OF_A_LETTER.match(run, end)
    return rest.end() if rest else end
