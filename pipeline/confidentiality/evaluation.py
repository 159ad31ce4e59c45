"""How much redaction finds in texts that people marked, and how many other words it touches, beside simpler means.

A marked name is found if every word of it is touched by a hit of any kind; anything else, such as a number, if each of
its letters and digits lies in a hit. A word (what stands between blanks and holds a letter or a digit) is wrongly
touched if a hit touches it and no marked place does. A hit is right if it touches a marked place, of whatever kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.confidentiality.finders import finders
from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.labelled_texts import LabelledText, Marked, labelled_texts

PARTS = ("all", "held out")
"""All texts of a set, and those at odd places, at which nobody looked while the rules were written."""
_WORD = re.compile(r"\S*[^\W_]\S*")
_NAMES = ("person", "organisation", "address")


@dataclass(frozen=True)
class Evaluation:
    """The tables of an evaluation; shares are 0 to 1, missing where there is nothing to divide.

    `words`: set, part, method, texts, words, wrongly_touched, wrongly_touched_per_100. `kinds`: set, part, method,
    kind, n (marked places), found, recall, hits, precision. `absent`: methods that are not installed.
    """

    words: pd.DataFrame
    kinds: pd.DataFrame
    absent: tuple[str, ...]

    def text(self) -> str:
        """Write the tables for the terminal: for each set the shares found by kind, with three decimals."""
        parts = []
        for (name, part), rows in self.words.groupby(["set", "part"], sort=False):
            kinds = self.kinds[(self.kinds["set"] == name) & (self.kinds["part"] == part)]
            shown = [f"{name}, {part}: {rows['texts'].iloc[0]} texts, {rows['words'].iloc[0]} words"]
            for row in rows.itertuples():
                shown.append(f"  {row.method}: {row.wrongly_touched_per_100:.2f} words wrongly touched per 100")
                of_method = kinds[(kinds["method"] == row.method) & (kinds["n"] > 0)]
                table = of_method[["kind", "n", "recall", "hits", "precision"]]
                shown.append(table.to_string(index=False, float_format="%.3f", na_rep="–"))
            parts.append("\n".join(shown))
        parts += [f"{method}: not installed" for method in self.absent]
        return "\n\n".join(parts)


def evaluate(shared_data: Path) -> Evaluation:
    """Try every method that is installed on every set, whole and held-out half."""
    methods = finders()
    words, kinds = [], []
    for one in labelled_texts(shared_data):
        parts = {"all": one.texts, "held out": one.held_out}
        for method, finder in methods.items():
            if finder is None:
                continue
            hits = {labelled: finder(labelled.text, one.locale) for labelled in one.texts}
            for part, texts in parts.items():
                if texts:
                    key = {"set": one.name, "part": part, "method": method}
                    words.append({**key, **_words(texts, hits)})
                    kinds += [{**key, **row} for row in _kinds(texts, hits)]
    absent = tuple(method for method, finder in methods.items() if finder is None)
    return Evaluation(pd.DataFrame(words), pd.DataFrame(kinds), absent)


_Hits = dict[LabelledText, list[Hit]]


def _words(texts: Iterable[LabelledText], hits: _Hits) -> dict[str, float]:
    n_texts = n_words = wrong = 0
    for one in texts:
        n_texts += 1
        for word in _WORD.finditer(one.text):
            n_words += 1
            touched = any(_touch(hit, word) for hit in hits[one])
            wrong += touched and not any(_touch(place, word) for place in one.marked)
    return {
        "texts": n_texts,
        "words": n_words,
        "wrongly_touched": wrong,
        "wrongly_touched_per_100": 100 * wrong / n_words,
    }


def _kinds(texts: Iterable[LabelledText], hits: _Hits) -> list[dict[str, object]]:
    marked, found, made, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for one in texts:
        for place in one.marked:
            if place.kind is not None:
                marked[place.kind] += 1
                found[place.kind] += _is_found(place, one.text, hits[one])
        for hit in hits[one]:
            made[hit.kind] += 1
            right[hit.kind] += any(place.start < hit.end and hit.start < place.end for place in one.marked)
    return [
        {
            "kind": kind,
            "n": marked[kind],
            "found": found[kind],
            "recall": found[kind] / marked[kind] if marked[kind] else None,
            "hits": made[kind],
            "precision": right[kind] / made[kind] if made[kind] else None,
        }
        for kind in sorted({*marked, *made})
    ]


def _is_found(place: Marked, text: str, hits: list[Hit]) -> bool:
    """Tell whether hits cover a marked place; see the module."""
    near = [hit for hit in hits if hit.start < place.end and place.start < hit.end]
    if not near:
        return False
    if place.kind in _NAMES:
        words = list(_WORD.finditer(text, place.start, place.end))
        return all(any(_touch(hit, word) for hit in near) for word in words)
    covered = {position for hit in near for position in range(hit.start, hit.end)}
    return all(position in covered for position in range(place.start, place.end) if text[position].isalnum())


def _touch(place: Hit | Marked, word: re.Match[str]) -> bool:
    return place.start < word.end() and word.start() < place.end
