"""Stretches of days of which figures were published: which of them make up another one, and which lie within one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TypeVar

_One = TypeVar("_One")
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
    """A span and parts of it without overlap; exact where they make up the whole.

    Where `also` holds a span, the whole and that one together count each day as often as the parts do.
    """

    whole: Span
    parts: tuple[Span, ...]
    is_exact: bool
    also: tuple[Span, ...] = ()

    @property
    def signed(self) -> list[tuple[Span, int]]:
        """The spans that are added up, with 1, and those that are subtracted from them, with -1."""
        return [*((one, 1) for one in (self.whole, *self.also)), *((one, -1) for one in self.parts)]


def span_relations(spans: Sequence[Span]) -> list[SpanRelation]:
    """Find what ties the spans together.

    Two spans of the same days, a span that is two others end to end, a span that is a chain of the shortest ones, what
    two releases leave before the first day of their periods where that is no span itself, and a span within another,
    where nothing of these says so already.
    """
    same: dict[tuple[date, date], list[Span]] = {}
    for span in spans:
        same.setdefault((span.start, span.end), []).append(span)
    found = [
        SpanRelation(one, (other,), is_exact=True)
        for group in same.values()
        for one, other in _to_first_and_last(group)
    ]
    distinct = [group[0] for group in same.values()]
    for whole in distinct:
        inside = [one for one in distinct if one is not whole and whole.start <= one.start and one.end <= whole.end]
        chain = list(_longest_chain(whole, inside))
        halves = [
            (one, parts) for one in same[whole.start, whole.end] for parts in _halves(one, spans) if parts not in chain
        ]
        found += [SpanRelation(whole, parts, is_exact=True) for parts in chain]
        found += [SpanRelation(one, parts, is_exact=True) for one, parts in halves]
        used = {part for parts in [*chain, *(parts for _, parts in halves)] for part in parts}
        for one in inside:
            is_said = any(one is not other and other.start <= one.start and one.end <= other.end for other in inside)
            if one not in used and not is_said:
                found.append(SpanRelation(whole, (one,), is_exact=False))
    return [*found, *_before(spans, same)]


def _to_first_and_last(group: Sequence[_One]) -> Iterator[tuple[_One, _One]]:
    """Pair each one but the first with the first and with the one before it."""
    for place, one in enumerate(group[1:], 1):
        yield one, group[0]
        if place > 1:
            yield one, group[place - 1]


def _halves(whole: Span, spans: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    ends: dict[date, list[Span]] = {}
    for span in spans:
        if span.end == whole.end and span.start > whole.start:
            ends.setdefault(span.start, []).append(span)
    for one in spans:
        if one.start == whole.start:
            yield from ((one, other) for other in ends.get(one.after, ()))


def _before(spans: Sequence[Span], same: Collection[tuple[date, date]]) -> Iterator[SpanRelation]:
    """Relate what releases tell of the days before their periods: what there was since the start, less the period."""
    left: dict[tuple[date, date], list[tuple[Span, Span]]] = {}
    for whole, part in product(spans, spans):
        if whole.release == part.release and whole.end == part.end and whole.start < part.start:
            left.setdefault((whole.start, part.start - _ONE_DAY), []).append((whole, part))
    for days, group in left.items():
        for (whole, part), (other, of_other) in _to_first_and_last(group if days not in same else ()):
            yield SpanRelation(whole, (other, part), is_exact=True, also=(of_other,))


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
