"""How well the learned model does on real texts that people labelled, beside two that know less.

Five folds, dealt out by class, with every text in one fold; all that is learned, the confidence included, is learned
from the other four. The majority class says what no reading gives; the plain one is scikit-learn's TF-IDF and logistic
regression as they come.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.classification.calibration import accuracy_at, calibration_error, coverage, reliability
from pipeline.classification.card import per_class
from pipeline.classification.model import FOLDS, folds, predict, train
from pipeline.errors import InputError

METHODS = ("majority class", "plain TF-IDF", "learned model")
DISASTER = "disaster_response_messages/disaster_response_validation.csv"
BOSTON = "boston311_2015/boston_general_comments_typed_H1.csv.gz"
_STAMP = (
    r"^Case Closed\.?\s*(?:Closed date : [\d-]+ [\d:.]+\s*)?"
    r"(?:Case (?:Noted|Resolved|Invalid|Scheduled)|Duplicate of Existing Case)?\s*"
)
"""What the city's system writes before an official's note."""


@dataclass(frozen=True)
class LabelledSet:
    """Texts with a label each, and what was done to get them."""

    name: str
    texts: pd.Series
    labels: pd.Series
    note: str


@dataclass(frozen=True)
class Evaluation:
    """The tables of an evaluation; shares are 0 to 1, `seconds_per_1000` is as measured and differs each time.

    `sets`: set, class, n. `scores`: set, method, n, macro_f1, accuracy, calibration_error, accuracy_on_surest_half,
    share_named, precision_named, seconds_per_1000 (the last of prediction alone). `classes`, `reliability`, `coverage`:
    those of `card.py` and `calibration.py` by set, and the latter two by method.
    """

    notes: dict[str, str]
    sets: pd.DataFrame
    scores: pd.DataFrame
    classes: pd.DataFrame
    reliability: pd.DataFrame
    coverage: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Name the tables."""
        return {name: getattr(self, name) for name in ("sets", "scores", "classes", "reliability", "coverage")}

    def text(self) -> str:
        """Write the sets, their notes and the scores for the terminal, with three decimals."""
        parts = []
        for name, note in self.notes.items():
            classes = self.sets[self.sets["set"] == name]
            counted = ", ".join(f"{one} {n}" for one, n in zip(classes["class"], classes["n"], strict=True))
            scores = self.scores[self.scores["set"] == name].drop(columns="set")
            parts.append(f"{name}: {counted}. {note}\n\n{scores.to_string(index=False, float_format='%.3f')}\n")
        return "\n".join(parts)


def evaluate(shared_data: Path) -> Evaluation:
    """Try the three methods on the three sets below `shared_data`; a file that is absent is an `InputError`."""
    sets = labelled_sets(shared_data)
    tried = {(one.name, method): _tried(one, method) for one in sets for method in METHODS}
    by_method = {key: rows for key, (rows, _) in tried.items()}
    return Evaluation(
        notes={one.name: one.note for one in sets},
        sets=pd.DataFrame(
            [(one.name, name, int(n)) for one in sets for name, n in one.labels.value_counts().sort_index().items()],
            columns=["set", "class", "n"],
        ),
        scores=pd.DataFrame([{"set": s, "method": m, **_scores(*tried[s, m])} for s, m in tried]),
        classes=_by_set({one.name: per_class(by_method[one.name, METHODS[-1]]) for one in sets}),
        reliability=_by_method({key: reliability(rows["confidence"], _right(rows)) for key, rows in by_method.items()}),
        coverage=_by_method({key: coverage(rows["confidence"], _right(rows)) for key, rows in by_method.items()}),
    )


def labelled_sets(shared_data: Path) -> list[LabelledSet]:
    """Read the three sets; see each one's note."""
    messages = _read(shared_data, DISASTER)
    related = messages[messages["related"].isin(["0", "1"])]
    cases = _read(shared_data, BOSTON)
    notes = cases["CLOSURE_REASON"].str.replace(_STAMP, "", regex=True).str.strip()
    return [
        LabelledSet(
            "related or not",
            related["message"],
            related["related"].map({"0": "unrelated", "1": "related"}),
            f"Disaster messages; {len(messages) - len(related)} with the label 2 (unclear) are left out.",
        ),
        LabelledSet(
            "request or not",
            messages["message"],
            messages["request"].map({"0": "other", "1": "request"}),
            "Disaster messages, all.",
        ),
        LabelledSet(
            "complaint, comment, compliment",
            notes[notes != ""],
            cases.loc[notes != "", "type_label"].str.lower(),
            f"Boston 2015; the text is the official's closing note, since the caller's words are not in the data, and "
            f"{int((notes == '').sum())} cases without one are left out. The title is not read: it says the label.",
        ),
    ]


def _read(shared_data: Path, name: str) -> pd.DataFrame:
    path = shared_data / name
    if not path.is_file():
        raise InputError(f"{name} is not in the folder of real data. Put it there; see docs/classification.md.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _majority(texts: pd.Series, labels: pd.Series, others: pd.Series) -> tuple[pd.DataFrame, float]:
    shares = labels.value_counts(normalize=True).sort_index().sort_values(ascending=False, kind="stable")
    return _labelled(others, [shares.index[0]] * len(others), [shares.iloc[0]] * len(others)), 0.0


def _plain(texts: pd.Series, labels: pd.Series, others: pd.Series) -> tuple[pd.DataFrame, float]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        words = TfidfVectorizer()
        model = LogisticRegression().fit(words.fit_transform(texts.tolist()), labels.to_numpy(object))
        began = time.perf_counter()
        chances = np.round(model.predict_proba(words.transform(others.tolist())), 6)
    rows = _labelled(others, model.classes_[chances.argmax(axis=1)], chances.max(axis=1))
    return rows, time.perf_counter() - began


def _learned(texts: pd.Series, labels: pd.Series, others: pd.Series) -> tuple[pd.DataFrame, float]:
    trained = train(texts, labels)
    if trained is None:
        raise InputError("A fold has too few texts of a class to learn from.")
    began = time.perf_counter()
    rows = predict(trained, others)
    return rows, time.perf_counter() - began


_LEARNERS: dict[str, Callable[[pd.Series, pd.Series, pd.Series], tuple[pd.DataFrame, float]]] = dict(
    zip(METHODS, (_majority, _plain, _learned), strict=True)
)


def _labelled(texts: pd.Series, candidate: object, confidence: object) -> pd.DataFrame:
    table = pd.DataFrame({"candidate": candidate, "confidence": confidence}, index=texts.index)
    return table.assign(**{"class": table["candidate"]})


def _tried(one: LabelledSet, method: str) -> tuple[pd.DataFrame, float]:
    """Label each fold by what the others taught: the rows with `label`, and the seconds that labelling took."""
    fold = folds(one.texts.tolist(), one.labels.tolist())
    parts, seconds = [], 0.0
    for number in range(FOLDS):
        inside = fold == number
        rows, took = _LEARNERS[method](one.texts[~inside], one.labels[~inside], one.texts[inside])
        parts.append(rows.assign(label=one.labels[inside]))
        seconds += took
    return pd.concat(parts).sort_index(kind="stable"), seconds


def _right(rows: pd.DataFrame) -> pd.Series:
    return rows["candidate"] == rows["label"]


def _scores(rows: pd.DataFrame, seconds: float) -> dict[str, float]:
    is_right, is_named = _right(rows), rows["class"] != "not_stated"
    return {
        "n": len(rows),
        "macro_f1": float(per_class(rows)["f1"].mean()),
        "accuracy": float(is_right.mean()),
        "calibration_error": calibration_error(rows["confidence"], is_right),
        "accuracy_on_surest_half": accuracy_at(rows["confidence"], is_right, 0.5),
        "share_named": float(is_named.mean()),
        "precision_named": float(is_right[is_named].mean()),
        "seconds_per_1000": seconds / len(rows) * 1000,
    }


def _by_set(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(set=name) for name, table in tables.items()], ignore_index=True)


def _by_method(tables: dict[tuple[str, str], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(set=s, method=m) for (s, m), table in tables.items()], ignore_index=True)
