"""Counts the words behind four lists of words/ in texts that lie beside the checkout.

    python -m pipeline.confidentiality.word_counting ../shared/data

No list of somebody else's is copied: what is taken down is which words people write in small letters, which ones stand
behind initials, and which ones are marked as a place. The texts on which redaction is measured are not read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipeline.confidentiality.word_forms import cases, folded, forms

COMMON_FROM = 2
"""Times that a word must be written in small letters."""
COMMON_SHARE = 0.25
"""Share of its uses in which it must be: 'haiti' is at times written small, and is no common word."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIAL = re.compile(r"^[\"“«(]?([А-ЯЁӨҮ][а-яөү]?)\.([А-ЯЁӨҮ][а-яёөү]+(?:-[А-ЯЁӨҮ][а-яёөү]+)?)")
_FOLDER = Path(__file__).with_name("words")
_HEAD = "# Counted by pipeline/confidentiality/word_counting.py; {what}\n"


def marked_sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Yield the sentences of a file with a word and its label a line; an empty line ends a sentence."""
    sentence: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if len(parts) >= 2:
            sentence.append((parts[0], parts[-1]))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _common(tokens: list[str]) -> list[str]:
    small: Counter[str] = Counter()
    all_uses: Counter[str] = Counter()
    for token in tokens:
        for word in _WORD.findall(token):
            all_uses[folded(word)] += 1
            small[folded(word)] += word.islower()
    known = {w for w, n in small.items() if n >= COMMON_FROM and n >= COMMON_SHARE * all_uses[w] and len(w) > 1}
    # What is a form of another word of the list is found without being in it.
    return sorted(word for word in known if not any(form in known for form in forms(word) if form != word))


def _english(shared_data: Path) -> list[str]:
    sentences = marked_sentences(shared_data / "wnut17" / "wnut17train.conll")
    tokens = [word for sentence in sentences for word, label in sentence if label == "O" and word[:1] not in "@#"]
    messages = pd.read_csv(shared_data / "disaster_response_messages/disaster_response_validation.csv", dtype=str)
    notes = pd.read_csv(shared_data / "boston311_2015/boston_general_comments_typed_H1.csv.gz", dtype=str)
    for text in (*messages["message"].dropna(), *notes["CLOSURE_REASON"].dropna()):
        tokens += text.split()
    return _common(tokens)


def _mongolian(shared_data: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the common words, the given names (behind two initials or more) and the places (marked twice or more)."""
    common: list[str] = []
    initials: dict[str, set[str]] = defaultdict(set)
    places: Counter[str] = Counter()
    written: dict[str, set[str]] = defaultdict(set)
    for sentence in marked_sentences(shared_data / "mongolian_ner" / "train.txt"):
        for token, label in sentence:
            if label == "O":
                common.append(token)
            if found := _INITIAL.match(token):
                initials[_stem(found[2], written)].add(found[1])
            if label.endswith("LOC"):
                places.update(_stem(word, written) for word in _WORD.findall(token) if word[0].isupper())
    # Of the forms in which a name is written, the shortest one is taken.
    given = {min(written[name], key=_by_length) for name, ones in initials.items() if len(ones) > 1}
    named = {min(written[name], key=_by_length) for name, n in places.items() if n > 1}
    words = _common(common)
    return words, sorted(given), sorted(name for name in named - given - set(words) if len(name) > 2)


def _by_length(word: str) -> tuple[int, str]:
    return len(word), word


def _stem(word: str, written: dict[str, set[str]]) -> str:
    """Take the shortest of what a name may be a case of, and note the form in which it is written."""
    word = folded(word)
    stem = min((case for case in cases(word) if word.startswith(case) and len(case) > 3), key=_by_length, default=word)
    written[stem].add(word)
    return stem


def counted(shared_data: Path) -> dict[str, str]:
    """Count the words below `shared_data`; returns the four lists, as they are written, by their names."""
    written = f"written in small letters {COMMON_FROM} times or more"
    common, given, places = _mongolian(shared_data)
    return {
        "counted_en": _list(f"{written} in English messages and officials' notes.", _english(shared_data)),
        "counted_mn": _list(f"{written} in Mongolian news.", common),
        "given_names_mn": _list("in Mongolian news behind two different initials or more.", given),
        "places_mn": _list("marked as a place twice or more in Mongolian news.", places),
    }


def _list(what: str, words: list[str]) -> str:
    return _HEAD.format(what=what) + "".join(f"{word}\n" for word in words)


def main(shared_data: Path) -> None:
    """Write the four lists anew."""
    for name, text in counted(shared_data).items():
        (_FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
