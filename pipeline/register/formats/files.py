"""One function for every kind of file: what a file is, its content says, whatever its ending."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

from pipeline.errors import InputError
from pipeline.register.formats.contained import read_contained
from pipeline.register.formats.records import is_json, read_records
from pipeline.register.formats.sheet import Sheet
from pipeline.register.formats.text import decode, read_text

ENDINGS = (
    ".csv",
    ".tsv",
    ".txt",
    ".csv.gz",
    ".tsv.gz",
    ".txt.gz",
    ".json.gz",
    ".jsonl.gz",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".xlsb",
    ".ods",
    ".docx",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
)
"""The endings of the files that are read from a folder."""
DELIMITED = (".csv", ".tsv", ".txt")
CONTAINED = ("workbook", "document", "parquet")
"""The kinds that are read in a process of their own."""
MOST_TEXT_BYTES = 2 * 1024**3
OTHERS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a document in rich text (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
}
"""What a file is that is not read, by its first bytes."""


def read_file(path: Path, name: str, shown_as: str, encoding: str = "") -> list[Sheet]:
    """Read every sheet of a file, without changing it.

    Parameters
    ----------
    path
        The file.
    name, shown_as
        What the sheets and the errors call it.
    encoding
        Of a text file, where project.yml gives it; found otherwise.

    Raises
    ------
    InputError
        Where the file cannot be read, with what to do about it.
    """
    try:
        with path.open("rb") as handle:
            head = handle.read(4096)
        kind = _kind(path, head, shown_as)
        if kind in CONTAINED:
            return read_contained(kind, path, name, shown_as)
        data = _unpacked(path, shown_as) if kind == "gzip" else _whole(path, shown_as)
    except OSError as error:
        raise InputError(
            f"{shown_as} cannot be read: {error.strerror}. Close it in other programs and try again."
        ) from None
    text, found = decode(data, shown_as, encoding)
    del data
    try:
        content = text.encode()
        if is_json(text) and not path.name.lower().removesuffix(".gz").endswith(DELIMITED):
            return [replace(sheet, file=name) for sheet in read_records(text, shown_as)]
        del text  # with one letter beyond Latin each letter takes two bytes there
        return [replace(read_text(content, shown_as), file=name, encoding=found)]
    except UnicodeEncodeError:
        # Halves of characters, which some programs write as \ud800.
        raise InputError(
            f"{shown_as} holds characters that are none. Save it anew as UTF-8 in the program it comes from."
        ) from None


def _kind(path: Path, head: bytes, shown_as: str) -> str:
    if not head.strip():
        raise InputError(f"{shown_as} is empty. It needs a row of headings and one row a grievance.")
    for mark, what in OTHERS.items():
        if head.startswith(mark):
            raise _wrong_kind(shown_as, what)
    if re.match(rb"(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table)", head, re.IGNORECASE):
        raise _wrong_kind(shown_as, "a web page or an XML file")
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_archive(path, shown_as)
    kinds = {b"\xd0\xcf\x11\xe0": "workbook", b"PAR1": "parquet", b"\x1f\x8b": "gzip"}
    # The oldest Excel files begin with the record BOF of their version.
    if head[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        return "workbook"
    return next((kind for mark, kind in kinds.items() if head.startswith(mark)), "text")


def _kind_of_archive(path: Path, shown_as: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        # Cut short, or no archive in spite of its beginning: the reader has the sentence.
        return "workbook"
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return "workbook"
    if any(name.startswith("word/") for name in names):
        return "document"
    raise _wrong_kind(shown_as, "a zip archive; unpack it first", "")


def _wrong_kind(shown_as: str, what: str, more: str = "; open it in the program it comes from") -> InputError:
    return InputError(
        f"{shown_as} is {what}{more}. The register can be an Excel or OpenDocument workbook, a text file (CSV), a "
        "table in a Word document (.docx), JSON or parquet."
    )


def _whole(path: Path, shown_as: str) -> bytes:
    if path.stat().st_size > MOST_TEXT_BYTES:
        raise _too_large(shown_as)
    return path.read_bytes()


def _unpacked(path: Path, shown_as: str) -> bytes:
    try:
        with gzip.open(path) as handle:
            data = handle.read(MOST_TEXT_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{shown_as} is damaged or incomplete. Get it again from where it came.") from None
    if len(data) > MOST_TEXT_BYTES:
        raise _too_large(shown_as)
    return data


def _too_large(shown_as: str) -> InputError:
    return InputError(
        f"{shown_as} is larger than {MOST_TEXT_BYTES // 1024**3} GiB as text. Part it into several files, put them "
        "into a folder, and name the folder under the key register in project.yml."
    )
