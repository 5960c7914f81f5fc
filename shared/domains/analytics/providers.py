"""What providers cost and how they answered, from the documents of usage: by the day in UTC, a read for each. Of the
hours of a day the first has the day's number, and the others none.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shared.domains import usage
from shared.domains.analytics import reading
from shared.domains.analytics.cells import ALL, key_of
from shared.domains.analytics.metrics import Metric
from shared.domains.analytics.periods import Period
from shared.domains.analytics.reading import Values
from shared.domains.usage import FAILED, DayHealth, UsageQuery

_Buckets = list[Counter[str]]  # by bound, or FAILED: how many calls


def health(uid: str, period: Period) -> list[DayHealth]:
    """How providers answered on the days of a period: one query."""
    return usage.health(uid, period.first.isoformat(), period.last.isoformat())


def spend(uid: str, period: Period) -> Values:
    """What providers cost: one query."""
    query = UsageQuery(since=period.first.isoformat(), until=period.last.isoformat())
    points = [0.0] * len(period.starts)
    for day in usage.report(uid, query).days:
        if (bucket := _day(period, day.date)) is not None:
            points[bucket] += sum(each.usd for each in day.providers.values())
    return Values(_of_days(period, [round(point, 6) for point in points]), round(sum(points), 6), [], [])


def by_provider(metric: Metric, period: Period, stored: Sequence[DayHealth]) -> dict[str, Values]:
    """A metric's numbers under the key of each provider, those of all under ALL, the most called first."""
    counts: dict[str, _Buckets] = {ALL: [Counter() for _ in period.starts]}
    for day in stored:
        if (bucket := _day(period, day.date)) is None:
            continue
        for provider, calls in day.health.items():
            buckets = counts.setdefault(key_of("provider", provider), [Counter() for _ in period.starts])
            for each in (counts[ALL], buckets):
                each[bucket].update(calls)
    ranked = sorted(counts, key=lambda key: -sum(each.total() for each in counts[key]))
    values = {key: _values(metric, counts[key]) for key in ranked}
    return {key: replace(each, points=_of_days(period, each.points)) for key, each in values.items()}


def _values(metric: Metric, buckets: _Buckets) -> Values:
    if metric.quantile:
        within = [{int(bound): number for bound, number in each.items() if bound != FAILED} for each in buckets]
        return reading.of_histograms(within, metric.quantile)
    calls = [each.total() for each in buckets]
    if metric.name == "provider_calls":
        return Values([*map(float, calls)], float(sum(calls)), calls, [])
    failed = [each[FAILED] for each in buckets]
    points = [reading.ratio(part, whole) for part, whole in zip(failed, calls, strict=True)]
    return Values(points, reading.ratio(sum(failed), sum(calls)), failed, calls)


def _day(period: Period, day: str) -> int | None:
    """The bucket of a day in UTC: the one in which a day of that date begins in the zone; None where there is none."""
    if period.step == "hour":
        return next((number for number, label in enumerate(period.labels) if label[:10] == day), None)
    bucket = bisect_right(period.labels, day) - 1
    return None if bucket < 0 else bucket


def _of_days(period: Period, points: Sequence[float | None]) -> list[float | None]:
    """The points, without those of what is shorter than a day."""
    if period.step != "hour":
        return [*points]
    first = {_day(period, label[:10]) for label in period.labels}
    return [point if number in first else None for number, point in enumerate(points)]
