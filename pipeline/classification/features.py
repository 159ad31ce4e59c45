"""Texts as numbers for the learned model: their words, pairs of words and parts of words, weighed by rarity.

Parts of words are runs of two to four letters inside a word. They are counted once a distinct word, and a text's counts
are the sum over its words, which keeps a hundred thousand texts to some seconds. They make a word's other forms and
misspellings count, in any alphabet.

scikit-learn takes a second to import, so it is imported where it is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

LONGEST_TEXT = 20_000
"""Characters of a text that are read; what follows them counts for nothing."""
LONGEST_WORD = 40
"""Characters of a word that are read."""
LEAST_TEXTS = 2
"""Texts of the training set in which a word or a part of a word must stand."""
PARTS = (2, 4)
"""Letters of the shortest and the longest part of a word; the edge of a word is one of them."""
NUMBER = "0"
"""What every number becomes, so that none is learned by heart or shown."""

_PLACEHOLDER = re.compile(r"\[(?:person|organisation|contact)\]")
_TOKEN = re.compile(r"\w+|[?!]")
_DIGIT = re.compile(r"\d")


def words_of(text: object) -> list[str]:
    """Part a text into its words in small letters, question and exclamation marks; anything but a text has none.

    What redaction put in a name's place is left out, and whatever has a digit in it is `NUMBER`.
    """
    if not isinstance(text, str):
        return []
    known = unicodedata.normalize("NFKC", _PLACEHOLDER.sub(" ", text[:LONGEST_TEXT])).casefold()
    words = [word[:LONGEST_WORD] for word in _TOKEN.findall(known)]
    return [NUMBER if _DIGIT.search(word) else word for word in words] if _DIGIT.search(known) else words


def is_shown(term: str) -> bool:
    """Say whether a word, or a pair of them, tells a reader something: two letters at least, and no number in it."""
    return sum(letter.isalpha() for letter in term) > 1 and NUMBER not in term.split()


@dataclass(frozen=True)
class Vocabulary:
    """The words and pairs, and the parts of words, that a training set has, each at its column."""

    words: Any
    parts: Any

    @property
    def terms(self) -> Any:
        """The words and pairs by their column, before those of the parts."""
        return self.words.get_feature_names_out()

    def counts(self, texts: Iterable[list[str]]) -> Any:
        """Count words, pairs and parts: one row a text, a sparse matrix of the vocabulary's columns."""
        from scipy.sparse import hstack

        listed = list(texts)
        single, distinct = _distinct(listed)
        in_parts = single @ self.parts.transform(distinct) if distinct else self.parts.transform([""] * len(listed))
        return hstack([self.words.transform(listed), in_parts]).tocsr()


def vocabulary(texts: Iterable[list[str]]) -> Vocabulary:
    """Learn the vocabulary of texts that are parted into words; at least one must have a word."""
    from sklearn.feature_extraction.text import CountVectorizer

    listed = list(texts)
    words = CountVectorizer(analyzer=_words_and_pairs).fit(listed)
    parts = CountVectorizer(analyzer="char_wb", ngram_range=PARTS, lowercase=False).fit(_distinct(listed)[1])
    return Vocabulary(words, parts)


@dataclass(frozen=True)
class Weighing:
    """Which columns of the counts are used, and how: by rarity, each text's words and parts to length one."""

    columns: Any
    rarity: Any
    first_part: int

    def __call__(self, counts: Any) -> Any:
        """Weigh counts: the logarithm of how often, times the rarity; words and parts are scaled apart."""
        from scipy.sparse import hstack

        weighed = counts[:, self.columns].astype(np.float64)
        weighed.data = 1.0 + np.log(weighed.data)
        weighed = weighed.multiply(self.rarity[np.newaxis, :]).tocsr()
        return hstack([_scaled(weighed[:, : self.first_part]), _scaled(weighed[:, self.first_part :])]).tocsr()


def weighing(counts: Any, n_words: int) -> Weighing:
    """Learn which columns stand in enough texts, and how rare each is; `n_words` columns are words and pairs."""
    texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
    columns = np.flatnonzero(texts_with >= LEAST_TEXTS)
    rarity = np.log((1 + counts.shape[0]) / (1 + texts_with[columns])) + 1
    return Weighing(columns, rarity, int((columns < n_words).sum()))


def _scaled(rows: Any) -> Any:
    from scipy.sparse import diags_array

    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return diags_array(1 / np.where(length > 0, length, 1.0)) @ rows


def _words_and_pairs(words: list[str]) -> list[str]:
    return words + [f"{one} {other}" for one, other in pairwise(words)]


def _itself(words: list[str]) -> list[str]:
    return words


def _distinct(texts: list[list[str]]) -> tuple[Any, list[str]]:
    """Count each distinct word in each text: a sparse matrix, and the words by its column."""
    from sklearn.feature_extraction.text import CountVectorizer

    if not any(texts):
        return None, []
    counter = CountVectorizer(analyzer=_itself)
    return counter.fit_transform(texts), list(counter.get_feature_names_out())
