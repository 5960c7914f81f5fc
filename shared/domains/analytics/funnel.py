"""The way of the messages sent in a period: how many were delivered, came back, were answered."""

from collections.abc import Iterator, Sequence

from shared.domains.analytics import answers, naming, reading, statistics
from shared.domains.analytics.cells import ALL, parts_of
from shared.domains.analytics.models import Funnel, FunnelOf, FunnelQuery, FunnelStage
from shared.domains.analytics.reading import Table

_COHORT = {
    "delivered": ("Delivered", "sent_delivered"),
    "bounced": ("Bounced", "sent_bounced"),
    "complained": ("Reported as spam", "sent_complained"),
    "replied": ("Answered", "sent_replied"),
}
_REPORTED = ("sent_delivered", "sent_bounced", "sent_complained")
_NO_REPORT = (
    "No report of delivery has come back for these messages; the mail service may not be set to send them,"
    " or they went by another channel."
)
_NAMES = ("outreach_drafted", "outreach_sent", *_REPORTED, "sent_replied", "meetings_booked")


def funnel(uid: str, query: FunnelQuery) -> Funnel:
    """The stages of all messages, and by a dimension of each of its most frequent values. Raises Invalid."""
    if query.by:
        answers.metric_of("outreach_sent", query.by)
    period = answers.period_of(uid, query)
    counts = reading.table(uid, period, _NAMES, [query.by] if query.by else [])
    keys = counts.keys(["outreach_sent"])
    shown = keys[: answers.MOST_SERIES]
    names = naming.names(uid, shown)
    groups = [FunnelOf(value=None, name="All messages", stages=_stages(counts, ALL))]
    groups += [FunnelOf(value=parts_of(key)[1], name=names[key], stages=_stages(counts, key)) for key in shown]
    return Funnel(
        period_start=period.begins,
        period_end=period.ends,
        time_zone=period.zone,
        by=query.by,
        groups=groups,
        left_off=len(keys) - len(shown),
    )


def _stages(counts: Table, key: str) -> list[FunnelStage]:
    return [*_each_stage(counts, key)]


def _each_stage(counts: Table, key: str) -> Iterator[FunnelStage]:
    sent = _sum(counts, ["outreach_sent"], key)
    drafted = _sum(counts, ["outreach_drafted"], key)
    yield FunnelStage(stage="drafted", title="Drafted", count=drafted, basis="period")
    yield FunnelStage(stage="sent", title="Sent", count=sent)
    reported = any(_sum(counts, [name], key) for name in _REPORTED)
    for stage, (title, name) in _COHORT.items():
        if sent and name in _REPORTED and not reported:
            yield FunnelStage(stage=stage, title=title, count=None, available=False, reason=_NO_REPORT)
        else:
            yield _of_sent(stage, title, min(_sum(counts, [name], key), sent), sent)
    meetings = _sum(counts, ["meetings_booked"], key)
    yield FunnelStage(stage="meeting", title="Meeting", count=meetings, basis="period")


def _of_sent(stage: str, title: str, count: int, sent: int) -> FunnelStage:
    if not sent:
        return FunnelStage(stage=stage, title=title, count=count)
    low, high = statistics.wilson(count, sent)
    rate = round(count / sent, 6)
    return FunnelStage(stage=stage, title=title, count=count, rate=rate, low=round(low, 6), high=round(high, 6))


def _sum(counts: Table, names: Sequence[str], key: str) -> int:
    return sum(counts.sums(names, key))
