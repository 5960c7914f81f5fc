"""What providers cost and how they answered, from the documents of usage: by the day in UTC, a read for each."""

from collections import Counter
from collections.abc import Sequence

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
        points[_day(period, day.date)] += sum(each.usd for each in day.providers.values())
    rounded: list[float | None] = [round(point, 6) for point in points]
    return Values(rounded, round(sum(points), 6), [], [])


def by_provider(metric: Metric, period: Period, stored: Sequence[DayHealth]) -> dict[str, Values]:
    """A metric's numbers under the key of each provider, those of all under ALL, the most called first."""
    counts: dict[str, _Buckets] = {ALL: [Counter() for _ in period.starts]}
    for day in stored:
        bucket = _day(period, day.date)
        for provider, calls in day.health.items():
            buckets = counts.setdefault(key_of("provider", provider), [Counter() for _ in period.starts])
            for each in (counts[ALL], buckets):
                each[bucket].update(calls)
    ranked = sorted(counts, key=lambda key: -sum(each.total() for each in counts[key]))
    return {key: _values(metric, counts[key]) for key in ranked}


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


def _day(period: Period, day: str) -> int:
    """The bucket of a day in UTC: the one in which a day of that date begins in the zone."""
    earlier = [number for number, label in enumerate(period.labels) if label[:10] <= day]
    return earlier[-1] if earlier and period.step != "hour" else _first_hour(period, day)


def _first_hour(period: Period, day: str) -> int:
    return next((number for number, label in enumerate(period.labels) if label[:10] == day), 0)
