"""What persons decided on the texts that can be public: data/<project>/disclosure.csv, and what it makes of a text.

An answer holds for the text that was read when it was given: it names the grievance, the column, the digest of the text
and the place in it, and no name. Where the text has changed since, the answer no longer counts and is asked again.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

import pandas as pd

from pipeline.confidentiality.hits import KINDS, Hit, Kind
from pipeline.confidentiality.redacting import replaced
from pipeline.errors import InputError
from pipeline.files import csv_bytes
from pipeline.project import Project, fold
from pipeline.register import columns
from pipeline.register.formats.text import decode, records

DISCLOSURE = "disclosure.csv"
Decision = Literal["replace", "keep", "withhold", "wording"]
NAMES: dict[Decision, str] = {
    "replace": "replace",
    "keep": "keep",
    "withhold": "withhold the text",
    "wording": "use my wording",
}
"""What may be decided, as the workbook names it."""
OF_A_TEXT = ("withhold", "wording")
"""The decisions that are about the text as a whole, at whichever of its places they were given."""
HASH_LETTERS = 16
Basis = Literal["text", "withheld", "unit"]
"""What is public of a text: the text itself, only that it is withheld, or the unit's own wording."""


class TextKey(NamedTuple):
    """A text of the register: the grievance's number, or `row 12` where it has none; the column; the text's digest."""

    grievance: str
    column: str
    text_hash: str


@dataclass(frozen=True)
class Answer:
    """One line of disclosure.csv; `start` and `end` are blank where it is about the text as a whole.

    `place` is where the line stands, for messages alone.
    """

    registration_no: str
    row: str
    column: str
    text_hash: str
    start: str
    end: str
    kind: str
    decision: str
    wording: str
    who: str
    date: str
    reason: str
    place: str = field(default="", compare=False)

    @property
    def text_key(self) -> TextKey:
        """The text that it is about."""
        return text_key(self.registration_no, self.row, self.column, self.text_hash)

    @property
    def key(self) -> tuple[TextKey, str, str]:
        """The text and the place in it: what can be answered once."""
        return self.text_key, self.start, self.end

    @property
    def said(self) -> tuple[str, str]:
        """What it decides."""
        return self.decision, self.wording


COLUMNS = tuple(one.name for one in fields(Answer) if one.name != "place")
"""The columns of disclosure.csv."""


class Shown(NamedTuple):
    """A text as it may be published: None where it is withheld."""

    text: str | None
    basis: Basis


def composed(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), to which the places of hits and answers refer."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=10_000)
def text_hash(text: str) -> str:
    """Digest a text in its composed form: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_LETTERS]


def text_key(number: str, row: str, column: str, digest: str) -> TextKey:
    """Name a text as answers do: by the grievance's number, or by its row where it has none."""
    return TextKey(number or f"row {row}", column, digest)


def decided(text: str, hits: Sequence[Hit], answers: Sequence[Answer], reworded: Callable[[str], str]) -> Shown:
    """Make of a text (NFC) what may be published, by what was found in it and what persons answered.

    A place that is kept must be the one that was asked, to the letter; a place that is to be replaced is replaced even
    where nothing is found there any more; whatever nobody answered is replaced. `reworded` takes names out of the
    unit's own wording.
    """
    for answer in answers:
        if answer.decision == "withhold":
            return Shown(None, "withheld")
        if answer.decision == "wording":
            return Shown(reworded(answer.wording), "unit")
    kept = {(answer.start, answer.end) for answer in answers if answer.decision == "keep"}
    places = [hit for hit in hits if (str(hit.start), str(hit.end)) not in kept]
    for answer in answers:
        if answer.decision == "replace" and answer.start:
            hit = Hit(_kind(answer.kind), int(answer.start), int(answer.end), "answer")
            if hit.end <= len(text) and not any(hit.start < one.end and one.start < hit.end for one in places):
                places.append(hit)
    return Shown(replaced(text, sorted(places, key=lambda hit: hit.start)), "text")


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind == name)


def by_text(answers: Iterable[Answer]) -> dict[TextKey, list[Answer]]:
    """Put the answers on one text together."""
    found: dict[TextKey, list[Answer]] = {}
    for answer in answers:
        found.setdefault(answer.text_key, []).append(answer)
    return found


def unused(answers: Iterable[Answer], places: pd.DataFrame) -> pd.DataFrame:
    """List the answers whose text is no more, for `places` of the register; they are ignored."""
    there = set(keys_of(places))
    rows = [
        {
            "registration_no": answer.registration_no,
            "row": answer.row,
            "column": answer.column,
            "decision": NAMES[decision_of(answer.decision)],
            "what": "The text has changed, or the grievance is gone; the answer is ignored.",
        }
        for answer in answers
        if answer.text_key not in there
    ]
    return pd.DataFrame(rows, columns=["registration_no", "row", "column", "decision", "what"], dtype="str")


def keys_of(places: pd.DataFrame) -> list[TextKey]:
    """Name the text of each place."""
    numbers = places["registration_no"].astype("object").fillna("")
    rows = places["source_row"].astype("str")
    return [text_key(*one) for one in zip(numbers, rows, places["column"], places["text_hash"], strict=True)]


def decision_of(code: str) -> Decision:
    """Return a decision by its code, which must be one."""
    return next(one for one in get_args(Decision) if one == code)


def code_of(written: str) -> Decision | None:
    """Return the decision that a person wrote, by its code or its name; None where it is none."""
    return next((code for code, name in NAMES.items() if fold(written) in (fold(code), fold(name))), None)


# -- the file ----------------------------------------------------------------------------------------------------------


def read_answers(project: Project) -> list[Answer]:
    """Read disclosure.csv, where the project has one. A faulty line, or a contradiction, is an `InputError`."""
    path = project.folder / DISCLOSURE
    if not path.is_file():
        return []
    shown_as = f"{project.shown_folder}/{DISCLOSURE}"
    text, _ = decode(path.read_bytes(), shown_as)
    lines = [[_plain(cell.strip()) for cell in line] for line in records(text, shown_as)]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{shown_as}, row 1: the headings must be {', '.join(COLUMNS)}.")
    answers = [_checked(line, f"{shown_as}, row {row}") for row, line in enumerate(lines[1:], start=2) if any(line)]
    return without_contradiction(answers)


def without_contradiction(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers, each once; two that say different things of one place are an `InputError` with both rows."""
    first: dict[tuple[TextKey, str, str], Answer] = {}
    for answer in answers:
        other = first.setdefault(answer.key, answer)
        if other.said != answer.said:
            what = "this place" if answer.start else "this text as a whole"
            raise InputError(
                f"{answer.place}, column decision: {other.place.rpartition(', ')[2]} says something else of {what} "
                f"({answer.text_key.grievance}, column {answer.column}). Leave one of the two."
            )
    return list(first.values())


def taken_over(former: Sequence[Answer], new: Sequence[Answer]) -> tuple[list[Answer], int, int]:
    """Put new answers in the place of former ones on the same place of the same text.

    Returns
    -------
    answers, added, changed
        All answers in order, how many are about a place that had none, and how many say something else than before. An
        answer that says the same by the same person for the same reason keeps its date.
    """
    merged, added, changed = {answer.key: answer for answer in former}, 0, 0
    for answer in new:
        before = merged.get(answer.key)
        if before is not None and (before.said, before.who, before.reason) == (answer.said, answer.who, answer.reason):
            continue
        added, changed = added + (before is None), changed + (before is not None)
        merged[answer.key] = answer
    return list(merged.values()), added, changed


def answers_bytes(answers: Sequence[Answer]) -> bytes:
    """Return answers as disclosure.csv holds them."""
    lines = [[getattr(answer, name) for name in COLUMNS] for answer in answers]
    return csv_bytes(pd.DataFrame(lines, columns=list(COLUMNS), dtype="str"))


def _plain(cell: str) -> str:
    """Take away the apostrophe by which a cell was kept from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in "=+-@" else cell


def _checked(line: list[str], place: str) -> Answer:
    if len(line) != len(COLUMNS):
        raise InputError(
            f"{place}: there must be {len(COLUMNS)} cells, and {len(line)} were found. Put a text that holds a comma "
            "between quotation marks."
        )
    answer = Answer(**dict(zip(COLUMNS, line, strict=True)), place=place)
    for name in ("column", "text_hash", "decision", "who", "date", "reason"):
        if not getattr(answer, name):
            raise InputError(f"{place}, column {name}: the cell is empty. Fill it, or take the row out.")
    try:
        date.fromisoformat(answer.date)
    except ValueError:
        raise InputError(f"{place}, column date: write the day as 2024-07-15.") from None
    if answer.decision not in NAMES:
        raise InputError(f"{place}, column decision: this is no decision. Allowed are {', '.join(NAMES)}.")
    return checked_answer(answer)


def checked_answer(answer: Answer) -> Answer:
    """Return an answer whose cells fit together; an `InputError` names the place and the column of what does not."""
    place, of_columns = answer.place, columns.names(public="redacted")
    if not answer.registration_no and not answer.row:
        raise InputError(f"{place}: neither registration_no nor row is filled, so that nobody knows the grievance.")
    if answer.row and not answer.row.isdecimal():
        raise InputError(f"{place}, column row: write the row of the register as a whole number, or leave it blank.")
    if answer.column not in of_columns:
        raise InputError(f"{place}, column column: this is no text that can be public: {', '.join(of_columns)}.")
    if answer.decision in OF_A_TEXT and (answer.start or answer.end):
        raise InputError(f"{place}, column start: what is decided on the whole text has neither start nor end.")
    if answer.decision == "replace" and not answer.start:
        raise InputError(
            f"{place}, column decision: there is no place to replace in the whole text. Choose {NAMES['keep']}, "
            f"{NAMES['withhold']} or {NAMES['wording']}."
        )
    if answer.start or answer.end:
        _check_span(answer)
    if (answer.decision == "wording") != bool(answer.wording):
        what = "holds no wording" if answer.decision == "wording" else "holds a wording"
        raise InputError(
            f"{place}, column wording: the cell {what}, and the decision is '{NAMES[decision_of(answer.decision)]}'. "
            f"Choose '{NAMES['wording']}' with a wording, or another decision without one."
        )
    return answer


def _check_span(answer: Answer) -> None:
    numbers = (answer.start, answer.end)
    if not all(number.isdecimal() and number.isascii() for number in numbers) or int(answer.start) >= int(answer.end):
        raise InputError(
            f"{answer.place}, column start: start and end are the place in the text, two whole numbers such as 12 and "
            "20. Bring the row back from a copy."
        )
    if answer.kind not in KINDS:
        raise InputError(f"{answer.place}, column kind: this is no kind. Allowed are {', '.join(KINDS)}.")
