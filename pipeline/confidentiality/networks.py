"""E-mail addresses, personal pages, handles and computers' addresses in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.pattern_words import Labels, one_of, pattern_words

_LOCAL = r"\w.!#$%&'*+/=?^`{|}~-"
"""What can stand before the @ of an address (RFC 5322), and letters of every script (RFC 6531)."""
_EMAIL = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]++[ ]?@[ ]?(?:[\w-]{{1,63}}\.){{1,8}}[^\W\d_][\w-]{{1,23}}(?![\w@])")
_EMAIL_AT_A_HOST = re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]++@(?:[\w-]{{1,63}}\.){{0,8}}[^\W\d][\w-]{{1,63}}(?!@)")
_AT = r"[ ]{0,2}(?:\(at\)|\[at\]|\{at\}|<at>|\(@\)|\[@\]|[ ]at[ ]|\(эт\)|\(собака\))[ ]{0,2}"
_DOT = r"[ ]{0,2}(?:\(dot\)|\[dot\]|\{dot\}|[ ]dot[ ]|\(цэг\)|\(точка\)|\.)[ ]{0,2}"
_SPELT_OUT = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,4}}(?:com|org|net|mn|ru|edu|gov|info|[a-z]{{2}})(?!\w)",
    re.IGNORECASE,
)
_IS_SPELT_OUT = re.compile(r"[(\[{<](?:at|@|эт|собака)[)\]}>]|[ ]dot[ ]", re.IGNORECASE)
_DOTTED = re.compile(r"\.[^\W_]")
_NOT_AT_THE_BEGINNING = "!#$%&'*+/=?^`{|}~.-"
_HANDLE = re.compile(r"(?<![\w@.\]/])@[^\W\d][\w.]{1,40}(?![\w@])")
_HANDLE_AFTER_LABEL = re.compile(r"[^\W\d][\w.:-]{2,40}")
_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-fA-F:]{2,45}+(?:(?:\.\d{1,3}){3})?(?:/\d{1,3})?(?![\w:])")
_END = ".,;:!?)]}'\"»”’*_"
"""What ends a sentence, and no link."""


def emails(text: str, country: str) -> Iterator[Hit]:
    """Find addresses, also with a blank beside the @, at a host without a dot, or with 'at' and 'dot' written out."""
    if "@" in text:
        for expression in (_EMAIL, _EMAIL_AT_A_HOST):
            for match in expression.finditer(text):
                start = match.start()
                while text[start] in _NOT_AT_THE_BEGINNING and text[start] != "@":
                    start += 1
                if text[start] not in "@ ":
                    yield Hit("email", start, match.end(), "email")
    # 'meet at example.org' is no address: where the at has no brackets, the dot is written out, too.
    if not _IS_SPELT_OUT.search(text):
        return
    for match in _SPELT_OUT.finditer(text):
        if _IS_SPELT_OUT.search(match[0]):
            yield Hit("email", match.start(), match.end(), "email_spelt_out")


def links(text: str, country: str) -> Iterator[Hit]:
    """Find pages of persons and groups; the bare host, such as facebook.com, is nobody's."""
    # A host has a dot before a letter and a page behind it; a scheme has a colon.
    if not (":" in text or (("/" in text or "?" in text) and _DOTTED.search(text))):
        return
    for match in _link_expression().finditer(text):
        end = match.start() + len(match[0].rstrip(_END))
        if end > match.start("page"):
            yield Hit("link", match.start(), end, "link_personal")


@cache
def _link_expression() -> re.Pattern[str]:
    words = pattern_words()
    hosts, schemes = ("|".join(map(re.escape, some)) for some in (words.link_hosts, words.link_schemes))
    page = r"[^\s<>\"\\]"
    return re.compile(
        rf"(?<![\w@.-])(?:(?:https?://)?(?:[\w-]{{1,40}}\.){{0,3}}?(?:{hosts})(?::\d{{1,5}})?[/?](?P<page>){page}++"
        rf"|(?:{schemes}){page}++)",
        re.IGNORECASE,
    )


def handles(text: str, country: str) -> Iterator[Hit]:
    """Find @names, and names after a label and a colon."""
    if "@" in text:
        for match in _HANDLE.finditer(text):
            yield Hit("handle", match.start(), match.start() + len(match[0].rstrip(".")), "handle")
    if ":" not in text and "=" not in text:
        return
    for label in _handle_label().finditer(text):
        name = _HANDLE_AFTER_LABEL.match(text, label.end())
        if name and re.search(r"[\d_.]", name[0].rstrip(".:-")):
            yield Hit("handle", name.start(), name.start() + len(name[0].rstrip(".:-")), "handle_labelled")


@cache
def _handle_label() -> re.Pattern[str]:
    return re.compile(rf"{one_of(pattern_words().handle_labels)}[ ]?[:=][ ]?", re.IGNORECASE)


def computers(text: str, country: str) -> Iterator[Hit]:
    """Find addresses of the internet protocol.

    3.1.2.4 may be a number of a section or of a tender. So unless a label says what it is, two of the four numbers
    have two digits, or one has three, and no word such as 'version' stands before.
    """
    label, not_one = _ip_labels()
    for match in _IPV4.finditer(text):
        parts = match[0].split("/")[0].split(".")
        if _is_ip(match[0]) and (
            label.is_before(text, match.start())
            or (
                (sum(len(part) > 1 for part in parts) > 1 or max(map(len, parts)) > 2)
                and not not_one.is_before(text, match.start())
            )
        ):
            yield Hit("ip", match.start(), match.end(), "ip")
    if "::" in text or text.count(":") > 3:
        for match in _IPV6.finditer(text):
            found = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
            is_long = found.count(":") > 2 or found.casefold().startswith(
                ("fe80:", "fd", "2001:", "2a0", "::1", "::ffff")
            )
            if is_long and any(letter.isdigit() for letter in found) and _is_ip(found):
                yield Hit("ip", match.start(), match.start() + len(found), "ip")


@cache
def _ip_labels() -> tuple[Labels, Labels]:
    words = pattern_words()
    return Labels(words.ip_labels, also_of_things=True), Labels(words.not_an_ip, also_of_things=True)


def _is_ip(text: str) -> bool:
    try:
        ip_address(text.split("/")[0])
    except ValueError:
        return False
    return True
