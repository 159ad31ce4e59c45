"""Text files: in which encoding and with which delimiter they were saved is found, never asked."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from pipeline.errors import InputError
from pipeline.register.formats.rows import batches
from pipeline.register.formats.sheet import Sheet, frame

DELIMITERS = ",;\t|"
_BYTES_LOOKED_AT = 200_000
_RECORDS_TRIED = 50
_LETTERS_TRIED = 1_000_000
"""A cell can hold a file of its own; each delimiter is tried on as much as this."""
_LETTERS_AT_A_TIME = 4_000_000
_BOMS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF_8 = re.compile(rb"([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+")
"""Letters beyond ASCII in UTF-8."""
_PLACES_NAMED = 3
_EAST_ASIAN = ("big5", "cp932", "cp949", "gb18030")


def read_text(content: bytes, shown_as: str) -> Sheet:
    """Read a delimited text (UTF-8); a quotation mark left open is an `InputError`."""
    return Sheet(shown_as, "", frame(batches(records(content, shown_as))))


def decode(data: bytes, file: str, encoding: str = "") -> tuple[str, str]:
    """Return a file's text and the encoding it was in.

    Marks at the beginning and UTF-8 leave no doubt. Otherwise East Asian encodings are told by their statistics, and
    Cyrillic (cp1251) from Western (cp1252) by whether letters beyond ASCII stand side by side or one by one among
    ASCII letters. `encoding` overrules all that. Bytes that are no text are an `InputError`, and so is a text of which
    most is UTF-8 and not all: no other encoding has its letters, and what the others were nobody knows.
    """
    if encoding:
        try:
            return data.decode(encoding), encoding
        except (UnicodeError, LookupError) as error:
            where = ""
            if isinstance(error, UnicodeDecodeError):
                where = f": {_place(data, error.start)} cannot be read in it"
            raise InputError(
                f"{file} is not in the encoding '{encoding}' that project.yml names under register{where}. Write anew "
                "what stands there, or leave the key encoding out if the whole file is in another one, which is then "
                "found."
            ) from None
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decoded(data, name, file)
    if b"\0" in data[:_BYTES_LOOKED_AT]:
        return _decoded(data, _wide(data, file), file)
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        pass
    if _is_mostly_utf_8(data):
        raise InputError(
            f"{file} is UTF-8 for the most part, and not in {_not_utf_8(data)}. Write anew what stands there, in the "
            "program that the file comes from or in a text editor, and save it as UTF-8 (in Excel as 'CSV UTF-8')."
        )
    return _decoded(data, _narrow(data), file)


def _is_mostly_utf_8(data: bytes) -> bool:
    """Say whether of the runs of bytes beyond ASCII more than half are whole letters in UTF-8: in no other are they."""
    runs = re.findall(rb"[\x80-\xff]+", _beyond_ascii(data))
    return sum(_UTF_8.fullmatch(run) is not None for run in runs) > len(runs) / 2


def _not_utf_8(data: bytes) -> str:
    """Name the first places that are not UTF-8, one a line."""
    places: list[str] = []
    begin = 0
    while begin < len(data):
        try:
            str(memoryview(data)[begin:], "utf-8")
            break
        except UnicodeDecodeError as error:
            at = begin + error.start
        if len(places) == _PLACES_NAMED:
            return f"{', '.join(places)} and more places"
        places.append(_place(data, at))
        begin = data.find(b"\n", at) + 1 or len(data)
    return " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))


def _place(data: bytes, at: int) -> str:
    """Name a byte by its line and where it stands in it, both from 1, and by its value."""
    line, before = data.count(b"\n", 0, at) + 1, data.rfind(b"\n", 0, at)
    return f"line {line} (byte {at - before} of it, {data[at]:02X})"


def _decoded(data: bytes, name: str, file: str) -> tuple[str, str]:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{file}, line {line}: a character cannot be read as {name.upper()}. Save the file again, in Excel as "
            "'CSV UTF-8'."
        ) from None
    if "\0" in text:
        raise _no_text(file)
    return text, name.upper() if name.startswith("utf") else name


def _wide(data: bytes, file: str) -> str:
    """Tell the order of bytes of UTF-16 without a mark: the zero bytes of ASCII letters stand second or first."""
    sample = data[:_BYTES_LOOKED_AT]
    second, first = sample[1::2].count(0), sample[0::2].count(0)
    if len(data) % 2 or max(first, second) < len(sample) / 8 or min(first, second) > max(first, second) / 10:
        raise _no_text(file)
    return "utf-16-le" if second > first else "utf-16-be"


def _beyond_ascii(data: bytes) -> bytes:
    """Return the first lines that are not ASCII alone."""
    first = re.search(rb"[\x80-\xff]", data)
    begin = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    lines = data[begin : begin + _BYTES_LOOKED_AT].split(b"\n")[:-1] or [data]
    return b"\n".join(line for line in lines if not line.isascii())[:_BYTES_LOOKED_AT]


def _narrow(data: bytes) -> str:
    sample = _beyond_ascii(data)
    runs = re.findall(rb"[\x80-\xff]+", sample)
    if sum(len(run) for run in runs if len(run) > 1) > sum(map(len, runs)) / 2:
        for encoding in ("cp1251", *_EAST_ASIAN):
            if _decodes(data, encoding) and from_bytes(sample, cp_isolation=[encoding]).best():
                return encoding
    return "cp1252" if _decodes(data, "cp1252") else "latin-1"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _no_text(file: str) -> InputError:
    return InputError(
        f"{file} is no text, and none of the kinds of file that can be read. In Excel choose File, Save As, "
        "'Excel Workbook' or 'CSV UTF-8'."
    )


def records(text: str | bytes, file: str) -> Iterator[list[str]]:
    """Part a text, or its bytes in UTF-8, into records; one that cannot be parted is an `InputError` with its row."""
    previous_limit = csv.field_size_limit(len(text) + 1)
    row = 0
    try:
        delimiter = delimiter_of(text)
        for cells in csv.reader(_lines(text), delimiter=delimiter, strict=True):
            row += 1
            yield cells
    except csv.Error as error:
        raise InputError(
            f"{file}, row {row + 1}: the row cannot be read ({error}). Look for a quotation mark that is not closed, "
            "in this row or the one before."
        ) from None
    finally:
        csv.field_size_limit(previous_limit)


def _lines(text: str | bytes) -> Iterator[str]:
    """Yield the lines as they end in the text, some thousand at a time: `StringIO` takes four bytes for each letter."""
    begin, end_of_line = 0, "\n" if isinstance(text, str) else b"\n"
    while begin < len(text):
        end = text.find(end_of_line, begin + _LETTERS_AT_A_TIME) + 1 or len(text)  # type: ignore[arg-type]
        piece = text[begin:end]
        yield from io.StringIO(piece if isinstance(piece, str) else piece.decode(), newline="")
        begin = end


def delimiter_of(text: str | bytes) -> str:
    """Return the mark by which most of the first records fall into equally many cells, and into most of them."""
    sample, is_cut = text[:_LETTERS_TRIED], len(text) > _LETTERS_TRIED
    # Where bytes are cut within a letter, that one is left out.
    tried = sample if isinstance(sample, str) else sample.decode(errors="ignore")
    return max(DELIMITERS, key=lambda mark: _evenness(tried, mark, is_cut=is_cut))


def _evenness(text: str, delimiter: str, *, is_cut: bool) -> int:
    widths: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = [cells for _, cells in zip(range(_RECORDS_TRIED), reader, strict=False)]
    # Where the text goes on, the last record that was found may not be whole.
    for cells in found[:-1] if is_cut and 1 < len(found) < _RECORDS_TRIED else found:
        if any(cell.strip(DELIMITERS + " ") for cell in cells):
            widths[len(cells)] += 1
    return max(((width - 1) * times for width, times in widths.items()), default=0)
