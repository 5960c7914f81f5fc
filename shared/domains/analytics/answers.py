"""Answers the summary, time series and the metrics there are."""

from collections.abc import Sequence
from datetime import date

from shared.domains.analytics import naming, providers, reading, repository, statistics, trends
from shared.domains.analytics.cells import ALL, NONE, OTHER, parts_of
from shared.domains.analytics.contributions import TAGS
from shared.domains.analytics.metrics import METRICS, SUMMARY, Metric
from shared.domains.analytics.models import (
    AnalyticsSummary,
    DataPoint,
    MetricSummary,
    MetricView,
    PeriodQuery,
    Timeseries,
    TimeseriesLine,
    TimeseriesQuery,
    TopPerformer,
)
from shared.domains.analytics.periods import Period, Step, TimeRange, between, last
from shared.domains.analytics.reading import Table, Values
from shared.domains.contacts import service as contacts
from shared.errors import Invalid
from shared.kit import clock, days

MOST_SERIES = 12
_MOST_PERFORMERS = 5
_LEAST_SENT = 10  # below, a rate says nothing
_CUT_NOTE = "Where a month has too many values to keep, the smallest are counted under “all others”."
_TAGS_NOTE = f"A prospect counts under each of its tags, of which the first {TAGS} are counted."


def period_of(uid: str, query: PeriodQuery, step: Step | None = None) -> Period:
    """The period that a query asks for, in the user's time zone: one read. Raises Invalid."""
    zone = contacts.get_policy(uid).value.time_zone
    if query.since is None and query.until is None:
        return last(query.time_range, zone, clock.now(), step)
    until = date.fromisoformat(query.until) if query.until else days.today(zone, clock.now())
    if query.since is None:
        raise Invalid.at("since", "is needed with until")
    return between(date.fromisoformat(query.since), until, zone, step)


def metric_of(name: str, by: str | None = None, field: str = "metric") -> Metric:
    """The metric of a name. Raises Invalid where there is none, or `by` does not apply."""
    metric = METRICS.get(name)
    if metric is None:
        raise Invalid.at(field, f"there is no such metric; use one of {', '.join(METRICS)}")
    if by and by not in metric.dimensions:
        ways = f"by {', '.join(metric.dimensions)}" if metric.dimensions else "by nothing: leave it out"
        raise Invalid.at("by", f"{name} is not kept by {by}; ask for it {ways}")
    return metric


def view(metric: Metric) -> MetricView:
    """A metric, as clients see it."""
    return MetricView(
        metric_type=metric.name,
        title=metric.title,
        unit=metric.unit,
        source=metric.source,
        description=metric.description,
        dimensions=list(metric.dimensions),
        available=metric.missing is None,
        reason=metric.missing,
    )


def summary(uid: str, query: PeriodQuery) -> AnalyticsSummary:
    """The most important metrics of a period and the templates that were answered most."""
    period = period_of(uid, query)
    metrics = [METRICS[name] for name in SUMMARY]
    names = {cell for metric in metrics for cell in (*metric.cells, *metric.per)} | {"sent_replied"}
    counts = reading.table(uid, period, [*names], ["template"])
    return AnalyticsSummary(
        user_id=uid,
        period_start=period.begins,
        period_end=period.ends,
        time_zone=period.zone,
        step=period.step,
        metrics=[summarized(metric, period, reading.values(metric, counts), query) for metric in metrics],
        top_performers={"templates": _performers(uid, counts)},
        insights=_insights(uid, metrics, counts),
        notes=[f"A template is ranked from {_LEAST_SENT} messages on, by the lower bound of its reply rate."],
    )


def timeseries(uid: str, query: TimeseriesQuery) -> Timeseries:
    """A metric's numbers over time, as a whole or by a dimension. Raises Invalid."""
    metric = metric_of(query.metric, query.by)
    period = period_of(uid, query, query.step)
    series, left_off = _series(uid, metric, period, query.by)
    return Timeseries(
        metric=view(metric),
        time_range=_range_of(query),
        period_start=period.begins,
        period_end=period.ends,
        time_zone=period.zone,
        step=period.step,
        by=query.by,
        series=series,
        left_off=left_off,
        notes=[
            metric.description,
            *([_CUT_NOTE] if query.by else []),
            *([_TAGS_NOTE] if query.by == "segment" else []),
        ],
    )


def _series(uid: str, metric: Metric, period: Period, by: str | None) -> tuple[list[TimeseriesLine], int]:
    if metric.missing:
        return [], 0
    if not metric.cells:
        return _uncounted(uid, metric, period, by)
    cells = [*metric.cells, *metric.per]
    counts = reading.table(uid, period, cells, [by] if by else [])
    if by is None:
        return [_line(None, metric.title, period, reading.values(metric, counts))], 0
    keys = counts.keys(cells)
    shown = keys[:MOST_SERIES]
    names = naming.names(uid, shown)
    series = [_line(parts_of(key)[1], names[key], period, reading.values(metric, counts, key)) for key in shown]
    return series, len(keys) - len(shown)


def _uncounted(uid: str, metric: Metric, period: Period, by: str | None) -> tuple[list[TimeseriesLine], int]:
    """The lines of a metric that other documents than rollups have."""
    values = uncounted(uid, metric, period)
    if by is None:
        return [_line(None, metric.title, period, values[ALL])], 0
    keys = [key for key in values if key != ALL]
    shown = [parts_of(key)[1] for key in keys[:MOST_SERIES]]
    lines = [_line(name, name, period, values[key]) for key, name in zip(keys, shown, strict=False)]
    return lines, len(keys) - len(shown)


def uncounted(uid: str, metric: Metric, period: Period) -> dict[str, Values]:
    """The numbers of a metric that other documents than rollups have, by key."""
    if metric.name == "provider_spend":
        return {ALL: providers.spend(uid, period)}
    if metric.source == "usage":
        return providers.by_provider(metric, period, providers.health(uid, period))
    return {ALL: gauge(period, repository.longest_wait(uid))}


def gauge(period: Period, seconds: float) -> Values:
    """A number as of now: it is in the period's bucket of now alone."""
    now = period.bucket(clock.now())
    points: list[float | None] = [round(seconds, 1) if number == now else None for number in range(len(period.starts))]
    return Values(points, None if now is None else points[now], [], [])


def _line(value: str | None, name: str, period: Period, values: Values) -> TimeseriesLine:
    return TimeseriesLine(value=value, name=name, data_points=points(period, values), total=values.total)


def points(period: Period, values: Values) -> list[DataPoint]:
    """The buckets' numbers; those of a ratio with what they are of. What has not begun has no number yet."""
    of: Sequence[int | None] = values.wholes or [None] * len(values.points)
    now = clock.now()
    return [
        DataPoint(
            date=label, value=value if value or at <= now else None, metadata={} if whole is None else {"of": whole}
        )
        for at, label, value, whole in zip(period.starts, period.labels, values.points, of, strict=True)
    ]


def summarized(metric: Metric, period: Period, values: Values, query: PeriodQuery) -> MetricSummary:
    """A metric's numbers in the shape of a summary."""
    data_points, over = points(period, values), period.over(clock.now())
    numbers = [point.value for point in data_points if point.value is not None]
    return MetricSummary(
        metric_type=metric.name,
        title=metric.title,
        unit=metric.unit,
        time_range=_range_of(query),
        data_points=data_points,
        total=values.total,
        average=round(sum(numbers) / len(numbers), 6) if numbers else None,
        trend=trends.direction(values.until(over), period.step, period.lengths[:over]),
    )


def _insights(uid: str, metrics: Sequence[Metric], counts: Table) -> list[str]:
    """What is unlike the weeks before, in sentences; of periods by the day alone."""
    period, over = counts.period, counts.period.over(clock.now())
    if period.step != "day":
        return []
    week = "the last seven days" if over < len(period.starts) else f"the seven days to {period.last}"
    keys = counts.keys(["outreach_sent"])[:MOST_SERIES]
    named = naming.names(uid, keys)
    notes: list[str | None] = []
    for metric in metrics:
        by = {named[key]: _over(metric, counts, key) for key in keys if "template" in metric.dimensions}
        notes.append(trends.note(metric, _over(metric, counts), by, week))
    return [note for note in notes if note]


def _over(metric: Metric, counts: Table, key: str = ALL) -> Values:
    """A metric's numbers of the buckets that are over."""
    return reading.values(metric, counts, key).until(counts.period.over(clock.now()))


def _performers(uid: str, counts: Table) -> list[TopPerformer]:
    """The templates with the best reply rate that is certain: a lucky few messages do not win."""
    ranked: list[tuple[float, str, int, int, float]] = []
    for key in counts.keys(["outreach_sent"]):
        sent, replied = sum(counts.sums(["outreach_sent"], key)), sum(counts.sums(["sent_replied"], key))
        if parts_of(key)[0] == "template" and parts_of(key)[1] not in (NONE, OTHER) and sent >= _LEAST_SENT:
            low, high = statistics.wilson(min(replied, sent), sent)
            ranked.append((low, key, sent, replied, high))
    best = sorted(ranked, key=lambda each: (-each[0], each[1]))[:_MOST_PERFORMERS]
    names = naming.names(uid, [key for _, key, *_ in best])
    return [
        TopPerformer(
            id=parts_of(key)[1],
            name=names[key],
            sent=sent,
            replied=replied,
            reply_rate=round(replied / sent, 6),
            low=round(low, 6),
            high=round(high, 6),
        )
        for low, key, sent, replied, high in best
    ]


def _range_of(query: PeriodQuery) -> TimeRange | None:
    return None if query.since else query.time_range
