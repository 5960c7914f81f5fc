"""How well the system does its work: for a user by the user's own documents, over all by what all of them have."""

from shared.domains.analytics import answers, providers, reading, repository
from shared.domains.analytics.cells import ALL
from shared.domains.analytics.metrics import METRICS, PERFORMANCE, Metric
from shared.domains.analytics.models import MetricSummary, PerformanceQuery, SystemPerformance
from shared.domains.analytics.periods import Period

_OVER_ALL = (
    "Counts are kept by user. Over all users it is in the log lines, of which the deployment's metrics are made"
    " (infra/observability.md)."
)


def of_user(uid: str, query: PerformanceQuery) -> SystemPerformance:
    """Latencies of steps, health of providers and the queue's age: of the rollups a read for each month and part, of
    usage one for each day, and one run."""
    period = answers.period_of(uid, query)
    health = reading.begun(providers.health, uid, period)
    wait = reading.begun(repository.longest_wait, uid)
    counts = reading.table(uid, period, [cell for metric in PERFORMANCE for cell in metric.cells])

    def summary(metric: Metric) -> MetricSummary:
        if metric.missing:
            return _absent(metric, metric.missing)
        if metric.cells:
            values = reading.values(metric, counts)
        elif metric.source == "usage":
            values = providers.by_provider(metric, period, health.result())[ALL]
        else:
            values = answers.gauge(period, wait.result())
        return answers.summarized(metric, period, values, query)

    return _answer(uid, period, [summary(metric) for metric in PERFORMANCE])


def of_all(uid: str, query: PerformanceQuery) -> SystemPerformance:
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


def _answer(uid: str | None, period: Period, summaries: list[MetricSummary]) -> SystemPerformance:
    return SystemPerformance(
        user_id=uid,
        period_start=period.begins,
        period_end=period.ends,
        time_zone=period.zone,
        step=period.step,
        metrics=summaries,
    )
