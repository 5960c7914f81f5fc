"""How well the system does its work: for a user by the user's own documents, over all by what all of them have."""

from shared.domains.analytics import answers, reading, repository
from shared.domains.analytics.cells import ALL
from shared.domains.analytics.metrics import METRICS, PERFORMANCE, Metric
from shared.domains.analytics.models import MetricSummary, Performance, PerformanceQuery
from shared.domains.analytics.periods import Period

_OVER_ALL = (
    "Counts are kept by user. Over all users it is in the log lines, of which the deployment's metrics are made"
    " (infra/observability.md)."
)


def of_user(uid: str, query: PerformanceQuery) -> Performance:
    """Latencies of steps, health of providers and the queue's age: of the rollups a read for each month and part, of
    usage one for each day, and one run."""
    period = answers.period_of(uid, query)
    counted = [metric for metric in PERFORMANCE if metric.cells]
    counts = reading.table(uid, period, [cell for metric in counted for cell in metric.cells])
    summaries = []
    for metric in PERFORMANCE:
        if metric.missing:
            summaries.append(_absent(metric, metric.missing))
            continue
        values = reading.values(metric, counts) if metric.cells else answers.uncounted(uid, metric, period)[ALL]
        summaries.append(answers.summarized(metric, period, values, query))
    return _answer(uid, period, summaries)


def of_all(uid: str, query: PerformanceQuery) -> Performance:
    """The age of the queue of all users: one run. The period is in the zone of the operator who asks."""
    period = answers.period_of(uid, query)
    age = METRICS["queue_age"]
    summaries = [_absent(metric, metric.missing or _OVER_ALL) for metric in PERFORMANCE if metric != age]
    overdue = answers.gauge(period, repository.longest_overdue())
    return _answer(None, period, [*summaries, answers.summarized(age, period, overdue, query)])


def _absent(metric: Metric, reason: str) -> MetricSummary:
    return MetricSummary(
        metric_type=metric.name, title=metric.title, unit=metric.unit, time_range=None, available=False, reason=reason
    )


def _answer(uid: str | None, period: Period, summaries: list[MetricSummary]) -> Performance:
    return Performance(
        user_id=uid,
        period_start=period.begins,
        period_end=period.ends,
        time_zone=period.zone,
        step=period.step,
        metrics=summaries,
    )
