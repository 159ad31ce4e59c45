"""Words that tell who somebody is without a name: a pronoun, a post, a unit to which a complainant belongs.

They are few and written down in suspects.yml as patterns, so that a reviewer can say why a place was marked.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.confidentiality.hits import Hit
from pipeline.confidentiality.suspect_marks import suspects


@cache
def _patterns(is_ascii: bool) -> list[tuple[str, re.Pattern[str]]]:
    """Compile the patterns; what is marked is the group of each, and a word in braces is one of its list.

    For a text in ASCII alone those are left out that need a word of a list without any such word.
    """
    lists = suspects()
    compiled = []
    for one in lists.descriptions:
        pattern = one.pattern
        needed = [words for name, words in lists.description_words.items() if "{" + name + "}" in pattern]
        if is_ascii and any(not any(map(str.isascii, words)) for words in needed):
            continue
        for name, words in lists.description_words.items():
            pattern = pattern.replace("{" + name + "}", rf"(?:{'|'.join(map(re.escape, words))})\w*")
        # Blanks within a character class stay one blank; elsewhere a line may break there.
        compiled.append((one.rule, re.compile(rf"\b{pattern}\b".replace(" ", r"\s{1,3}"), re.IGNORECASE)))
    return compiled


def find_descriptions(text: str) -> list[Hit]:
    """Find the places of a text that describe somebody, from left to right, without overlaps; the longest wins."""
    found = []
    for rule, pattern in _patterns(text.isascii()):
        place = 0
        while match := pattern.search(text, place):
            found.append(Hit("description", *match.span(1), rule, is_suspect=True))
            place = match.end()
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept
