"""What redaction finds in a text: places that tell who somebody is, each with its kind and the rule that found it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "person",
    "organisation",
    "contact",
    "phone",
    "email",
    "iban",
    "card",
    "passport",
    "national_id",
    "plate",
    "coordinates",
    "address",
    "ip",
    "handle",
    "link",
    "description",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Every kind of placeholder; 'description' stands for words that tell who somebody is without a name."""
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(kind.replace('_', ' ') for kind in KINDS)})(?: \d+)?\]")
"""What stands in a redacted text in the place of what was replaced: `[person]`, or `[person 2]` of several."""


@dataclass(frozen=True)
class Hit:
    """One place in a text (characters, end excluded): what it tells, and by which rule it was found.

    `of` is a key of the name that a known one belongs to, the same for all of its spellings; it is never shown. A
    suspect looks like a name, or like a description of somebody, and no list says that it is one: a person decides.
    """

    kind: Kind
    start: int
    end: int
    rule: str = "known_name"
    is_suspect: bool = False
    of: str = field(default="", repr=False, compare=False)

    @property
    def placeholder(self) -> str:
        """What stands in its place where it is the only one of its kind."""
        return f"[{self.kind.replace('_', ' ')}]"
