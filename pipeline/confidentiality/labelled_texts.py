"""Texts in which people marked what tells who somebody is, as redaction is measured on them.

They lie beside the checkout and are not part of it. What a set marks and redaction does not replace (places, dates,
nationalities, products, titles) is no marked place here: who touches it touches a word wrongly.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.confidentiality.hits import Kind
from pipeline.confidentiality.word_counting import marked_sentences
from pipeline.errors import InputError

_KINDS: dict[str, Kind] = {
    "PERSON": "person",
    "person": "person",
    "PER": "person",
    "name": "person",
    "ORGANIZATION": "organisation",
    "ORG": "organisation",
    "corporation": "organisation",
    "group": "organisation",
    "STREET_ADDRESS": "address",
    "ADDRESS": "address",
    "address": "address",
    "PHONE_NUMBER": "phone",
    "phone": "phone",
    "EMAIL_ADDRESS": "email",
    "email": "email",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "US_SSN": "national_id",
    "US_DRIVER_LICENSE": "passport",
    "IP_ADDRESS": "ip",
    "DOMAIN_NAME": "link",
}
"""What the labels of the sets mean; a driver's licence is a document with a number, as a passport is."""
_NEUTRAL = frozenset({"ZIP_CODE"})
"""Labels of what is part of an address: neither looked for by itself nor wrong to touch."""


@dataclass(frozen=True)
class Marked:
    """A marked place (characters, end excluded); `kind` is None where it is neither to be found nor wrong to touch."""

    kind: Kind | None
    start: int
    end: int


@dataclass(frozen=True)
class LabelledText:
    """A text and its marked places."""

    text: str
    marked: tuple[Marked, ...]


@dataclass(frozen=True)
class LabelledTexts:
    """A set of texts; `locale` is the one under which it is redacted.

    The rules were written with a look at the texts at even places; the others were held out.
    """

    name: str
    locale: str
    texts: tuple[LabelledText, ...]

    @property
    def held_out(self) -> tuple[LabelledText, ...]:
        return self.texts[1::2]


def labelled_texts(shared_data: Path) -> list[LabelledTexts]:
    """Read the five sets below `shared_data`; a file that is absent is an `InputError`."""
    synthetic, wnut = shared_data / "presidio_research_synth", shared_data / "wnut17" / "emerging.dev.conll"
    news, example = shared_data / "mongolian_ner" / "valid.txt", shared_data / "scrubadub_example"
    paths = [synthetic / "synth_dataset_v2.json", synthetic / "generated_small.json", news, wnut]
    for path in (*paths, example / "document.txt", example / "known_pii.csv"):
        if not path.is_file():
            name = path.relative_to(shared_data).as_posix()
            raise InputError(
                f"{name} is not in the folder of real data. Put it there; see docs/redaction-evaluation.md."
            )
    return [
        LabelledTexts("synth_dataset_v2", "en-US", tuple(_from_spans(paths[0]))),
        LabelledTexts("generated_small", "en-US", tuple(_from_spans(paths[1]))),
        LabelledTexts("Mongolian news, validation part", "mn-MN", tuple(_from_sentences(news))),
        LabelledTexts("WNUT-17, development part", "en-US", tuple(_from_sentences(wnut))),
        LabelledTexts("scrubadub's example", "en-GB", (_from_example(example),)),
    ]


def _marked(label: str, start: int, end: int) -> Iterator[Marked]:
    if label in _KINDS or label in _NEUTRAL:
        yield Marked(_KINDS.get(label), start, end)


def _from_spans(path: Path) -> Iterator[LabelledText]:
    for one in json.loads(path.read_text(encoding="utf-8")):
        spans = sorted((span["start_position"], span["end_position"], span["entity_type"]) for span in one["spans"])
        yield LabelledText(
            one["full_text"], tuple(m for start, end, label in spans for m in _marked(label, start, end))
        )


def _from_sentences(path: Path) -> Iterator[LabelledText]:
    """Join the words of each sentence by blanks; B- begins a marked place, I- goes on with it."""
    for sentence in marked_sentences(path):
        text = ""
        spans: list[tuple[str, int, int]] = []
        former = ""
        for word, tag in sentence:
            start = len(text) + bool(text)
            text = f"{text} {word}" if text else word
            begins, _, label = tag.partition("-")
            if begins == "I" and label == former:
                spans[-1] = (label, spans[-1][1], len(text))
            elif label:
                spans.append((label, start, len(text)))
            former = label
        yield LabelledText(text, tuple(m for label, start, end in spans for m in _marked(label, start, end)))


def _from_example(folder: Path) -> LabelledText:
    """Find each line of known_pii.csv wherever it stands, in small letters or not; an address ends with `match_end`."""
    text = (folder / "document.txt").read_text(encoding="utf-8")
    low = text.lower()
    marked: list[Marked] = []
    with (folder / "known_pii.csv").open(encoding="utf-8", newline="") as handle:
        for line in csv.DictReader(handle):
            start = low.find(line["match"].lower())
            while start >= 0:
                last = line["match_end"] or line["match"]
                end = low.index(last.lower(), start) + len(last)
                marked += _marked(line["filth_type"], start, end)
                start = low.find(line["match"].lower(), end)
    return LabelledText(text, tuple(sorted(marked, key=lambda one: one.start)))
