"""What a weekly digest says: its numbers, its words, and the picture of the last four weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.domains.analytics import answers, reading, trends, wording
from shared.domains.analytics.charts import rendering, specs
from shared.domains.analytics.metrics import METRICS, Metric
from shared.domains.analytics.periods import Period, between
from shared.domains.analytics.reading import Table, Values

_METRICS = (
    *("prospects_added", "outreach_sent", "outreach_replied", "reply_rate", "meetings_booked"),
    *("research_tasks_completed", "runs_success", "runs_failed"),
)
_DRAWN = ("outreach_sent", "outreach_replied", "reply_rate", "runs_success")
_DAYS = 28  # before the Monday of the digest


@dataclass(frozen=True)
class Digest:
    """A user's week: its first day, what is said of it, and the numbers that are drawn."""

    week: date
    zone: str
    title: str
    text: str
    numbers: dict[str, float | None]
    table: Table

    @property
    def picture(self) -> str:
        """Where the API draws the same four weeks."""
        first = self.table.period.first
        return f"/api/analytics/summary?since={first}&until={self.week + timedelta(days=6)}&format=png"

    def png(self) -> bytes:
        """The picture: the text says the same in words."""
        charts = [self._chart(METRICS[name]) for name in _DRAWN]
        return rendering.png(specs.below_each_other(charts))

    def _chart(self, metric: Metric) -> specs.Spec:
        points = answers.points(self.table.period, reading.values(metric, self.table))[:-1]  # today is not over
        rows: list[dict[str, Any]] = [{"name": metric.title, "date": each.date, "value": each.value} for each in points]
        return specs.lines(metric.title, metric.unit, rows, "light")


def of_week(uid: str, monday: date, zone: str) -> Digest | None:
    """The digest of the week before a Monday: one query. None where nothing was counted in it and the week before."""
    period = between(monday - timedelta(days=_DAYS), monday, zone, "day")
    metrics = [METRICS[name] for name in _METRICS]
    names = list(dict.fromkeys(cell for metric in metrics for cell in (*metric.cells, *metric.per)))
    table = reading.table(uid, period, names)
    if not any(sum(table.sums([name])[-15:-1]) for name in names):
        return None
    weeks = {metric.name: _weeks(metric, table) for metric in metrics}
    sent, replied = (round(weeks[name][0] or 0) for name in ("outreach_sent", "outreach_replied"))
    first = monday - timedelta(days=7)
    return Digest(
        first,
        zone,
        f"Your week from {first}: {_many(sent, 'message')} sent, {_many(replied, 'reply', 'replies')}",
        "\n".join(_lines(metrics, weeks, table, period)),
        {name: now for name, (now, _) in weeks.items()},
        table,
    )


_Weeks = tuple[float | None, float | None]  # the last one and the one before


def _weeks(metric: Metric, table: Table) -> _Weeks:
    values = reading.values(metric, table)
    return _total(metric, values, slice(-8, -1)), _total(metric, values, slice(-15, -8))


def _total(metric: Metric, values: Values, week: slice) -> float | None:
    if metric.is_ratio:
        return reading.ratio(sum(values.parts[week]), sum(values.wholes[week]))
    return sum(values.parts[week]) * metric.factor


def _lines(metrics: Sequence[Metric], weeks: dict[str, _Weeks], table: Table, period: Period) -> list[str]:
    lines = [f"{metric.title}: {_words(metric, weeks[metric.name])}" for metric in metrics]
    notes = [trends.note(metric, reading.values(metric, table).until(_DAYS)) for metric in metrics]
    return [*lines, *(note for note in notes if note), f"Days are those of {period.zone}."]


def _words(metric: Metric, both: _Weeks) -> str:
    now, before = (_number(metric, value) for value in both)
    return f"{now} ({before} the week before)"


def _number(metric: Metric, value: float | None) -> str:
    if value is None:
        return "none, as no message was sent"
    return wording.number(value, metric.unit)


def _many(number: int, noun: str, several: str | None = None) -> str:
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
