"""The texts of HTML and SVG: between the tags, in attributes, comments and style sheets, and in data within them."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

from pipeline.confidentiality.readable.text import Seen
from pipeline.yaml_files import Strict, read_model

_FILE = Path(__file__).with_name("markup.yml")
_CSS_TEXT = re.compile(r"""/\*(.*?)(?:\*/|\Z)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|url\(\s*([^"'\s)]+)""", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})\s?")
_DATA = re.compile(r"\s*data:([^,;]*)((?:;[^,;]*)*),(.*)", re.DOTALL | re.IGNORECASE)
_DATA_WITHIN = re.compile(r"""\bdata:[\w.+-]+/[\w.+-]+(?:;[\w=.-]+)*,[^"'\s)<>\\]*""")
_LONG = 2000
_MARKUP = ("image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "application/xml")
_BEGINNINGS = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"\0\0\1\0", b"wOFF", b"wOF2", b"OTTO", b"\0\1\0\0", b"true",
    b"%PDF",
)  # fmt: skip
"""How encoded images, fonts and PDF begin; a text does not."""


class _Words(Strict):
    inline: frozenset[str]
    elements: frozenset[str]
    shapes: frozenset[str]
    code: frozenset[str]
    without_value: frozenset[str]


@cache
def _words() -> _Words:
    return read_model(_FILE, _Words, "pipeline/confidentiality/readable/markup.yml")


def markup_texts(text: str, *, are_columns: bool = False) -> Iterator[Seen]:
    """Yield the texts and the attributes of HTML, SVG or XML; data in it are opened.

    A text whose parts inline elements part comes twice: with nothing and with a stroke between them. Raises ValueError
    for data that cannot be read. In a printed text, whose `are_columns`, blanks part words.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if text.rfind("<") > text.rfind(">"):  # a tag without an end
        yield Seen(text[text.rfind("<") :])
    for parts in reader.blocks:
        yield from _joined(parts, are_columns)
    for css in reader.styles:
        yield from _css_texts(css)
    for name, value in reader.attributes:
        yield from _attribute_texts(name, value)


def looks_like_markup(text: str) -> bool:
    """Whether a text may hold elements."""
    return re.search(r"<[A-Za-z!/?]", text) is not None


def is_encoded(coded: str) -> bool:
    """Whether a text is an image, a font or a PDF in base64, by how the data begin."""
    try:
        return b64decode("".join(coded.split())[:16], validate=True).startswith(_BEGINNINGS)
    except ValueError:
        return False


def data_texts(address: str) -> Iterator[Seen] | None:
    """Return the texts of a `data:` address, None where it is another one."""
    match = _DATA.fullmatch(address)
    return _opened(match) if match else None


def plain_texts(text: str) -> Iterator[Seen]:
    """Yield a text such as a printed line; data and elements within it are opened as well.

    One that holds a document is searched for patterns as that alone, which takes half the time.
    """
    is_document = len(text) > _LONG and looks_like_markup(text) and "</" in text
    yield Seen(_DATA_WITHIN.sub(" ", text), is_code=is_document, is_laid_out=True)
    for match in _DATA_WITHIN.finditer(text):
        yield from data_texts(match[0]) or ()
    if looks_like_markup(text):
        yield from markup_texts(text, are_columns=not is_document)


def _opened(match: re.Match[str]) -> Iterator[Seen]:
    kind, parameters, content = match[1].strip().lower(), match[2].lower(), match[3]
    raw = unquote_to_bytes(content)
    if ";base64" in parameters:
        if is_encoded(raw.decode("ascii", "replace")) and kind not in _MARKUP:
            return
        raw = b64decode(b"".join(raw.split()), validate=True)
    text = raw.decode("utf-8")
    if kind in _MARKUP or looks_like_markup(text):
        yield from markup_texts(text)
    if kind not in _MARKUP:
        yield Seen(text)


def _attribute_texts(name: str, value: str) -> Iterator[Seen]:
    opened = data_texts(value)
    if opened is not None:
        yield from opened
    elif name == "style":
        yield from _css_texts(value)
    else:
        yield Seen(value, is_code=name in _words().code)
        if name and looks_like_markup(value):
            yield from markup_texts(value)


def _css_texts(css: str) -> Iterator[Seen]:
    """Yield a style sheet as code, and its comments, strings and addresses as texts."""
    yield Seen(css, is_code=True)
    for match in _CSS_TEXT.finditer(css):
        text = next((part for part in match.groups() if part), "")
        opened = data_texts(text)
        yield from opened if opened is not None else (Seen(_CSS_ESCAPE.sub(_css_letter, text)),)


def _css_letter(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "?"


def _joined(parts: list[str], are_columns: bool) -> Iterator[Seen]:
    whole = "".join(parts)
    if not whole.strip():
        return
    yield Seen(whole, is_laid_out=True)
    if not are_columns and re.search(r"\n|\s\s", whole.strip()):  # which is shown as a blank
        yield Seen(" ".join(whole.split()))
    if sum(bool(part.strip()) for part in parts) > 1:
        yield Seen(" | ".join(parts))


class _Reader(HTMLParser):
    """Collects blocks (the parts of each), style sheets, and attributes by their names, tags as they stand by none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[list[str]] = [[]]
        self.styles: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = _words()
        self._part(tag)
        self._is_style = tag == "style"
        written = self.get_starttag_text() or ""
        is_odd = any(value is None and name not in words.without_value for name, value in attrs)
        if not (tag in words.inline or tag in words.elements) or written[1:2].isupper() or is_odd:
            self.attributes.append(("", written))
        self.attributes += [(name, value) for name, value in attrs if value and name not in words.shapes]

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self.styles.append(data)
        else:
            self.blocks[-1].append(data)

    def handle_comment(self, data: str) -> None:
        self.attributes.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.attributes.append(("", decl))

    def handle_pi(self, data: str) -> None:
        self.attributes.append(("", data))

    def unknown_decl(self, data: str) -> None:
        self.blocks.append([data.removeprefix("CDATA[")])

    def _part(self, tag: str) -> None:
        if tag == "br":
            self.blocks[-1].append("\n")
        elif tag in _words().inline:
            self.blocks[-1].append("")
        elif self.blocks[-1]:
            self.blocks.append([])
