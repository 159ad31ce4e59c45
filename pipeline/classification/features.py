"""Texts as numbers for the learned model: their words, pairs of words and parts of words, weighed by rarity.

Parts of words are runs of two to four letters inside a word. Words, pairs and parts are looked up once for each that
differs, and a text's counts are put together from them, which keeps a hundred thousand texts to some seconds. By its
parts a word counts in its other forms and misspellings too, in any alphabet.

scikit-learn takes a second to import, so it is imported where it is used.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.confidentiality.hits import PLACEHOLDER

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

_TOKEN = re.compile(r"\w+|[?!]")
_DIGIT = re.compile(r"\d")


def words_of(text: object) -> list[str]:
    """Part a text into its words in small letters, question and exclamation marks; anything but a text has none.

    What redaction put in a name's place is left out, and whatever has a digit in it is `NUMBER`.
    """
    if not isinstance(text, str):
        return []
    known = unicodedata.normalize("NFKC", PLACEHOLDER.sub(" ", text[:LONGEST_TEXT])).casefold()
    words = [word[:LONGEST_WORD] for word in _TOKEN.findall(known)]
    return [NUMBER if _DIGIT.search(word) else word for word in words] if _DIGIT.search(known) else words


def is_shown(term: str) -> bool:
    """Say whether a word, or a pair of them, tells a reader something: two letters at least, and no number in it."""
    return sum(letter.isalpha() for letter in term) > 1 and NUMBER not in term.split()


@dataclass(frozen=True)
class Corpus:
    """Texts parted into words, read once for all models.

    `distinct` are the words that occur; `words` holds each text's words in their order, by their place in `distinct`,
    one text after the other; text i has those from `starts[i]` to `starts[i + 1]`.
    """

    distinct: list[str]
    words: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[list[str]]) -> Corpus:
        """Number the words of texts that are parted already."""
        place: defaultdict[str, int] = defaultdict()
        place.default_factory = place.__len__
        words, lengths = array("q"), array("q", [0])
        for text in texts:
            words.extend([place[word] for word in text])
            lengths.append(len(text))
        starts = np.cumsum(np.frombuffer(lengths, dtype=np.int64))
        return cls(list(place), np.frombuffer(words, dtype=np.int64), starts)

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.starts) - 1


def read(texts: Iterable[object]) -> Corpus:
    """Part texts into words; see `words_of`."""
    return Corpus.of(words_of(text) for text in texts)


@dataclass(frozen=True)
class Vocabulary:
    """The words and pairs, and the parts of words, that a training set has, each at its column."""

    words: Any
    parts: Any

    @cached_property
    def terms(self) -> Any:
        """The words and pairs by their column, before those of the parts."""
        return self.words.get_feature_names_out()

    def on(self, corpus: Corpus) -> Counting:
        """Look the words of a corpus up, so that its texts can be counted."""
        known = self.words.vocabulary_
        column_of_word = np.array([known.get(word, -1) for word in corpus.distinct], dtype=np.int64)
        parts = self.parts.transform(corpus.distinct or [""])
        return Counting(corpus, known, column_of_word, parts)


@dataclass(frozen=True)
class Counting:
    """Counts the words, pairs and parts of a corpus: columns as `vocabulary` has them, -1 for a word that it has not.

    `parts_of_word` has a row for each distinct word of the corpus.
    """

    corpus: Corpus
    vocabulary: Mapping[str, int]
    column_of_word: npt.NDArray[np.int64]
    parts_of_word: Any

    def rows(self, first: int = 0, last: int | None = None) -> Any:
        """Count in the texts from `first` to before `last`: a sparse matrix, one row a text."""
        from scipy.sparse import csr_array, hstack

        starts = self.corpus.starts[first : None if last is None else last + 1]
        words, starts = self.corpus.words[starts[0] : starts[-1]], starts - starts[0]
        n_words = max(len(self.corpus.distinct), 1)
        single = csr_array((np.ones(len(words), np.int64), words, starts), shape=(len(starts) - 1, n_words))
        return hstack([self._terms(words, starts), single @ self.parts_of_word]).tocsr()

    def _terms(self, words: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]) -> Any:
        """Count the words and the pairs of neighbours; both words of a known pair are known."""
        from scipy.sparse import coo_array

        text = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        columns = self.column_of_word[words]
        is_known = columns >= 0
        pairs = np.flatnonzero(is_known[:-1] & is_known[1:] & (text[:-1] == text[1:]))
        distinct, which = np.unique(columns[pairs] * len(self.vocabulary) + columns[pairs + 1], return_inverse=True)
        terms = self._words_by_column
        ones, others = np.divmod(distinct, max(len(self.vocabulary), 1))
        spelt = (f"{terms[one]} {terms[other]}" for one, other in zip(ones.tolist(), others.tolist(), strict=True))
        of_pairs = np.array([self.vocabulary.get(pair, -1) for pair in spelt], dtype=np.int64)[which]
        kept = of_pairs >= 0
        row = np.concatenate([text[is_known], text[pairs][kept]])
        column = np.concatenate([columns[is_known], of_pairs[kept]])
        shape = (len(starts) - 1, len(self.vocabulary))
        return coo_array((np.ones(len(row), np.int64), (row, column)), shape=shape).tocsr()

    @cached_property
    def _words_by_column(self) -> dict[int, str]:
        return dict(zip(self.column_of_word.tolist(), self.corpus.distinct, strict=True))


def vocabulary(corpus: Corpus) -> Vocabulary:
    """Learn the vocabulary of a corpus; at least one text must have a word."""
    from sklearn.feature_extraction.text import CountVectorizer

    texts = np.split(np.array(corpus.distinct, dtype=object)[corpus.words], corpus.starts[1:-1])
    words = CountVectorizer(analyzer=_words_and_pairs).fit([text.tolist() for text in texts])
    parts = CountVectorizer(analyzer="char_wb", ngram_range=PARTS, lowercase=False).fit(corpus.distinct)
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
