"""Whether numbers rise or fall, by tests that hold for small counts, and the sentence that says so. Pure.

Only buckets that are over are compared, as the others' counts may still grow: callers leave those away. Whole weeks are
compared, so that a weekend is no fall. Counts that vary more from day to day than chance would have
them are tested as if there were fewer of them (quasi-Poisson: P. McCullagh and J. A. Nelder, Generalized Linear Models,
4.5).
"""

from collections.abc import Sequence
from typing import Literal, TypeVar

from shared.domains.analytics import statistics, wording
from shared.domains.analytics.metrics import Metric
from shared.domains.analytics.periods import Step
from shared.domains.analytics.reading import Values

N = TypeVar("N", int, float)
CERTAIN = 0.05
NOTED = 0.001  # of a note, of which a summary could have a dozen
_WEEK = 7
_DAY = 24  # hours
_LEAST_BEFORE = 3 * _WEEK
_LEAST_COUNT = 10
_LEAST_OF = 20
_BURST = 3.74  # chance has a week's days vary so much once in a thousand: chi square of six by six


def direction(values: Values, step: Step, lengths: Sequence[float]) -> Literal["up", "down", "stable"]:
    """The second half of the buckets beside the first, of days in whole weeks where there are two, of hours in whole
    days; stable where chance alone explains the difference. `lengths` are the buckets' hours: a month may have 28 days,
    and the first bucket fewer."""
    parts, wholes = values.parts, values.wholes
    middle = _middle(len(parts), step)
    if not middle:
        return "stable"
    parts, wholes, lengths = parts[-2 * middle :], wholes[-2 * middle :], lengths[-2 * middle :]
    first, second = _halves(parts, middle)
    if wholes:
        whole_a, whole_b = _halves(wholes, middle)
        if not (whole_a and whole_b) or first > whole_a or second > whole_b:
            return "stable"
        likely = statistics.fisher(first, whole_a, second, whole_b)
        rises = second * whole_a > first * whole_b
    else:
        time_a, time_b = _halves(lengths, middle)
        if not (time_a and time_b):
            return "stable"
        every = _cycle(step) if middle >= 2 * _cycle(step) else 1
        halves = ((parts[:middle], lengths[:middle]), (parts[middle:], lengths[middle:]))
        excess = max(1.0, *(statistics.dispersion(*half, every) for half in halves))
        likely = statistics.two_counts(round(first / excess), round(second / excess), time_a, time_b)
        rises = second * time_a > first * time_b
    if likely > CERTAIN:
        return "stable"
    return "up" if rises else "down"


def _middle(number: int, step: Step) -> int:
    """How many buckets a half has."""
    middle = number // 2
    if step == "hour" or (step == "day" and middle >= _WEEK):
        middle -= middle % _cycle(step)  # hours of one day alone show that it is night
    return middle


def _cycle(step: Step) -> int:
    """After how many buckets the same time of the day, or the same weekday, comes again."""
    return {"hour": _DAY, "day": _WEEK}.get(step, 1)


def _halves(numbers: Sequence[N], middle: int) -> tuple[N, N]:
    return sum(numbers[:middle]), sum(numbers[middle:])


def note(
    metric: Metric, values: Values, shares: dict[str, Values] | None = None, week: str = "the last seven days"
) -> str | None:
    """A sentence where the last seven days are unlike the weeks before; None where chance explains it, or where there
    are too few days or counts. `shares` are the parts of the whole by name: what most of a change comes from is named.
    `week` says in words which days they are."""
    days = len(values.parts)
    weeks = days // _WEEK - 1
    if weeks * _WEEK < _LEAST_BEFORE or metric.better == "neither":
        return None
    first, middle = days - (weeks + 1) * _WEEK, days - _WEEK
    before, after = _window(values, first, middle), _window(values, middle, days)
    likely = (
        _of_ratio(before, after) if metric.is_ratio else _of_counts(values.parts[first:middle], values.parts[middle:])
    )
    if likely is None or likely > NOTED:
        return None
    old, new = _shown(metric, before, weeks), _shown(metric, after, 1)
    verb = "rose" if _level(metric, after, 1) > _level(metric, before, weeks) else "fell"
    source = _source(
        metric, before, after, weeks, {n: _both(v, first, middle, days) for n, v in (shares or {}).items()}
    )
    return f"{metric.title} {verb} from {old} to {new} in {week}{source} (p = {likely:.2g})."


_Window = tuple[int, int]


def _window(values: Values, first: int, last: int) -> _Window:
    return sum(values.parts[first:last]), sum(values.wholes[first:last])


def _both(values: Values, first: int, middle: int, last: int) -> tuple[_Window, _Window]:
    return _window(values, first, middle), _window(values, middle, last)


def _of_ratio(before: _Window, after: _Window) -> float | None:
    if min(before[1], after[1]) < _LEAST_OF or before[0] > before[1] or after[0] > after[1]:
        return None
    return statistics.fisher(*before, *after)


def _of_counts(days: Sequence[int], week: Sequence[int]) -> float | None:
    """The test of both counts, made smaller by how much more the days vary than chance has them, weekday by weekday."""
    before, after = sum(days), sum(week)
    if before + after < _LEAST_COUNT:
        return None
    burst = _burst(days, week)
    excess = max(1.0, statistics.dispersion(days, [1.0] * len(days), _WEEK), burst if burst > _BURST else 1.0)
    return statistics.two_counts(round(before / excess), round(after / excess), len(days), len(week))


def _burst(days: Sequence[int], week: Sequence[int]) -> float:
    """The variance of a week's days about what their weekdays have had before, by what Poisson counts have: a thousand
    messages at once are one campaign, and no thousand signs of a rise."""
    usual = [1 + sum(days[place::_WEEK]) for place in range(_WEEK)]  # 1: no weekday is impossible
    scale = sum(week) / sum(usual)
    squares = (
        sum((day - scale * had) ** 2 / (scale * had) for day, had in zip(week, usual, strict=True)) if scale else 0
    )
    return squares / (_WEEK - 1)


def _level(metric: Metric, window: _Window, weeks: int) -> float:
    return window[0] / window[1] if metric.is_ratio else window[0] / weeks


def _shown(metric: Metric, window: _Window, weeks: int) -> str:
    level = _level(metric, window, weeks)
    return wording.number(level, "ratio") if metric.is_ratio else f"{wording.number(level * metric.factor)} a week"


def _source(
    metric: Metric, before: _Window, after: _Window, weeks: int, shares: dict[str, tuple[_Window, _Window]]
) -> str:
    """Names the part that two thirds of the change, or more, come from."""

    def change(old: _Window, new: _Window) -> float:
        if metric.is_ratio:  # against what the earlier rate leads to expect
            return new[0] - new[1] * old[0] / max(old[1], 1)
        return new[0] - old[0] / weeks

    whole = change(before, after)
    largest = max(shares, key=lambda name: change(*shares[name]) / whole, default=None) if whole else None
    if largest is None:
        return ""
    part = change(*shares[largest]) / whole
    return f", {'all' if part > 0.95 else 'most'} of it from {largest}" if part > 2 / 3 else ""
