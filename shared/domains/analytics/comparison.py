"""Compares a metric in two periods, or of two segments, as far as the numbers bear it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, inf

from shared.domains.analytics import answers, cells, naming, reading, statistics, wording
from shared.domains.analytics.metrics import Metric
from shared.domains.analytics.models import ComparedSide, CompareQuery, Comparison
from shared.domains.analytics.periods import Period, between
from shared.errors import Invalid
from shared.kit import clock
from shared.kit.patterns import lazy_pattern

_DAYS = lazy_pattern(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")
_LEAST_OF, _LEAST_PARTS, _LEAST_COUNT = 10, 5, 10  # below, nothing can be said
CERTAIN = 0.05
# Parts that are not of the same things as the whole: a meeting is of a prospect, who may have had many messages.
_RATES_OF_EVENTS = ("conversion_rate",)


@dataclass(frozen=True)
class _Side:
    label: str
    period: Period
    key: str
    part: int
    whole: float  # of what is no ratio, the days that have passed
    value: float | None
    excess: float  # how much more its days vary than chance has them: what comes by the hundred is few things


def compare(uid: str, query: CompareQuery) -> Comparison:
    """The difference and the ratio of two numbers, with intervals at 95 %, and whether chance explains it. Raises
    Invalid."""
    metric = answers.metric_of(query.metric)
    if metric.missing or not metric.cells:
        raise Invalid.at("metric", f"{metric.name} cannot be compared: {metric.missing or 'it is kept by day alone'}")
    period = answers.period_of(uid, query)
    a, b = (_side(uid, metric, period, field, text) for field, text in (("a", query.a), ("b", query.b)))
    return _compared(metric, a, b)


def _side(uid: str, metric: Metric, period: Period, field: str, text: str) -> _Side:
    names = [*metric.cells, *metric.per]
    if days := _DAYS.fullmatch(text):
        period, key, label = _days(period.zone, field, days[1], days[2]), cells.ALL, f"{days[1]} to {days[2]}"
        table = reading.table(uid, period, names)
    else:
        dimension, colon, value = text.partition(":")
        if not colon or dimension not in metric.dimensions:
            ways = ", ".join(f"{each}:VALUE" for each in metric.dimensions)
            raise Invalid.at(field, f"must be two days as 2026-01-01..2026-01-31{', or ' + ways if ways else ''}")
        key = cells.key_of(dimension, value)
        table, label = reading.table(uid, period, names, [dimension]), naming.names(uid, [key])[key]
    values = reading.values(metric, table, key)
    whole = sum(values.wholes) if metric.is_ratio else period.passed(clock.now())
    return _Side(label, period, key, sum(values.parts), whole, values.total, _excess(period, values.parts))


def _excess(period: Period, counts: Sequence[int]) -> float:
    """Of periods by the hour 1: that nights are quiet is no excess."""
    over = period.over(clock.now())
    if period.step == "hour":
        return 1.0
    every = 7 if period.step == "day" and over >= 14 else 1
    return max(1.0, statistics.dispersion(counts[:over], period.lengths[:over], every))


def _days(zone: str, field: str, first: str, last: str) -> Period:
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Invalid.at(field, "has a day that is not in the calendar") from error
    short = (days[1] - days[0]).days < 2  # by the day too, as all others are by the day or longer
    return between(*days, zone, "day" if short else None, fields=(field, field))


def _compared(metric: Metric, a: _Side, b: _Side) -> Comparison:
    sides = [ComparedSide(label=side.label, value=side.value, count=side.part, of=ceil(side.whole)) for side in (a, b)]
    comparison = Comparison(metric=answers.view(metric), a=sides[0], b=sides[1])
    if a.value is not None and b.value is not None:
        days_a, days_b = (1.0, 1.0) if metric.is_ratio else (a.whole, b.whole)
        comparison.difference = round(b.value - a.value, 6)
        comparison.ratio = round(b.value * days_a / (a.value * days_b), 6) if a.value and days_b else None
    if metric.unit in ("seconds", "USD"):
        comparison.sentence = (
            f"{_values(metric, a, b)}. Times and costs are kept without their spread: no test is made."
        )
        return comparison
    if _overlap(a, b):
        comparison.sentence = f"{_values(metric, a, b)}. What is counted in both cannot be told apart: no test is made."
        return comparison
    if _too_few(metric, a, b):
        comparison.verdict = "too_few"
        comparison.sentence = f"{_values(metric, a, b)}: too few to say."
        return comparison
    _test(metric, a, b, comparison)
    return comparison


def _overlap(a: _Side, b: _Side) -> bool:
    """Whether the same things may be counted on both sides, which no test allows for. Values of one dimension exclude
    each other, but for a prospect's tags, of which the test then notices less."""
    if a.period.ends <= b.period.begins or b.period.ends <= a.period.begins:
        return False
    return a.key == b.key or cells.parts_of(a.key)[0] != cells.parts_of(b.key)[0]


def _too_few(metric: Metric, a: _Side, b: _Side) -> bool:
    if metric.is_ratio:
        return min(a.whole, b.whole) < _LEAST_OF or a.part + b.part < _LEAST_PARTS
    return a.part + b.part < _LEAST_COUNT or not (a.whole and b.whole)


def _test(metric: Metric, a: _Side, b: _Side, comparison: Comparison) -> None:
    if metric.is_ratio and metric.name not in _RATES_OF_EVENTS:
        of_a, of_b = int(a.whole), int(b.whole)
        parts = min(a.part, of_a), of_a, min(b.part, of_b), of_b
        comparison.difference_low, comparison.difference_high = _rounded(statistics.difference(*parts))
        comparison.p_value, comparison.test = round(statistics.fisher(*parts), 6), "fisher"
    else:
        excess = 1.0 if metric.is_ratio else max(a.excess, b.excess)
        counts = round(a.part / excess), round(b.part / excess)
        low, high = statistics.ratio_of_counts(*counts, a.whole, b.whole) if any(counts) else (0.0, inf)
        comparison.ratio_low, comparison.ratio_high = round(low, 6), None if high == inf else round(high, 6)
        comparison.p_value = round(statistics.two_counts(*counts, a.whole, b.whole), 6)
        comparison.test = "counts"
    higher = b.part * a.whole > a.part * b.whole
    certain = comparison.p_value <= CERTAIN
    comparison.verdict = ("higher" if higher else "lower") if certain else "no_difference"
    says = "more than chance explains" if certain else "no more than chance explains"
    comparison.sentence = f"{_values(metric, a, b)}: {says} (p = {comparison.p_value:.3g})."


def _values(metric: Metric, a: _Side, b: _Side) -> str:
    return f"{metric.title}: {_value(metric, a)} with {a.label}, {_value(metric, b)} with {b.label}"


def _value(metric: Metric, side: _Side) -> str:
    if side.value is None:
        return "nothing"
    if metric.unit == "ratio":
        return f"{side.value:.1%} ({side.part} of {side.whole})"
    unit = "" if metric.unit == "count" else f" {metric.unit}"
    days = "" if metric.is_ratio else f" in {ceil(side.whole)} {'day' if ceil(side.whole) == 1 else 'days'}"
    return f"{wording.number(side.value)}{unit}{days}"


def _rounded(interval: tuple[float, float]) -> tuple[float, float]:
    return round(interval[0], 6), round(interval[1], 6)
