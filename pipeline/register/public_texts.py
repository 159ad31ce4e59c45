"""Every text that may be public, with what was found in it and what persons decided: what disclosure.xlsx asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.confidentiality.hits import Hit
from pipeline.register.disclosure import OF_A_TEXT, Answer, Shown, TextKey, decided, text_hash, text_key
from pipeline.register.reading import PLACE
from pipeline.stage import Stage

PLACES = "redactions.parquet"
"""Every place that was found in the texts, below internal/, with the texts as they stand: restricted."""
_TYPES = {
    "source_file": "str",
    "source_sheet": "str",
    "source_row": "Int64",
    "registration_no": "str",
    "column": "str",
    "text_hash": "str",
    "start": "Int64",
    "end": "Int64",
    "kind": "str",
    "rule": "str",
    "is_suspect": "bool",
    "is_open": "bool",
    "decision": "str",
    "wording": "str",
    "who": "str",
    "reason": "str",
    "text": "str",
}
PLACE_COLUMNS = tuple(_TYPES)
"""The columns of the places.

One row for each text as a whole (`start`, `end` missing, `kind` and `rule` blank) and after it one for each hit.
`decision`, `wording`, `who` and `reason` are those of the answer that counts, blank without one. `is_open`: a suspect
that nobody answered, in a text that is neither withheld nor worded anew.
"""


_OF_A_TEXT = ("registration_no", "source_row", "column", "text_hash")


@dataclass(frozen=True)
class Text:
    """A text of one grievance (NFC), where it stands, what was found in it and the answers on it."""

    place: tuple[str, str, int]
    key: TextKey
    number: str
    text: str
    hits: Sequence[Hit]
    answers: Sequence[Answer]

    def shown(self, reworded: Callable[[str], str]) -> Shown:
        """Return what may be published of it."""
        return decided(self.text, self.hits, self.answers, reworded)

    def lines(self) -> list[tuple[object, ...]]:
        """Return its rows of the places."""
        given = {(answer.start, answer.end): answer for answer in self.answers}
        whole = given.get(("", ""))
        is_settled = whole is not None and whole.decision in OF_A_TEXT
        lines = [self._line(None, whole, is_open=False)]
        for hit in self.hits:
            answer = given.get((str(hit.start), str(hit.end)))
            lines.append(self._line(hit, answer, is_open=hit.is_suspect and answer is None and not is_settled))
        return lines

    def _line(self, hit: Hit | None, answer: Answer | None, *, is_open: bool) -> tuple[object, ...]:
        at = (hit.start, hit.end, hit.kind, hit.rule, hit.is_suspect) if hit else (None, None, "", "", False)
        said = (answer.decision, answer.wording, answer.who, answer.reason) if answer else ("", "", "", "")
        return (*self.place, self.number, self.key.column, self.key.text_hash, *at, is_open, *said, self.text)


def texts_of(
    cases: pd.DataFrame,
    column: str,
    texts: pd.Series,
    found: Sequence[Sequence[Hit]],
    given: Mapping[TextKey, Sequence[Answer]],
) -> list[Text]:
    """Return each text of a column that is not missing, in the order of the cases.

    `texts` are in NFC with the index of the cases; `found` has the hits of each that is not missing, `given` the
    answers by text.
    """
    there = cases[texts.notna()]
    numbers = there["registration_no"].astype("object").fillna("")
    read = []
    lines = zip(*(there[name] for name in PLACE), numbers, texts.dropna(), found, strict=True)
    for file, sheet, row, number, text, hits in lines:
        key = text_key(number, str(row), column, text_hash(text))
        read.append(Text((file, sheet, row), key, number, text, hits, given.get(key, ())))
    return read


def places_of(texts: Sequence[Text]) -> pd.DataFrame:
    """Return the places of texts as a table; see `PLACE_COLUMNS`."""
    lines = [line for text in texts for line in text.lines()]
    return pd.DataFrame(lines, columns=list(PLACE_COLUMNS)).astype(_TYPES)


class PlacesFile:
    """Takes the places of a register as they come, writes them for later stages and keeps what the notebook shows."""

    def __init__(self, stage: Stage, answers: Iterable[Answer]) -> None:
        """Begin the file of a set; `answers` are those of which is told whether their text is still there."""
        self._file = stage.in_parts(PLACES)
        self._digests = {answer.text_hash for answer in answers}
        self._counts: list[pd.DataFrame] = []
        self._by_kind: list[pd.DataFrame] = []
        self._asked: list[pd.DataFrame] = []

    def take(self, places: pd.DataFrame) -> None:
        """Take the next places, in their order."""
        self._file.add(places)
        self._counts.append(replacements(places))
        self._by_kind.append(replacements_by_kind(places))
        self._asked.append(places.loc[places["text_hash"].isin(self._digests), list(_OF_A_TEXT)])

    def close(self) -> None:
        """Write what is left."""
        self._file.close()

    @property
    def replacements(self) -> pd.DataFrame:
        """What `replacements` tells of all places."""
        return pd.concat(self._counts, ignore_index=True).groupby("column", sort=False).sum().reset_index()

    @property
    def by_kind(self) -> pd.DataFrame:
        """What `replacements_by_kind` tells of all places."""
        return pd.concat(self._by_kind, ignore_index=True).groupby(["kind", "rule"]).sum().reset_index()

    @property
    def asked(self) -> pd.DataFrame:
        """The places in texts that may be those of answers: what `disclosure.unused` looks through."""
        return pd.concat(self._asked, ignore_index=True)


def replacements(places: pd.DataFrame) -> pd.DataFrame:
    """Count by column: texts, hits that are replaced or kept, suspects without an answer, texts withheld or worded.

    It holds no text, so that a notebook may show it.
    """
    is_whole, is_hit = places["start"].isna(), places["start"].notna()
    counted = {
        "texts": is_whole,
        "found": is_hit,
        "kept": is_hit & (places["decision"] == "keep"),
        "suspects": is_hit & places["is_suspect"],
        "suspects_open": places["is_open"],
        "texts_withheld": is_whole & (places["decision"] == "withhold"),
        "texts_worded_by_the_unit": is_whole & (places["decision"] == "wording"),
    }
    table = places[["column"]].assign(**counted).groupby("column", sort=False).sum()
    return table.astype("int64").reset_index()


def replacements_by_kind(places: pd.DataFrame) -> pd.DataFrame:
    """Count by kind and rule what was found, what of it is kept by a person's answer, and in how many texts it stands.

    It holds no text, so that a notebook may show it.
    """
    hits = places[places["start"].notna()]
    key = hits["column"] + hits["text_hash"] + hits["source_row"].astype("str")
    hits = hits.assign(kept=hits["decision"] == "keep", text_key=key)
    by_rule = hits.groupby(["kind", "rule"])
    counted = by_rule.agg(found=("rule", "size"), kept=("kept", "sum"), texts=("text_key", "nunique"))
    return counted.astype("int64").reset_index()
