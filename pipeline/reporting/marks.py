"""What a report says of itself in its head, for the index of its project: draft, provisional, counted up to when.

Nothing stands there that the cover does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

_STATUS, _COUNTED_TO = "grm-status", "grm-counted-to"
_MOST_BYTES = 16_384
"""How far into a report its head is looked for."""
_WORDS = {"draft", "provisional", "final"}


@dataclass(frozen=True)
class Marks:
    """Whether nobody released a report (a draft), whether its period was not over, and the last day that it counts."""

    is_draft: bool
    is_provisional: bool
    counted_to: date

    def meta(self) -> list[tuple[str, str]]:
        """Return names and contents of the `meta` elements of the report's head."""
        named = {"draft": self.is_draft, "provisional": self.is_provisional}
        status = " ".join(name for name, is_so in named.items() if is_so) or "final"
        return [(_STATUS, status), (_COUNTED_TO, self.counted_to.isoformat())]


def read_marks(html: Path) -> Marks | None:
    """Read the marks from a report's head; None where it says nothing of the kind, or cannot be read."""
    reader = _Head()
    try:
        with html.open("rb") as handle:
            reader.feed(handle.read(_MOST_BYTES).decode("utf-8", errors="replace"))
        status = set(reader.said[_STATUS].split())
        if not status or not status <= _WORDS:
            return None
        return Marks("draft" in status, "provisional" in status, date.fromisoformat(reader.said[_COUNTED_TO]))
    except (OSError, KeyError, ValueError):
        return None


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "meta" and attributes.get("name"):
            self.said.setdefault(str(attributes["name"]), attributes.get("content") or "")
