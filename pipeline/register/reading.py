"""Reading the register as it is kept: every cell as text, every row with its place in the file."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from pipeline.addresses import file_name, is_address, shown_address
from pipeline.errors import InputError
from pipeline.project import PUBLISHED, Project
from pipeline.register import findings
from pipeline.register.columns import LOOKALIKES, alias_headings, exact_headings, heading_key
from pipeline.register.formats.files import ENDINGS, read_file
from pipeline.register.formats.sheet import Sheet
from pipeline.register.headings import first_of, fit
from pipeline.register.merged import named
from pipeline.register.tables import SET_ASIDE, Table, find_tables

PLACE = ("source_file", "source_sheet", "source_row")
"""Where a row stands: the file, the sheet (blank where the file has none), and the row as a spreadsheet numbers it."""


@dataclass(frozen=True)
class Register:
    """A register on its way through cleaning.

    `table` has one row a grievance; `found` is every finding so far; `headings` maps each heading of the file to the
    column it became; `file` names the register as errors do; `tables` are what was taken for it, and `left_out` the
    sheets and tables that were not; `spelt` maps each heading of any table to the one under which they were joined.
    `shown` says by file and sheet how findings name a known column where its name alone does not find it: by its letter
    and heading, see `heading_places.shown`.
    """

    table: pd.DataFrame
    file: str
    headings: dict[str, str]
    found: pd.DataFrame
    tables: tuple[Table, ...] = ()
    left_out: tuple[tuple[Sheet, str], ...] = ()
    spelt: dict[str, str] = field(default_factory=dict)
    shown: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def with_table(self, table: pd.DataFrame, *noticed: pd.DataFrame) -> Register:
        """Return the register with another table and more findings; no row may get lost on the way."""
        if len(table) != len(self.table):
            raise AssertionError(f"{len(self.table)} rows went in and {len(table)} came out")
        placed = [findings.with_columns_shown(one, self.shown) for one in noticed]
        return replace(self, table=table, found=findings.joined(self.found, *placed))

    def without(self, apart: pd.Series) -> Register:
        """Return the register as if the rows that are marked had never been in the files.

        Its rows are counted anew; what was found about a file as a whole stays.
        """
        marked = pd.MultiIndex.from_frame(self.table.loc[apart, [*PLACE]])
        told = self.found[~findings.keys_of_places(self.found).isin(marked)]
        return replace(self, table=self.table[~apart].reset_index(drop=True), found=told.reset_index(drop=True))


def register_files(project: Project) -> list[Path]:
    """Return the files that make up the register, none for a database; a missing one is an `InputError`.

    A folder stands for all files in it that can be read, a pattern such as registers/*.xlsx for those that it fits.
    """
    try:
        return _register_files(project)
    except (OSError, RuntimeError, ValueError):
        # Names that no system has, patterns that are none, links that lead in a circle.
        raise InputError(
            f"{project.shown_folder}/project.yml, key register: this cannot be a file, a folder or a pattern. Name the "
            "register beside project.yml, for instance register.xlsx."
        ) from None


def _register_files(project: Project) -> list[Path]:
    named = project.settings.register_.file
    if named is None:
        return []
    key = f"{project.shown_folder}/project.yml, key register"
    if is_address(named):
        return [_fetched(project, named, key)]
    home = project.folder.resolve()
    path = project.folder / named
    if any(mark in named for mark in "*?[") and not path.exists():
        if Path(named).is_absolute() or ".." in Path(named).parts:
            raise InputError(f"{key}: the register must lie in the project's folder.")
        fitting = [one for one in sorted(project.folder.glob(named)) if not _is_aside(one)]
        fitting = [one for one in fitting if one.relative_to(project.folder).parts[0] != PUBLISHED]
        found = [one for one in fitting if one.is_file()]
        gone = [one for one in fitting if not one.is_file() and (one.is_symlink() or _is_readable(one))]
        if gone:
            raise InputError(
                f"{project.shown_folder}/{gone[0].relative_to(project.folder).as_posix()}: this fits the pattern "
                f"'{named}' of project.yml and is no file, but a folder or a link to nothing. Put the file there, or "
                "take it away."
            )
        if not found:
            raise InputError(f"{key}: no file in {project.shown_folder} fits the pattern '{named}'.")
    elif path.is_dir() and path.resolve() != home:
        found = [one for one in sorted(path.iterdir()) if one.is_file() and _is_readable(one)]
        if not found:
            raise InputError(
                f"{project.shown_folder}/{named}: the folder holds no file that can be read as a register. Put the "
                "files of the register into it, or name another folder or file under the key register in project.yml."
            )
    else:
        found = [path]
    for one in found:
        if not one.resolve().is_relative_to(home):
            raise InputError(f"{key}: the register must lie in the project's folder.")
        if not one.is_file():
            raise InputError(_missing(project, named))
    return found


FETCHED = ".fetched"
"""The mark of a folder of projects in which each register that is at an address has been fetched beside project.yml."""


def _fetched(project: Project, address: str, key: str) -> Path:
    """Return the copy of a register that is at an address, which the call has fetched before anything was read."""
    path = project.folder / file_name(address)
    if not (project.folder.parent / FETCHED).is_file():
        raise InputError(
            f"{key}: the register is at the address {shown_address(address)}, from where report, reports and portfolio "
            f"fetch it. For any other command copy it beside project.yml, as {path.name}, and name that."
        )
    if not path.is_file() or not _is_readable(path):
        raise InputError(f"{key}: {shown_address(address)} is no file that can be read as a register.")
    return path


OWN_FILES = frozenset({"project.yml", "corrections.yml", "explanations.csv", "decisions.csv", "disclosure.csv"})
"""Files beside the register that are no part of it."""


def _is_aside(path: Path) -> bool:
    """Say whether a file only looks like part of a register: hidden, the lock of an open workbook, or another file."""
    return path.name.startswith((".", "~$")) or path.name in OWN_FILES


def _is_readable(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS) and not _is_aside(path)


def _passed_over(project: Project) -> pd.DataFrame:
    """Note what lies in the folder of the register and is not read; nothing where the register is no folder."""
    folder = project.folder / (project.settings.register_.file or "")
    if project.settings.register_.file is None or is_address(project.settings.register_.file) or not folder.is_dir():
        return findings.none()
    others = [
        one for one in sorted(folder.iterdir()) if not _is_aside(one) and not (one.is_file() and _is_readable(one))
    ]
    rows = findings.about_files(one.relative_to(project.folder).as_posix() for one in others)
    return findings.found("file_passed_over", rows, what=rows["source_file"])


def _missing(project: Project, named: str) -> str:
    path = project.folder / named
    if path.exists() and not path.is_dir():
        return (
            f"{project.shown_folder}/{named} is no file but a pipe or a device, which can be read once alone. Save "
            "what comes out of it as a file beside project.yml, and name that under the key register."
        )
    others = [
        one.name
        for one in (sorted(project.folder.iterdir()) if project.folder.is_dir() else ())
        if one.is_file() and _is_readable(one)
    ]
    # A file can be called after somebody, and no name is known yet: one is told that is called as project.yml says.
    called = [name for name in others if Path(name).stem in (Path(named).stem, "register")]
    hint = f" There is {called[0]}: is that the one?" if called else ""
    if others and not called:
        hint = " There is a file with another name that can be read as one: is that the one?"
    return (
        f"{project.shown_folder}/{named} is missing. Put the register there, or name it under the key register in "
        f"project.yml.{hint}"
    )


def read_register(project: Project) -> Register:
    """Read the register without changing it.

    Returns
    -------
    Register
        Its table holds one text column a heading, blanks as missing, and the columns of `PLACE`. Rows that are blank
        throughout are no grievances; what else is none, and cells beyond the headings, are set aside with a finding.

    Raises
    ------
    InputError
        When a file cannot be read, or no table with a row of headings is found.
    """
    source = project.settings.register_
    if source.database is not None:
        from pipeline.register.formats.database import read_database

        assert source.table is not None
        sheets = read_database(source.database, source.table, f"{project.shown_folder}/project.yml")
        return _register(sheets, project, f"{source.database}, table {source.table}")
    files = register_files(project)
    sheets = []
    for path in files:
        name = path.relative_to(project.folder).as_posix()
        sheets += read_file(path, name, f"{project.shown_folder}/{name}", source.encoding or "")
    if source.sheet is not None:
        sheets = _sheets_named(sheets, source.sheet, project)
    return _register(sheets, project, files[0].name if len(files) == 1 else str(source.file))


def read_part(project: Project, path: Path) -> Register:
    """Read one file of a register that stands in several, as `read_register` reads all.

    Files are one register only where they have the same headings; whoever reads them one by one has to see to that. A
    file in which not just one table is found is an `InputError`.
    """
    name, source = path.relative_to(project.folder).as_posix(), project.settings.register_
    shown_as = f"{project.shown_folder}/{name}"
    register = _register(read_file(path, name, shown_as, source.encoding or ""), project, name)
    if len(register.tables) != 1 or register.left_out:
        raise InputError(f"{shown_as}: a register that is read in parts needs one table in each file, and no more.")
    return register


def _sheets_named(sheets: list[Sheet], name: str, project: Project) -> list[Sheet]:
    named = [sheet for sheet in sheets if heading_key(sheet.name) == heading_key(name)]
    if not named:
        # A sheet can be called after somebody, and no name is known yet.
        count = sum(bool(sheet.name) for sheet in sheets)
        there = f"It has {count} other{'s' if count != 1 else ''}" if count else "It has none with a name"
        raise InputError(
            f"{project.shown_folder}/project.yml, key register.sheet: the register has no sheet '{name}'. {there}. "
            "Write the name as it stands in the file."
        )
    return named


def _register(sheets: Sequence[Sheet], project: Project, name: str) -> Register:
    sheets = [_with_letters(sheet, project) for sheet in sheets]
    known = {key: column for key, (column, _) in alias_headings().items()} | exact_headings()
    known |= {heading_key(heading): column for heading, column in project.settings.columns.items()}
    words = _own_words(project)
    tables, left_out = _taken([(sheet, find_tables(sheet, known, words)) for sheet in sheets])
    if all(sheet.cells.empty for sheet in sheets):
        raise InputError(f"{project.shown_folder}/{name} is empty. It needs a row of headings and one row a grievance.")
    if not tables:
        raise InputError(
            f"{project.shown_folder}/{name}: no row of headings was found. The register needs a row of headings, one "
            "word or more above each column, and one row a grievance."
        )
    parts, noticed = [], []
    joined = _Joined(project)
    for table in tables:
        part = _with_places(table, joined)
        parts.append(part)
        noticed += _set_aside(table, part)
    headings = [*dict.fromkeys(heading for part in parts for heading in part.columns if heading not in PLACE)]
    whole = pd.concat(parts, ignore_index=True)[[*PLACE, *headings]]
    noticed += [_table_left_out(sheet, why) for sheet, why in left_out if why]
    noticed.append(_passed_over(project))
    register = Register(
        whole,
        name,
        {heading: heading for heading in headings},
        findings.none(),
        tuple(tables),
        tuple(left_out),
        joined.spelt,
    )
    return register.with_table(whole, *noticed)


def _own_words(project: Project) -> frozenset[str]:
    """Return the keys of the words that project.yml has for what stands in cells: 'Received' can be a status."""
    own = project.settings
    kinds = (own.statuses, own.channels, own.types, own.relations)
    terms = [term for terms in kinds for term in terms.values()]
    return frozenset(heading_key(word) for term in terms for word in (term.label, *term.aliases))


def _taken(found: list[tuple[Sheet, list[Table]]]) -> tuple[list[Table], list[tuple[Sheet, str]]]:
    """Choose the tables that are the register: those with at least half as many known headings as the best one.

    Returns those, and every other sheet with what is to be said of it: nothing of a sheet without a table.
    """
    every = [table for _, tables in found for table in tables]
    best = max((table.hits for table in every), default=0)
    if best == 0:
        largest = max(every, key=lambda table: len(table.rows) * len(table.headings), default=None)
        chosen = [largest] if largest else []
    else:
        chosen = [table for table in every if table.hits >= max(1, best / 2)]
    # A sheet with a list of two columns (instructions, codes) is no register that somebody could miss.
    wide = min([3, *(len(table.headings) for table in chosen)])
    left_out = []
    for sheet, tables in found:
        others = [table for table in tables if not any(table is one for one in chosen)]
        is_whole = len(others) == len(tables)
        # Rows without headings of their own: a register may go on there.
        is_wide = any(len(table.headings) >= wide for table in others) or (
            not tables and bool((sheet.cells.notna().sum(axis=1) >= wide).any())
        )
        if is_wide or (others and not is_whole):
            rows = _rows_left_out(sheet, None if is_whole else others)
            left_out.append((sheet, f"{rows} row{'s' if rows != 1 else ''}"))
        elif is_whole:
            left_out.append((sheet, ""))
    return chosen, left_out


def _rows_left_out(sheet: Sheet, tables: Sequence[Table] | None) -> int:
    """Count the filled rows of a sheet, or of some of its tables: without headings the first is a grievance, too."""
    if tables is None:
        return int(sheet.cells.notna().any(axis=1).sum())
    return sum(len(table.heading_rows) + len(table.rows) + len(table.set_aside) for table in tables)


def _with_letters(sheet: Sheet, project: Project) -> Sheet:
    """Put back the letters that a file in cp1251 cannot have: Mongolian offices write ї and є there for ү and ө."""
    if project.settings.country != "MN" or sheet.encoding != "cp1251":
        return sheet
    return replace(sheet, cells=sheet.cells.apply(lambda column: column.str.translate(LOOKALIKES)))


class _Joined:
    """Under which heading a column of several tables is joined: as the first table with that column spells it."""

    def __init__(self, project: Project) -> None:
        self.chosen = {heading_key(heading): column for heading, column in project.settings.columns.items()}
        self.by_key: dict[str, str] = {}
        self.by_column: dict[str, str] = {}
        self.spelt: dict[str, str] = {}

    def headings(self, own: Sequence[str]) -> list[str]:
        """Return the joined heading for each of a table's own, no two the same."""
        columns = fit(own, self.chosen).columns
        names: list[str] = []
        for heading in own:
            # A heading that is one of the program's own names must not take its place.
            name = f"{heading} (as given)" if heading in PLACE else heading
            name = self.by_key.setdefault(heading_key(name) or name, name)
            if heading in columns:
                name = self.by_column.setdefault(columns[heading], name)
            if name in names:
                again = (f"{first_of(heading)} ({number})" for number in itertools.count(2))
                name = next(one for one in itertools.chain([heading], again) if one not in names)
            names.append(name)
            self.spelt.setdefault(heading, name)
        return names


def _with_places(table: Table, joined: _Joined) -> pd.DataFrame:
    """Return a table's grievances with their places, under the headings that all tables are joined by."""
    cells = table.cells()
    cells.columns = pd.Index(joined.headings(list(cells.columns)))
    sheet = table.sheet
    return cells.assign(
        source_file=pd.Series(sheet.file, index=cells.index, dtype="str"),
        source_sheet=pd.Series(sheet.name, index=cells.index, dtype="str"),
        source_row=pd.Series([sheet.row_number(int(row)) for row in table.rows], index=cells.index, dtype="int64"),
    )


def _set_aside(table: Table, part: pd.DataFrame) -> list[pd.DataFrame]:
    sheet = table.sheet
    above = [sheet.row_number(row) for row, kind in table.set_aside.items() if kind == "above"]
    why = pd.Series(
        {sheet.row_number(row): SET_ASIDE[kind] for row, kind in table.set_aside.items() if kind != "above"},
        dtype="str",
    )
    aside, lost = _places(sheet, list(why.index)), _places(sheet, above)
    # Which column is the number is not known yet; it is filled in once the columns have names.
    of_table = part[[*PLACE]].assign(registration_no=pd.Series("", index=part.index, dtype="str"))
    beyond = pd.Series({sheet.row_number(row): count for row, count in table.beyond.items()}, dtype="int64")
    longer = of_table[of_table["source_row"].isin(beyond.index)]
    hidden = of_table[of_table["source_row"].isin(sheet.hidden_rows)]
    hides = {} if sheet.is_visible else {sheet.file: sheet.name}
    return [
        findings.found("row_above_headings", lost, values=pd.Series("", index=lost.index)),
        findings.found(
            "row_set_aside", aside, values=pd.Series("", index=aside.index), what=why.reset_index(drop=True)
        ),
        findings.found("cells_beyond_headings", longer, values=longer["source_row"].map(beyond)),
        findings.found("row_hidden", hidden, values=pd.Series("", index=hidden.index)),
        findings.found("sheet_hidden", findings.about_files(hides, hides.values()), what=sheet.shown),
        *_error_cells(table, of_table),
        *_merged_cells(table, of_table),
    ]


def _error_cells(table: Table, of_table: pd.DataFrame) -> list[pd.DataFrame]:
    """Note the cells of grievances in which a formula of the workbook ended in an error."""
    known = set(of_table["source_row"])
    at = [(row, column) for row, column in sorted(table.sheet.error_cells) if column in table.columns and row in known]
    if not at:
        return []
    rows = of_table.set_index("source_row", drop=False).loc[[row for row, _ in at]].reset_index(drop=True)
    cells = pd.Series([f"{xl_col_to_name(column)}{row}" for row, column in at])
    return [findings.found("cell_with_error", rows, values=cells)]


def _merged_cells(table: Table, of_table: pd.DataFrame) -> list[pd.DataFrame]:
    """Note the cells that are merged over several grievances, once a column, at the first of them."""
    areas = named(table.merged, table.sheet.first_row)
    if not areas:
        return []
    at = [table.sheet.row_number(row) for row, _ in areas]
    rows = of_table.set_index("source_row", drop=False).loc[at].reset_index(drop=True)
    return [findings.found("cells_merged", rows, values=pd.Series(list(areas.values())))]


def _table_left_out(sheet: Sheet, rows: str) -> pd.DataFrame:
    place = findings.about_files([sheet.file], [sheet.name])
    return findings.found("table_left_out", place, values=pd.Series([rows]), what=sheet.shown)


def _places(sheet: Sheet, rows: list[int]) -> pd.DataFrame:
    of_sheet = findings.about_files([sheet.file] * len(rows), [sheet.name] * len(rows))
    return of_sheet.assign(source_row=pd.array(rows, dtype="Int64"))
