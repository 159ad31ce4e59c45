"""The period in sentences: every number in them is taken from the indicators."""

from __future__ import annotations

from markupsafe import Markup

from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Project
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import Words, sentences


def paragraphs(numbers: Numbers, words: Words, project: Project, scopes: Scopes) -> list[str]:
    """Write the paragraphs of the section 'The period in words'."""
    parts = [
        [*_received(numbers, words, project, scopes)],
        [*_outcome(numbers, words, scopes)],
        [*_duration(numbers, words)],
        [*_stock(numbers, words)],
        [before_this(numbers, words, scopes)],
    ]
    return [sentences(told) for told in parts if told]


def opening(words: Words, project: Project, scopes: Scopes) -> str:
    """Say which report this is, and of what."""
    settings = project.settings
    ordinal = scopes.period.ordinal_since(settings.grm_start)
    kinds = {
        "half": words.text("semi-annual"),
        "quarter": words.text("quarterly"),
        "year": words.text("annual"),
        "month": words.text("monthly"),
    }
    window = words.span(scopes.current.start, scopes.current.end)
    if ordinal is None:
        told = words.text(
            "This is a summary report of the grievance redress mechanism of the %(project)s. It covers %(window)s.",
            project=settings.name,
            window=window,
        )
    else:
        told = words.text(
            "This is the %(ordinal)s %(kind)s summary report of the grievance redress mechanism of the %(project)s. "
            "It covers %(window)s.",
            ordinal=words.ordinal(ordinal),
            kind=kinds[scopes.period.kind],
            project=settings.name,
            window=window,
        )
    if not scopes.current.is_provisional:
        return told
    counted = words.text("What came after %(day)s is not counted.", day=scopes.current.counted_to)
    return sentences([told, counted])


def since(words: Words, project: Project) -> str | None:
    """Say since when the unit and the mechanism have been at work, where project.yml tells both."""
    settings = project.settings
    if settings.implementing_unit_start is None:
        return None
    return words.text(
        "The %(unit)s was established on %(unit_start)s; its grievance redress mechanism has been open since "
        "%(start)s.",
        unit=settings.implementing_unit,
        unit_start=settings.implementing_unit_start,
        start=settings.grm_start,
    )


def before_this(numbers: Numbers, words: Words, scopes: Scopes) -> str:
    """Compare with the previous period, or say why there is none."""
    if scopes.previous is None or scopes.previous_period is None:
        return words.text(
            "There is no previous period to compare with: the mechanism began on %(start)s.",
            start=scopes.cumulative.start,
        )
    window = words.span(scopes.previous.start, scopes.previous.end)
    if numbers.count("received", "previous") == 0:
        return words.text("In the previous period (%(window)s) no grievance was received.", window=window)
    sentence = words.plural(
        "In the previous period (%(window)s) %(n)s grievance was received.",
        "In the previous period (%(window)s) %(n)s grievances were received.",
        numbers.figure("received", "previous"),
        window=window,
    )
    if numbers.count("eligible", "previous") == 0:
        return sentences([sentence, words.text("None of them was eligible.")])
    resolved = words.text(
        "By its end, %(resolved)s eligible grievances had been resolved.",
        resolved=_of(numbers, words, "resolved", "eligible", "previous"),
    )
    return sentences([sentence, resolved])


def unplaced(numbers: Numbers, words: Words) -> str | None:
    """Say how many grievances could not be placed, and why; None where there are none."""
    if numbers.count("unplaced") == 0:
        return None
    return words.plural(
        "%(n)s grievance could not be placed: it has no date of receipt, and its number and other dates leave open on "
        "which side of the period's border it was received. It is counted in no figure of this period.",
        "%(n)s grievances could not be placed: they have no date of receipt, and their numbers and other dates leave "
        "open on which side of the period's border they were received. They are counted in no figure of this period.",
        numbers.figure("unplaced"),
    )


def _received(numbers: Numbers, words: Words, project: Project, scopes: Scopes) -> list[str]:
    received = numbers.count("received")
    window = scopes.current
    told = [
        words.plural(
            "From %(first)s to %(last)s, %(n)s grievance was received.",
            "From %(first)s to %(last)s, %(n)s grievances were received.",
            numbers.figure("received"),
            first=window.start,
            last=window.counted_to,
        )
        if received
        else words.text(
            "From %(first)s to %(last)s no grievance was received.", first=window.start, last=window.counted_to
        )
    ]
    if received:
        told += [_by_channel(numbers, words, project), *_by_relation(numbers, words)]
    not_placed = unplaced(numbers, words)
    return [*told, not_placed] if not_placed else told


def _by_channel(numbers: Numbers, words: Words, project: Project) -> str:
    if not numbers.is_collected("received", "channel"):
        return words.text("By which channel they came is not collected.")
    counts = numbers.members("received", "channel")
    labels = {code: channel.label for code, channel in project.settings.channels.items()}

    def linked(code: str, label: str) -> str:
        return Markup("{} {}").format(label, numbers.linked("received", "period", "channel", code))

    used = [linked(code, label) for code, label in labels.items() if counts[code]]
    unused = [label for code, label in labels.items() if not counts[code]]
    if counts[NOT_STATED]:
        unknown = numbers.linked("received", "period", "channel", NOT_STATED)
        used.append(words.text("channel not stated %(n)s", n=unknown))
    came = words.plural(
        "It came by %(channels)s.",
        "They came by these channels: %(channels)s.",
        numbers.count("received"),
        channels=words.listed(used),
    )
    told = [came]
    if unused:
        told.append(words.text("Nothing came through: %(channels)s.", channels=words.listed(unused)))
    return sentences(told)


def _by_relation(numbers: Numbers, words: Words) -> list[str]:
    eligible = _of(numbers, words, "eligible", "received")
    if numbers.is_collected("unrelated"):
        told = [
            words.text(
                "%(unrelated)s did not concern the project and %(eligible)s are eligible.",
                unrelated=_of(numbers, words, "unrelated", "received"),
                eligible=eligible,
            )
        ]
    else:
        told = [
            words.text(
                "Whether they concern the project is not collected; %(eligible)s are counted as eligible.",
                eligible=eligible,
            )
        ]
    if numbers.count("duplicate"):
        told.append(
            words.plural(
                "%(n)s repeated one already registered.",
                "%(n)s repeated ones already registered.",
                numbers.figure("duplicate"),
            )
        )
    return told


def _outcome(numbers: Numbers, words: Words, scopes: Scopes) -> list[str]:
    if not numbers.count("received"):
        return []
    as_of = scopes.current.as_of
    if not numbers.count("eligible"):
        return [words.text("None of them was eligible, so that there was nothing to resolve.")]
    told = []
    if (numbers.parts("resolution_rate") or (0, 0))[1]:
        told.append(
            words.text(
                "By %(day)s, %(rate)s eligible grievances had been resolved; counted against all that were received, "
                "the unrelated among them, it is %(rate_all)s.",
                day=as_of,
                rate=numbers.linked("resolution_rate"),
                rate_all=numbers.linked("resolution_rate_all"),
            )
        )
    others = [
        words.plural("%(n)s was in progress", "%(n)s were in progress", numbers.figure("in_progress")),
        words.plural("%(n)s was rejected", "%(n)s were rejected", numbers.figure("rejected")),
        words.plural("%(n)s was withdrawn", "%(n)s were withdrawn", numbers.figure("withdrawn")),
        words.plural("%(n)s has no known status", "%(n)s have no known status", numbers.figure("status_not_stated")),
    ]
    names = ("in_progress", "rejected", "withdrawn", "status_not_stated")
    shown = [other for other, name in zip(others, names, strict=True) if numbers.count(name)]
    if shown:
        eligible = numbers.linked("eligible")
        told.append(words.text("Of the %(n)s eligible ones, %(others)s.", n=eligible, others=words.listed(shown)))
    return told


def _duration(numbers: Numbers, words: Words) -> list[str]:
    if not numbers.count("resolution_working_days_n"):
        return [words.text("No resolution in the period has both dates, so that no duration can be given.")]
    if numbers.count("resolution_working_days_n") == 1:
        days = numbers.figure("resolution_working_days_max")
        return [
            words.plural(
                "The one first resolution in the period with both dates known took %(n)s working day.",
                "The one first resolution in the period with both dates known took %(n)s working days.",
                days,
            )
        ]
    return [
        words.text(
            "Of the first resolutions in the period with both dates known, %(same_day)s fell on the day of receipt.",
            same_day=numbers.linked("same_day"),
        ),
        words.text(
            "Counted in working days, the median was %(median)s, the mean %(mean)s and the maximum %(longest)s.",
            median=numbers.linked("resolution_working_days_median"),
            mean=numbers.linked("resolution_working_days_mean"),
            longest=numbers.linked("resolution_working_days_max"),
        ),
    ]


def _stock(numbers: Numbers, words: Words) -> list[str]:
    at_start, at_end = numbers.figure("opening_stock"), numbers.figure("closing_stock")
    if not at_start.count and not at_end.count:
        return [words.text("No grievance was open at the beginning of the period, and none at its end.")]
    if not at_start.count:
        sentence = words.plural(
            "No grievance was open at the beginning of the period, and %(n)s was open at its end.",
            "No grievance was open at the beginning of the period, and %(n)s were open at its end.",
            at_end,
        )
    elif not at_end.count:
        sentence = words.plural(
            "%(n)s grievance was open at the beginning of the period, and none at its end.",
            "%(n)s grievances were open at the beginning of the period, and none at its end.",
            at_start,
        )
    else:
        sentence = words.plural(
            "%(n)s grievance was open at the beginning of the period, and %(end)s at its end.",
            "%(n)s grievances were open at the beginning of the period, and %(end)s at its end.",
            at_start,
            end=at_end,
        )
    return [sentence]


def _of(numbers: Numbers, words: Words, part: str, whole: str, scope: str = "period") -> str:
    return words.text("%(n)s of %(total)s", n=numbers.linked(part, scope), total=numbers.linked(whole, scope))
