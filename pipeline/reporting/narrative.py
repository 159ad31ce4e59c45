"""The period in sentences: every number in them is taken from the indicators."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipeline.period import Scopes
from pipeline.project import NOT_STATED, Project
from pipeline.reporting.numbers import Numbers
from pipeline.reporting.words import Words, sentences

_NOT_RESOLVED = ("in_progress", "rejected", "withdrawn", "status_not_stated")


def paragraphs(numbers: Numbers, words: Words, project: Project, scopes: Scopes) -> list[str]:
    """Write the paragraphs of the section 'The period in words'."""
    parts = [
        [*_received(numbers, words, project, scopes)],
        [*_outcome(numbers, words, scopes)],
        [*_duration(numbers, words)],
        [*_stock(numbers, words, scopes)],
        [before_this(numbers, words, scopes)],
    ]
    return [sentences(told) for told in parts if told]


def opening(words: Words, project: Project, scopes: Scopes) -> str:
    """Say which report this is, and of what."""
    settings = project.settings
    number = scopes.period.ordinal_since(settings.grm_start)
    kinds = {
        "half": words.text("semi-annual"),
        "quarter": words.text("quarterly"),
        "year": words.text("annual"),
        "month": words.text("monthly"),
    }
    fills = {"project": settings.name, "window": words.span(scopes.current.start, scopes.current.end)}
    if number is None:
        told = words.text(
            "This is a summary report of the grievance redress mechanism of the %(project)s. It covers %(window)s.",
            **fills,
        )
    elif ordinal := words.ordinal(number):
        told = words.text(
            "This is the %(ordinal)s %(kind)s summary report of the grievance redress mechanism of the %(project)s. "
            "It covers %(window)s.",
            ordinal=ordinal,
            kind=kinds[scopes.period.kind],
            **fills,
        )
    else:
        told = words.text(
            "This is %(kind)s summary report no. %(number)s of the grievance redress mechanism of the %(project)s. "
            "It covers %(window)s.",
            number=number,
            kind=kinds[scopes.period.kind],
            **fills,
        )
    parts = [told]
    if scopes.period.start < scopes.current.start:
        parts.append(
            words.text(
                "The mechanism began on %(start)s, so that the days of the period before it are left out.",
                start=scopes.current.start,
            )
        )
    if scopes.current.is_provisional:
        parts.append(words.text("What came after %(day)s is not counted.", day=scopes.current.counted_to))
    return sentences(parts)


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
    not_placed = _may_be_of_previous(numbers, words)
    if numbers.count("received", "previous") == 0:
        none = (
            words.text(
                "In the previous period (%(window)s) no grievance is known to have been received.", window=window
            )
            if not_placed
            else words.text("In the previous period (%(window)s) no grievance was received.", window=window)
        )
        return sentences([none, *not_placed])
    sentence = words.plural(
        "In the previous period (%(window)s) %(n)s grievance was received.",
        "In the previous period (%(window)s) %(n)s grievances were received.",
        numbers.figure("received", "previous"),
        window=window,
    )
    return sentences([sentence, _outcome_of_previous(numbers, words), *not_placed])


def _outcome_of_previous(numbers: Numbers, words: Words) -> str:
    eligible = numbers.count("eligible", "previous")
    if not eligible:
        return words.plural("It was not eligible.", "None of them was eligible.", numbers.count("received", "previous"))
    if not _is_any_in_question(numbers, "previous"):
        return words.plural("The eligible one was withdrawn.", "All that were eligible were withdrawn.", eligible)
    if eligible == 1:
        return (
            words.text("The eligible one had been resolved by its end.")
            if numbers.count("resolved", "previous")
            else words.text("The eligible one had not been resolved by its end.")
        )
    return words.text(
        "Of its eligible grievances that were not withdrawn, %(rate)s had been resolved by its end.",
        rate=numbers.linked("resolution_rate", "previous"),
    )


def _is_any_in_question(numbers: Numbers, scope: str = "period") -> bool:
    """Say whether there is any of which one can ask whether it was resolved: eligible and not withdrawn."""
    return bool((numbers.parts("resolution_rate", scope) or (0, 0))[1])


def _may_be_of_previous(numbers: Numbers, words: Words) -> list[str]:
    if not numbers.count("unplaced", "previous"):
        return []
    return [
        words.plural(
            "%(n)s grievance without a date of receipt may have been received in it.",
            "%(n)s grievances without a date of receipt may have been received in it.",
            numbers.figure("unplaced", "previous"),
        )
    ]


def unplaced(numbers: Numbers, words: Words, *, is_linked: bool = True) -> str | None:
    """Say how many grievances could not be placed, and why; None where there are none."""
    count = numbers.count("unplaced")
    if not count:
        return None
    return words.plural(
        "%(n)s grievance could not be placed: it has no date of receipt, and its number and other dates leave open on "
        "which side of the period's border it was received. It is not among those received; what happened to it in the "
        "period is counted.",
        "%(n)s grievances could not be placed: they have no date of receipt, and their numbers and other dates leave "
        "open on which side of the period's border they were received. They are not among those received; what "
        "happened to them in the period is counted.",
        numbers.figure("unplaced") if is_linked else count,
    )


def may_be_of_any(numbers: Numbers, dimension: str, scope: str = "period") -> bool:
    """Say whether some grievance may be of any member: one that could not be placed, or does not state its own."""
    has_unknown = numbers.has("received", scope, dimension, NOT_STATED)
    unknown = numbers.count("received", scope, dimension, NOT_STATED) if has_unknown else 0
    return bool(unknown or numbers.count("unplaced", scope))


def nothing_came_through(numbers: Numbers, words: Words, channels: Sequence[str]) -> str:
    """Name the channels of which no grievance of the period is known to be."""
    listed = words.listed(channels)
    if may_be_of_any(numbers, "channel"):
        return words.text("Nothing is known to have come through: %(channels)s.", channels=listed)
    return words.text("Nothing came through: %(channels)s.", channels=listed)


def _received(numbers: Numbers, words: Words, project: Project, scopes: Scopes) -> list[str]:
    received = numbers.count("received")
    not_placed = unplaced(numbers, words)
    window = {"first": scopes.current.start, "last": scopes.current.counted_to}
    if received:
        told = [
            words.plural(
                "From %(first)s to %(last)s, %(n)s grievance was received.",
                "From %(first)s to %(last)s, %(n)s grievances were received.",
                numbers.figure("received"),
                **window,
            ),
            _by_channel(numbers, words, project),
            *_by_relation(numbers, words),
        ]
    elif not_placed:
        told = [words.text("From %(first)s to %(last)s no grievance is known to have been received.", **window)]
    else:
        told = [words.text("From %(first)s to %(last)s no grievance was received.", **window)]
    return [*told, not_placed] if not_placed else told


def _by_channel(numbers: Numbers, words: Words, project: Project) -> str:
    received = numbers.count("received")
    if not numbers.is_collected("received", "channel"):
        return words.plural(
            "By which channel it came is not collected.", "By which channel they came is not collected.", received
        )
    counts = numbers.members("received", "channel")
    labels = {code: channel.label for code, channel in project.settings.channels.items()}
    unused = [label for code, label in labels.items() if not counts[code]]
    used = [_used(numbers, words, code, label) for code, label in labels.items() if counts[code]]
    if counts[NOT_STATED] and received == 1:
        told = [words.text("By which channel it came is not stated.")]
    else:
        if counts[NOT_STATED]:
            unknown = numbers.linked("received", "period", "channel", NOT_STATED)
            used.append(words.text("channel not stated %(n)s", n=unknown))
        told = [
            words.plural(
                "It came by this channel: %(channels)s.",
                "They came by these channels: %(channels)s.",
                received,
                channels=words.listed(used),
            )
        ]
    if unused:
        told.append(nothing_came_through(numbers, words, unused))
    return sentences(told)


def _used(numbers: Numbers, words: Words, code: str, label: str) -> str:
    """Name a channel with its number; of one grievance the name alone says it."""
    if numbers.count("received") == 1:
        return numbers.link(label, "received", "period", "channel", code)
    return Markup("{} {}").format(label, numbers.linked("received", "period", "channel", code))


def _by_relation(numbers: Numbers, words: Words) -> list[str]:
    if numbers.count("received") == 1:
        return [_relation_of_one(numbers, words)]
    told = _unrelated_and_eligible(numbers, words)
    if numbers.count("duplicate"):
        told.append(
            words.plural(
                "%(n)s repeated one already registered.",
                "%(n)s repeated ones already registered.",
                numbers.figure("duplicate"),
            )
        )
    return told


def _relation_of_one(numbers: Numbers, words: Words) -> str:
    if numbers.count("duplicate"):
        return words.text("It repeated one already registered.")
    if not numbers.is_collected("unrelated"):
        return words.text("Whether it concerns the project is not collected; it is counted as eligible.")
    if numbers.count("unrelated"):
        return words.text("It did not concern the project.")
    return words.text("It is eligible.")


def _unrelated_and_eligible(numbers: Numbers, words: Words) -> list[str]:
    count, eligible = numbers.count("eligible"), _of(numbers, words, "eligible", "received")
    if not numbers.is_collected("unrelated"):
        return [
            words.plural(
                "Whether they concern the project is not collected; %(eligible)s is counted as eligible.",
                "Whether they concern the project is not collected; %(eligible)s are counted as eligible.",
                count,
                eligible=eligible,
            )
        ]
    unrelated = _of(numbers, words, "unrelated", "received")
    if not numbers.count("unrelated"):
        told = [words.text("None of them was unrelated to the project.")]
        if count:
            told.append(
                words.plural("%(eligible)s is eligible.", "%(eligible)s are eligible.", count, eligible=eligible)
            )
        return told
    if not count:
        return [words.text("%(unrelated)s did not concern the project.", unrelated=unrelated)]
    return [
        words.plural(
            "%(unrelated)s did not concern the project and %(eligible)s is eligible.",
            "%(unrelated)s did not concern the project and %(eligible)s are eligible.",
            count,
            unrelated=unrelated,
            eligible=eligible,
        )
    ]


def _outcome(numbers: Numbers, words: Words, scopes: Scopes) -> list[str]:
    received, eligible = numbers.count("received"), numbers.count("eligible")
    if not received:
        return []
    if not eligible:
        return [
            words.plural(
                "It was not eligible, so that there was nothing to resolve.",
                "None of them was eligible, so that there was nothing to resolve.",
                received,
            )
        ]
    if eligible == 1:
        return [_outcome_of_one(numbers, words, scopes)]
    told = []
    if _is_any_in_question(numbers):
        told.append(
            words.text(
                "Of the eligible grievances that were not withdrawn, %(rate)s had been resolved by %(day)s; counted "
                "against all that were received%(among)s, it is %(rate_all)s.",
                day=scopes.current.as_of,
                among=_not_eligible_among(numbers, words),
                rate=numbers.linked("resolution_rate"),
                rate_all=numbers.linked("resolution_rate_all"),
            )
        )
    others = (
        words.plural("%(n)s was in progress", "%(n)s were in progress", numbers.figure("in_progress")),
        words.plural("%(n)s was rejected", "%(n)s were rejected", numbers.figure("rejected")),
        words.plural("%(n)s was withdrawn", "%(n)s were withdrawn", numbers.figure("withdrawn")),
        words.plural("%(n)s has no known status", "%(n)s have no known status", numbers.figure("status_not_stated")),
    )
    shown = [other for other, name in zip(others, _NOT_RESOLVED, strict=True) if numbers.count(name)]
    if shown:
        told.append(
            words.text(
                "Of the %(n)s eligible ones, %(others)s.", n=numbers.linked("eligible"), others=words.listed(shown)
            )
        )
    return told


def _not_eligible_among(numbers: Numbers, words: Words) -> str:
    """Name what is among those received and not among the eligible, where there is any, as an insertion."""
    kinds = (("unrelated", words.text("the unrelated")), ("duplicate", words.text("the duplicates")))
    # Without a column that says so none is known to be unrelated.
    there = [told for name, told in kinds if numbers.is_collected(name) and numbers.count(name)]
    return words.text(", %(kinds)s among them", kinds=words.listed(there)) if there else ""


def _outcome_of_one(numbers: Numbers, words: Words, scopes: Scopes) -> str:
    """Say how the one eligible grievance stood on the as-of day."""
    day = scopes.current.as_of
    told = {
        "resolved": words.text("By %(day)s the eligible one had been resolved.", day=day),
        "in_progress": words.text("On %(day)s the eligible one was in progress.", day=day),
        "rejected": words.text("By %(day)s the eligible one had been rejected.", day=day),
        "withdrawn": words.text("By %(day)s the eligible one had been withdrawn.", day=day),
        "status_not_stated": words.text("The status of the eligible one is not known."),
    }
    return next(sentence for name, sentence in told.items() if numbers.count(name))


def _duration(numbers: Numbers, words: Words) -> list[str]:
    timed = numbers.count("resolution_working_days_n")
    if not timed and not numbers.count("resolutions") and not numbers.count("ended_undated"):
        return [words.text("No eligible grievance was resolved in the period, so that no duration can be given.")]
    if not timed:
        return [words.text("No first resolution in the period has both dates, so that no duration can be given.")]
    if timed == 1:
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


def _stock(numbers: Numbers, words: Words, scopes: Scopes) -> list[str]:
    """Say what was open at the beginning and at the end; where the period goes on, on the last day that is counted."""
    at_start, at_end = numbers.figure("opening_stock"), numbers.figure("closing_stock")
    day = words.text("on %(day)s", day=scopes.current.counted_to) if scopes.current.is_provisional else ""
    end = {"end_of_it": day or words.text("at its end")}
    if not at_start.count and not at_end.count:
        told = words.text("No grievance was open at the beginning of the period, and none %(end_of_it)s.", **end)
    elif not at_start.count:
        told = words.plural(
            "No grievance was open at the beginning of the period, and %(n)s was open %(end_of_it)s.",
            "No grievance was open at the beginning of the period, and %(n)s were open %(end_of_it)s.",
            at_end,
            **end,
        )
    elif not at_end.count:
        told = words.plural(
            "%(n)s grievance was open at the beginning of the period, and none %(end_of_it)s.",
            "%(n)s grievances were open at the beginning of the period, and none %(end_of_it)s.",
            at_start,
            **end,
        )
    else:
        told = words.plural(
            "%(n)s grievance was open at the beginning of the period, and %(end)s %(end_of_it)s.",
            "%(n)s grievances were open at the beginning of the period, and %(end)s %(end_of_it)s.",
            at_start,
            end=at_end,
            **end,
        )
    return [told]


def _of(numbers: Numbers, words: Words, part: str, whole: str, scope: str = "period") -> str:
    return words.text("%(n)s of %(total)s", n=numbers.linked(part, scope), total=numbers.linked(whole, scope))
