"""Stretches of days of which figures were published: which of them make up another one, and which lie within one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A stretch of days, both included, with the release and the scope that it is of; release '' is the one made."""

    release: str
    scope: str
    start: date
    end: date

    @property
    def after(self) -> date:
        """The day after the last."""
        return self.end + _ONE_DAY


@dataclass(frozen=True)
class SpanRelation:
    """A span and parts of it without overlap; exact where they make up the whole."""

    whole: Span
    parts: tuple[Span, ...]
    is_exact: bool


def span_relations(spans: Sequence[Span]) -> list[SpanRelation]:
    """Find what ties the spans together.

    Two spans of the same days, a span that is two others end to end, a span that is a chain of the shortest ones, and a
    span within another, where nothing of these says so already.
    """
    first: dict[tuple[date, date], Span] = {}
    found = []
    for span in spans:
        same = first.setdefault((span.start, span.end), span)
        if same is not span:
            found.append(SpanRelation(span, (same,), is_exact=True))
    distinct = list(first.values())
    for whole in distinct:
        inside = [one for one in distinct if one is not whole and whole.start <= one.start and one.end <= whole.end]
        exact = [*_halves(whole, inside), *_longest_chain(whole, inside)]
        found += [SpanRelation(whole, parts, is_exact=True) for parts in dict.fromkeys(exact)]
        used = {part for parts in exact for part in parts}
        for one in inside:
            is_said = any(one is not other and other.start <= one.start and one.end <= other.end for other in inside)
            if one not in used and not is_said:
                found.append(SpanRelation(whole, (one,), is_exact=False))
    return found


def _halves(whole: Span, inside: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    ends = {one.start: one for one in inside if one.end == whole.end}
    for one in inside:
        if one.start == whole.start and one.after in ends:
            yield one, ends[one.after]


def _longest_chain(whole: Span, inside: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Find the chain of most spans from the first day to the last."""
    chains: dict[date, tuple[Span, ...]] = {whole.start: ()}
    for one in sorted(inside, key=lambda span: (span.start, span.end)):
        if one.start in chains:
            longer = (*chains[one.start], one)
            if len(longer) > len(chains.get(one.after, ())):
                chains[one.after] = longer
    chain = chains.get(whole.after, ())
    if len(chain) > 1:
        yield chain
