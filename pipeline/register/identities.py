"""Identifying columns apart from the cases, and texts without the names that the register knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline import shared_work
from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.redacting import find, redact, redact_column, replace_names, replaced
from pipeline.confidentiality.redaction import KnownNames, words_in
from pipeline.directions import without_directions
from pipeline.errors import InputError
from pipeline.pieces import in_one_piece, slices
from pipeline.project import Project, fold
from pipeline.put_away import PutAway, give_back, in_pieces
from pipeline.register import columns, findings
from pipeline.register.disclosure import Answer, TextKey, by_text, composed
from pipeline.register.public_texts import Text, places_of, texts_of
from pipeline.register.reading import PLACE
from pipeline.stage import COMMENTARY, Stage

_ROWS_AT_A_TIME = 5_000
_ROWS_COUNTED_AT_A_TIME = 20_000
_MOST_REMEMBERED = 50_000
"""Texts of which is remembered what was found in them: a text that comes again is looked at once."""
_PARTS = re.compile(r"[,;|\n]")
_NAMING_NO_PERSON = ("topic", "location", "escalated_to", "referred_to")


def split_identities(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the identifying columns from the cases.

    Returns
    -------
    cases, identities
        Rows in the same order; the cases keep `has_contact` alone, the identities only the place of the row.
    """
    identifying = columns.identifying(table)
    cases = table.drop(columns=identifying).assign(has_contact=table["complainant_contact"].notna())
    return cases, table[[*PLACE, "registration_no", *identifying]]


def known_names(project: Project, identities: pd.DataFrame, places: Iterable[str] = ()) -> KnownNames:
    """Gather whom the register names, in further columns and before corrections too, and whom project.yml lists.

    `places` are those that grievances are counted by. Reports print them, so they are no contacts where an address
    beside a telephone number repeats them, and no persons.
    """
    places = list(places)
    confidential = project.settings.confidential
    return KnownNames.gather(
        complainants=_named(identities, "complainant"),
        contacts=_named(identities, "complainant_contact", places),
        persons=(*_named(identities, "responsible"), *confidential.persons),
        organisations=confidential.organisations,
        keep=confidential.keep,
        places=places,
    )


def _named(identities: pd.DataFrame, column: str, places: Iterable[str] = ()) -> list[str]:
    """List the different cells of a column, and of the further ones of its kind without places."""
    more = [name for name in columns.identifying(identities, column) if name != column]
    further = (cell for name in more for cell in identities[name].dropna().unique())
    return [*identities[column].dropna().unique(), *_without_places(further, places)]


def _without_places(cells: Iterable[str], places: Iterable[str]) -> Iterator[str]:
    """Leave out of each cell the parts between commas and the like that are a place."""
    known = {fold(part) for place in places for part in (place, *_PARTS.split(place))}
    for cell in cells:
        parts = _PARTS.split(cell)
        kept = [part for part in parts if fold(part) not in known]
        yield cell if len(kept) == len(parts) else ", ".join(kept)


def known_names_in(project: Project, table: pd.DataFrame) -> KnownNames:
    """Gather the names for the texts of a whole register: its own words are no mistyped names.

    `table` has the identifying columns and the texts.
    """
    texts = columns.names(public="redacted")
    pieces = [(name, rows) for name in texts for rows in slices(len(table), _ROWS_COUNTED_AT_A_TIME)]
    words: Counter[str] = Counter()
    for of_piece in shared_work.each(lambda at: _words(table, *at), pieces, size=len(table) * len(texts)):
        words.update(of_piece)
    places = [cell for name in _NAMING_NO_PERSON for cell in table[name].dropna().unique()]
    names = known_names(project, table, table["location"].dropna().unique())
    return names.with_counted_words(words, places)


def _words(table: pd.DataFrame, name: str, rows: slice) -> Counter[str]:
    return words_in(table[name].iloc[rows].dropna())


def redact_texts(
    cases: pd.DataFrame,
    known: KnownNames,
    answers: Sequence[Answer] = (),
    *,
    complainants: pd.Series,
    locale: str,
    with_suspects: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add to the cases what each text that may be public becomes, by what is found in it and what persons answered.

    `<column>_redacted` has known names and patterns replaced, without numbers: what the program reads from then on,
    whatever the answers; a suspect may be an ordinary word, by which a grievance is classified, and stays there.
    `<column>_public` is what may be published, missing where the text is withheld, and `<column>_basis` says what it is
    (`text`, `withheld`, `unit`; missing where there is no text).

    `complainants`, in the order of the cases, are replaced in their own rows although project.yml keeps them.

    Returns
    -------
    cases, places
        The places have one row a text and one a hit; see `public_texts.PLACES`.
    """
    redacted: list[pd.DataFrame] = []
    places: list[pd.DataFrame] = []
    redact_in_pieces(
        in_pieces(cases),
        known,
        answers,
        redacted.append,
        places.append,
        complainants=complainants,
        locale=locale,
        with_suspects=with_suspects,
    )
    return in_one_piece(redacted), in_one_piece(places).reset_index(drop=True)


def redact_in_pieces(
    cases: Sequence[PutAway[pd.DataFrame]],
    known: KnownNames,
    answers: Sequence[Answer],
    take_cases: Callable[[pd.DataFrame], None],
    take_places: Callable[[pd.DataFrame], None],
    *,
    complainants: pd.Series,
    locale: str,
    with_suspects: bool = True,
) -> None:
    """Do what `redact_texts` does and hand over the places, some thousand texts at a time, and the cases after them.

    The places of a large register take as much memory as all its texts. Of the cases only the texts and what names
    their rows are in memory; the rest of them is looked at a piece at a time.
    """
    names = columns.names(public="redacted")
    looked_at, bodies = _looked_at(cases)
    look = _Look(looked_at, complainants, by_text(answers), known, locale, with_suspects, bodies)
    # Some thousand at a time, so that memory holds what comes of the texts and not what is made on the way.
    pieces = slices(len(looked_at), _ROWS_AT_A_TIME)
    texts = sum(int(looked_at[name].notna().sum()) for name in names)
    if shared_work.is_shared(texts):
        known.prepare()
    done = shared_work.each(look.piece, [(name, rows) for name in names for rows in pieces], size=texts)
    put_away: dict[str, PutAway[_Added]] = {}
    for name in names:
        new = []
        for shown, places in islice(done, len(pieces)):
            take_places(places)
            new.append(shown)
        every = pd.concat(new, ignore_index=True)
        put_away[name] = PutAway(_Added(every, np.flatnonzero(looked_at[name].notna())), len(every))
        del new, every
        give_back()
    done.close()
    del look, looked_at
    give_back()
    added = {name: one.get() for name, one in put_away.items()}
    first = 0
    for piece in cases:
        part = piece.get()
        became = {f"{name}_{what}": cells for name, one in added.items() for what, cells in one.of(part, first)}
        take_cases(part.assign(**became))
        first += len(part)


@dataclass(frozen=True)
class _Added:
    """What the texts of a column became: `redacted`, `public`, `basis`, and in which rows these texts stand."""

    shown: pd.DataFrame
    rows: npt.NDArray[np.int64]

    def of(self, part: pd.DataFrame, first: int) -> Iterator[tuple[str, pd.Series]]:
        """Yield the new columns of a part of the cases that begins at a row."""
        begin, end = np.searchsorted(self.rows, (first, first + len(part)))
        index = part.index[self.rows[begin:end] - first]
        for what in self.shown:
            yield str(what), self.shown[what].iloc[begin:end].set_axis(index)


def _looked_at(cases: Iterable[PutAway[pd.DataFrame]]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return of the cases what is looked at in each row, and the places and bodies that they name."""
    of_a_row = [*PLACE, "registration_no", *columns.names(public="redacted")]
    read = pd.concat([piece.get()[[*of_a_row, *_NAMING_NO_PERSON]] for piece in cases])
    return read[of_a_row], places_in(read)


def places_in(cases: pd.DataFrame) -> tuple[str, ...]:
    """Return the places and bodies that the register names in more than one row: in a text they are no suspects."""
    cells = pd.concat([cases[name].dropna() for name in _NAMING_NO_PERSON], ignore_index=True).astype("object")
    times = cells.value_counts()
    return tuple(sorted(str(name) for name in times.index[times > 1]))


def _without_suspects(text: str, hits: Sequence[Hit]) -> str:
    return replaced(text, [hit for hit in hits if not hit.is_suspect], numbered=False)


def redact_own_words(text: str, known: KnownNames, locale: str) -> tuple[str, list[Hit]]:
    """Redact what the unit wrote to be published: names and patterns, and no suspects, since it chose each word."""
    return redact(text, known, locale=locale, with_suspects=False)


@dataclass
class _Look:
    """Looks for names and patterns in texts, in one that stands twice once."""

    cases: pd.DataFrame
    complainants: pd.Series
    given: Mapping[TextKey, Sequence[Answer]]
    known: KnownNames
    locale: str
    with_suspects: bool
    places: tuple[str, ...]
    _found: dict[tuple[str, str], list[Hit]] = field(default_factory=dict)

    def piece(self, at: tuple[str, slice]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Look at some rows of a column: what each text that is not missing becomes, and its places."""
        column, rows = at
        read = self.read(self.cases.iloc[rows], column, self.complainants.iloc[rows])
        return self.shown(read), places_of(read)

    def read(self, cases: pd.DataFrame, column: str, complainants: pd.Series) -> list[Text]:
        """Return each text of a column that is not missing, with what there is in it by the names known in its row."""
        texts = cases[column].astype("object").map(composed, na_action="ignore")
        pairs = zip(texts, complainants, strict=True)
        found = [self._in(text, "" if pd.isna(name) else name) for text, name in pairs if not pd.isna(text)]
        return texts_of(cases, column, texts, found, self.given)

    def shown(self, read: Sequence[Text]) -> pd.DataFrame:
        """Return what each text becomes: `redacted`, `public`, `basis`."""
        shown = [one.shown(lambda wording: redact_own_words(wording, self.known, self.locale)[0]) for one in read]
        new = {
            "redacted": [_without_suspects(one.text, one.hits) for one in read],
            "public": [one.text for one in shown],
            "basis": [one.basis for one in shown],
        }
        return pd.DataFrame({what: pd.Series(values, dtype="str") for what, values in new.items()})

    def _in(self, text: str, complainant: str) -> list[Hit]:
        known = self.known.for_row([complainant]) if complainant else self.known
        key = (text, complainant if known is not self.known else "")
        if key not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = find(
                text, known, locale=self.locale, with_suspects=self.with_suspects, places=self.places
            )
        return self._found[key]


def redact_commentary(stage: Stage, known: KnownNames) -> int | None:
    """Put the period's commentary below internal/ with known names and patterns replaced.

    Returns the number of replacements, or None where the unit wrote no commentary.
    """
    path = stage.project.folder / "commentary" / f"{stage.scopes.period.label}.md"
    target = stage.path("internal", COMMENTARY)
    target.unlink(missing_ok=True)
    if not path.is_file():
        return None
    try:
        written = without_directions(path.read_text(encoding="utf-8-sig"))
        text, hits = redact_own_words(written, known, stage.project.locale)
    except UnicodeDecodeError:
        raise InputError(f"{stage.commentary_name} is not UTF-8 text. Save it with the encoding UTF-8.") from None
    target.write_text(text, encoding="utf-8")
    return len(hits)


def redact_findings(found: pd.DataFrame, known: KnownNames, *, locale: str) -> pd.DataFrame:
    """Replace what stood in cells where no name belongs, so that no finding repeats it.

    Long values are cut, and of control characters a ? is left.

    In registration numbers known names alone are replaced: whatever else stands there is what a row is called.
    """
    numbers = replace_names(found["registration_no"], known)
    texts = {
        name: redact_column(found[name], known, locale=locale, with_suspects=False)[0]
        for name in ("value", "message", "explained")
    }
    return findings.without_controls(findings.shorten(found.assign(registration_no=numbers, **texts)))
