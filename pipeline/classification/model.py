"""The learned model: from texts that a person labelled, to a label for others, with how sure it is and the words why.

A logistic regression on words, pairs of words and parts of words, each class weighed alike. The same training set gives
the same model, whatever the order of its rows, the machine or the number of its processors: rows are sorted by their
digest, the fit runs to its one optimum on one thread, and weights and confidences are rounded before they are used.

Nothing of it is stored but its card (`card.py`): it is trained anew from the labelled rows in seconds. A stored model
would be code that runs when it is opened (a pickle), or a second truth beside the rows that it came from, with words of
grievances in it.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.classification.calibration import Sureness, sureness, threshold_for
from pipeline.classification.features import (
    Corpus,
    Vocabulary,
    Weighing,
    is_shown,
    read,
    vocabulary,
    weighing,
    words_of,
)
from pipeline.project import NOT_STATED

MINIMUM_PER_CLASS = 20
"""Different texts that a class must have for the model to learn it."""
PRECISION = 0.9
"""Share of the labels given that shall be right, as a rule."""
FOLDS = 5
SEED = 20240101
"""Decides which row is in which fold, and nothing else: no other step draws lots."""
STRENGTH = 2.0
"""How far the weights may follow the rows: scikit-learn's C."""
EVIDENCE_WORDS = 3
"""Words that a label names at most."""

_ROWS_AT_ONCE = 5_000
"""Rows that are weighed together, so that memory stays small."""
_TOLERANCE = 1e-11
"""Where the fit ends; two machines then differ by less than a millionth of what rounding takes away."""
_WEIGHT_DECIMALS = 3


@dataclass(frozen=True)
class Trained:
    """A model and what is known of it.

    `out_of_fold` has a row for each training text, indexed as the texts were: `label` (what the person said),
    `candidate`, `confidence` and `class`, from models that had seen neither the row nor another with its text.
    `counts` are the training texts of each class that it learned, `left_out` those of classes that have too few.
    """

    classes: tuple[str, ...]
    vocabulary: Vocabulary
    weighing: Weighing
    weights: Any
    constants: Any
    sureness: Sureness
    precision: float
    threshold: float
    minimum_per_class: int
    out_of_fold: pd.DataFrame
    counts: dict[str, int]
    left_out: dict[str, int]
    without_words: int
    training_hash: str
    model_hash: str

    @cached_property
    def terms(self) -> tuple[Any, Any]:
        """The words and pairs that are weighed, and which of them may be shown as evidence."""
        terms = self.vocabulary.terms[self.weighing.columns[: self.weighing.first_part]]
        return terms, np.fromiter((is_shown(term) for term in terms), bool, len(terms))


def lacking(texts: Iterable[object], labels: Iterable[object], *, minimum_per_class: int = MINIMUM_PER_CLASS) -> str:
    """Say in a sentence why no model can be learned from these rows; empty where one can."""
    rows = _rows(texts, labels)
    different = _different(rows)
    able = int((different >= minimum_per_class).sum())
    if able >= 2:
        return ""
    found = ", ".join(f"{name} {count}" for name, count in different.items()) or "none"
    return (
        f"No model is learned: it takes {minimum_per_class} different labelled texts in each of at least two classes, "
        f"and there are: {found}."
    )


def train(
    texts: Iterable[object],
    labels: Iterable[object],
    *,
    minimum_per_class: int = MINIMUM_PER_CLASS,
    precision: float = PRECISION,
) -> Trained | None:
    """Learn from labelled texts; None where there are too few, and `lacking` says why.

    Rows without a label, or 'not_stated', and rows without a word teach nothing and are left out. A class with fewer
    than `minimum_per_class` different texts is never said; its rows count as errors in `out_of_fold`, since such texts
    will come. Labels are given from the confidence on from which `precision` (0 to 1) was reached out of fold. Texts
    must be redacted: the model names their words.
    """
    given = _rows(texts, labels)
    if lacking(texts=given["text"], labels=given["label"], minimum_per_class=minimum_per_class):
        return None
    rows = given[given["words"].map(bool).astype(bool)].sort_values(["digest", "label"], kind="stable")
    different = _different(rows)
    classes = tuple(str(name) for name in different.index[different >= minimum_per_class])
    known = vocabulary(Corpus.of(rows.loc[rows["label"].isin(classes), "words"]))
    counts = known.on(Corpus.of(rows["words"])).rows()
    place = rows["label"].map({name: place for place, name in enumerate(classes)}).fillna(-1).to_numpy(int)
    with _one_thread():
        out_of_fold, curve = _out_of_fold(rows, counts, place, len(known.terms), classes)
        columns, weights, constants = _fit(counts, place, len(known.terms), len(classes))
    threshold = threshold_for(precision, out_of_fold["confidence"], out_of_fold["label"] == out_of_fold["candidate"])
    numbers = rows["label"].value_counts().sort_index()
    return Trained(
        classes=classes,
        vocabulary=known,
        weighing=columns,
        weights=weights,
        constants=constants,
        sureness=curve,
        precision=precision,
        threshold=threshold,
        minimum_per_class=minimum_per_class,
        out_of_fold=_with_class(out_of_fold, threshold)
        .sort_index(kind="stable")
        .set_index("given_index")
        .rename_axis(None),
        counts={str(name): int(count) for name, count in numbers.items() if name in classes},
        left_out={str(name): int(count) for name, count in numbers.items() if name not in classes},
        without_words=len(given) - len(rows),
        training_hash=_training_hash(rows),
        model_hash=_model_hash(classes, known, columns, weights, constants, curve, threshold),
    )


def predict(trained: Trained, texts: pd.Series, corpus: Corpus | None = None) -> pd.DataFrame:
    """Label texts, indexed as they are: columns `class`, `confidence`, `evidence`, `candidate`.

    `class` is 'not_stated' below the model's threshold, and where no word of the text is known. `candidate` is what it
    would have said, for the list that a person reviews. `confidence` (0 to 1) is the candidate's. `evidence` names the
    words that weighed most for the candidate against the next class, the weightiest first. Any text is taken. `corpus`
    are the same texts, where they are parted into words already.
    """
    counting = trained.vocabulary.on(read(texts) if corpus is None else corpus)
    empty = pd.DataFrame({"candidate": [], "evidence": []}, dtype="str").assign(confidence=pd.Series(dtype=float))
    parts = [
        _predicted(trained, counting.rows(first, min(first + _ROWS_AT_ONCE, len(texts))))
        for first in range(0, len(texts), _ROWS_AT_ONCE)
    ]
    labelled = pd.concat(parts or [empty], ignore_index=True).set_axis(texts.index)
    return _with_class(labelled, trained.threshold)[["class", "confidence", "evidence", "candidate"]]


def folds(texts: Sequence[str], labels: Sequence[str], n: int = FOLDS, seed: int = SEED) -> Any:
    """Deal the rows out to `n` folds, class by class: the number of each row's fold, 0 to n - 1.

    A text that occurs more than once is in one fold, so that no model is tried on a text it has seen. The order follows
    from the seed and the texts, not from that of the rows.
    """
    keys = [_digest(f"{seed}|{text}") for text in texts]
    once = pd.DataFrame({"key": keys, "label": list(labels)}).sort_values(["key", "label"]).drop_duplicates("key")
    once = once.sort_values(["label", "key"], kind="stable")
    number = pd.Series(np.arange(len(once)) % n, index=once["key"])
    return number.reindex(keys).to_numpy()


def _rows(texts: Iterable[object], labels: Iterable[object]) -> pd.DataFrame:
    """List the labelled rows, by their place: the text, its words and digest, the label, the index it came with."""
    index = texts.index if isinstance(texts, pd.Series) else None
    text = pd.Series(["" if not isinstance(one, str) else one for one in texts], dtype=object)
    label = pd.Series([one if isinstance(one, str) else "" for one in labels], dtype=object)
    if len(text) != len(label):
        raise ValueError("there must be a label for each text")
    rows = pd.DataFrame({"text": text, "label": label, "given_index": text.index if index is None else index})
    rows = rows[~rows["label"].isin(["", NOT_STATED])]
    return rows.assign(
        words=pd.Series([words_of(one) for one in rows["text"]], index=rows.index, dtype=object),
        digest=pd.Series([_digest(one) for one in rows["text"]], index=rows.index, dtype=object),
    )


def _different(rows: pd.DataFrame) -> pd.Series:
    """Count the different texts that have a word, by class."""
    usable = rows[rows["words"].map(bool).astype(bool)]
    return usable.groupby("label")["digest"].nunique().sort_index()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fit(counts: Any, place: Any, n_words: int, n_classes: int) -> tuple[Weighing, Any, Any]:
    """Fit the weights on the rows whose class has a place: one row of weights a class, and a constant for each."""
    from sklearn.linear_model import LogisticRegression

    has_class = place >= 0
    columns = weighing(counts[has_class], n_words)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="newton-cg", tol=_TOLERANCE, max_iter=1000)
    with warnings.catch_warnings():  # where the last digit is reached before the tolerance
        warnings.simplefilter("ignore")
        model.fit(columns(counts[has_class]), place[has_class])
    weights, constants = np.round(model.coef_, _WEIGHT_DECIMALS), np.round(model.intercept_, _WEIGHT_DECIMALS)
    if n_classes == 2:  # one row of weights, for the second class
        weights, constants = np.vstack([0 * weights, weights]), np.concatenate([0 * constants, constants])
    return columns, weights + 0.0, constants + 0.0  # no negative zero


def _out_of_fold(
    rows: pd.DataFrame, counts: Any, place: Any, n_words: int, classes: tuple[str, ...]
) -> tuple[pd.DataFrame, Sureness]:
    """Label each row by a model that has not seen it, and learn from that how sure a label is."""
    fold = folds(rows["text"].tolist(), rows["label"].tolist())
    named, lead = np.zeros(len(rows), int), np.zeros(len(rows))
    for number in range(FOLDS):
        inside, outside = fold == number, np.where(fold == number, -1, place)
        columns, weights, constants = _fit(counts, outside, n_words, len(classes))
        named[inside], lead[inside], _ = _named(columns(counts[inside]) @ weights.T + constants)
    is_right = named == place
    confidence = np.zeros(len(rows))
    for number in range(FOLDS):
        inside = fold == number
        curve = sureness(named[~inside], lead[~inside], is_right[~inside], len(classes))
        confidence[inside] = curve(named[inside], lead[inside])
    candidate = np.asarray(classes, dtype=object)[named]
    table = rows[["label", "given_index"]].assign(candidate=candidate, confidence=confidence)
    return table, sureness(named, lead, is_right, len(classes))


def _named(scores: Any) -> tuple[Any, Any, Any]:
    """Find the best class of each row, its lead over all others in log-odds, and the next class."""
    scores = np.round(scores, 6)
    rows = np.arange(len(scores))
    named = scores.argmax(axis=1)
    others = scores.copy()
    others[rows, named] = -np.inf
    following = others.argmax(axis=1)
    highest = others.max(axis=1)
    rest = highest + np.log(np.exp(others - highest[:, np.newaxis]).sum(axis=1))
    return named, scores[rows, named] - rest, following


def _predicted(trained: Trained, counts: Any) -> pd.DataFrame:
    weighed = trained.weighing(counts)
    named, lead, following = _named(weighed @ trained.weights.T + trained.constants)
    is_known = np.diff(weighed.indptr) > 0
    candidate = np.where(is_known, np.asarray(trained.classes, dtype=object)[named], NOT_STATED)
    return pd.DataFrame(
        {
            "candidate": pd.Series(candidate, dtype="str"),
            "confidence": np.where(is_known, trained.sureness(named, lead), 0.0),
            "evidence": pd.Series(_evidence(trained, weighed, named, following), dtype="str"),
        }
    )


def _evidence(trained: Trained, weighed: Any, named: Any, following: Any) -> list[str]:
    """Name the words and pairs of each row that speak most for its class against the next one."""
    terms, shown = trained.terms
    words = weighed[:, : trained.weighing.first_part].tocoo()
    row, column = words.coords
    weight = words.data * (trained.weights[named[row], column] - trained.weights[following[row], column])
    weight = np.round(weight, 6)
    kept = np.flatnonzero((weight > 0) & shown[column])
    order = kept[np.lexsort((column[kept], -weight[kept], row[kept]))]
    listed = pd.DataFrame({"row": row[order], "term": terms[column[order]]}).groupby("row").head(EVIDENCE_WORDS)
    texts = [""] * weighed.shape[0]
    for at, term in zip(listed["row"], listed["term"], strict=True):
        texts[at] = f"{texts[at]}, {term}" if texts[at] else term
    return texts


def _with_class(labelled: pd.DataFrame, threshold: float) -> pd.DataFrame:
    return labelled.assign(**{"class": labelled["candidate"].where(labelled["confidence"] >= threshold, NOT_STATED)})


def _training_hash(rows: pd.DataFrame) -> str:
    """Digest the sorted pairs of a text's digest and its label; the texts cannot be read from it."""
    return _digest("\n".join(f"{digest} {label}" for digest, label in zip(rows["digest"], rows["label"], strict=True)))


def _model_hash(
    classes: tuple[str, ...],
    known: Vocabulary,
    columns: Weighing,
    weights: Any,
    constants: Any,
    curve: Sureness,
    threshold: float,
) -> str:
    """Digest all that a label follows from, to the decimals that are used."""
    names = np.concatenate([known.terms, known.parts.get_feature_names_out()])[columns.columns]
    digest = hashlib.sha256()
    for part in (*classes, *names, repr(curve), repr(threshold)):
        digest.update(f"{part}\n".encode("utf-8", "surrogatepass"))
    for numbers in (weights, constants):
        digest.update(np.round(numbers * 10**_WEIGHT_DECIMALS).astype("<i8").tobytes())
    return digest.hexdigest()


def _one_thread() -> Any:
    """Keep the linear algebra on one thread: sums over several add up in another order."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)
