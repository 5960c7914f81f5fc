"""What an export has: its columns and its rows, read as they are sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shared.domains.analytics import answers, exporting, reading, repository
from shared.domains.analytics.exporting import Row
from shared.domains.analytics.metrics import METRICS
from shared.domains.analytics.models import DateRange, ExportInput
from shared.domains.analytics.periods import MOST_BUCKETS, Period, between, last
from shared.domains.contacts import service as contacts
from shared.kit import clock

_COLUMNS: dict[str, tuple[str, ...]] = {
    "prospects": ("name", "company", "job_title", "email", "phone", "website", "status", "fit_score", "tags"),
    "outreach": (
        *("prospect_id", "prospect_name", "company", "subject", "channel", "kind", "status", "template_id"),
        *("persona_id", "sent_at", "delivered_at", "bounced_at", "complained_at", "replied_at", "error"),
    ),
    "research_tasks": ("title", "research_engine", "status", "priority", "started_at", "completed_at", "error"),
    "playbook_runs": ("playbook_id", "playbook_name", "prospect_id", "persona_id", "generator"),
    "calendar_events": ("type", "prospect_id", "prospect_name", "company", "scheduled_date", "completed"),
    "templates": ("name", "category", "tags", "usage_count"),
}


@dataclass(frozen=True)
class Export:
    """A file, a piece after the other."""

    pieces: Iterator[bytes]
    content_type: str
    name: str


def export(uid: str, data: ExportInput) -> Export:
    """The rows of a range as a file: a read for each row, a page at a time. Raises Invalid."""
    zone = contacts.get_policy(uid).value.time_zone
    chosen = data.date_range
    if isinstance(chosen, DateRange):
        first, last_day = date.fromisoformat(chosen.start), date.fromisoformat(chosen.end)
        period = between(first, last_day, zone, "month", ("date_range.start", "date_range.end"))
    else:
        period = last(chosen, zone, clock.now(), "month")
    head, rows = _metrics(uid, period) if data.data_type == "metrics" else _documents(uid, data.data_type, period)
    content_type, write = exporting.WRITERS[data.format]
    name = f"{data.data_type}-{period.first}-{period.last}.{data.format}"
    return Export(write(head, rows), content_type, name)


def _metrics(uid: str, period: Period) -> tuple[Sequence[str], Iterator[Row]]:
    daily = between(
        period.first, period.last, period.zone, "day" if (period.last - period.first).days < MOST_BUCKETS else "week"
    )
    metrics = [metric for metric in METRICS.values() if metric.cells]
    counts = reading.table(uid, daily, [name for metric in metrics for name in (*metric.cells, *metric.per)])
    rows = (
        (metric.name, metric.title, metric.unit, point.date, point.value)
        for metric in metrics
        for point in answers.points(daily, reading.values(metric, counts))
    )
    return ("metric_type", "title", "unit", "date", "value"), rows


def _documents(uid: str, collection: str, period: Period) -> tuple[Sequence[str], Iterator[Row]]:
    columns = ("created_at", *_COLUMNS[collection])
    stored = repository.created_between(uid, collection, columns, period.begins, period.ends)
    return ("id", *columns), ((id, *(fields.get(name) for name in columns)) for id, fields in stored)
