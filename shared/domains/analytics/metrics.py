"""Every metric, once: its unit, what it is counted from, and by what it can be broken down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.domains.analytics.contributions import step_within
from shared.kit.latencies import BOUNDS_MS

Unit = Literal["count", "seconds", "minutes", "USD", "ratio"]
Dimension = Literal[
    "template",
    "persona",
    "kind",
    "channel",
    "automation",
    "segment",
    "playbook",
    "engine",
    "step",
    "cause",
    "action",
    "provider",
]
_MESSAGE: tuple[Dimension, ...] = ("template", "persona", "kind", "channel", "automation")
_MINUTES_SAVED = 3  # by each step, as against doing it by hand: an estimate


@dataclass(frozen=True)
class Metric:
    """A sum of cells, or with `per` a ratio of two sums; `factor` times what is counted. With `quantile` the cells are
    a histogram by bounds in milliseconds, and the number is the bound that this share was within. `missing` says why
    there is no such number."""

    name: str
    title: str
    unit: Unit
    source: str
    description: str
    dimensions: tuple[Dimension, ...] = ()
    cells: tuple[str, ...] = ()
    per: tuple[str, ...] = ()
    factor: float = 1
    quantile: float | None = None
    better: Literal["up", "down", "neither"] = "up"
    missing: str | None = None

    @property
    def is_ratio(self) -> bool:
        return bool(self.per)


def _count(
    name: str,
    title: str,
    source: str,
    description: str,
    dimensions: tuple[Dimension, ...] = (),
    better: Literal["up", "down", "neither"] = "up",
) -> Metric:
    return Metric(name, title, "count", source, description, dimensions, (name,), better=better)


def _ratio(
    name: str,
    title: str,
    description: str,
    part: str,
    whole: str = "outreach_sent",
    dimensions: tuple[Dimension, ...] = _MESSAGE,
    better: Literal["up", "down", "neither"] = "up",
) -> Metric:
    return Metric(name, title, "ratio", "outreach", description, dimensions, (part,), (whole,), better=better)


def _latency(name: str, title: str, share: float) -> Metric:
    description = f"As long or less took {share:.0%} of the steps of the runs that ended, to the next bound."
    cells = tuple(step_within(bound) for bound in BOUNDS_MS)
    return Metric(name, title, "seconds", "executions", description, ("action",), cells, quantile=share, better="down")


def _missing(name: str, title: str, unit: Unit, reason: str) -> Metric:
    return Metric(name, title, unit, "none", title + ".", missing=reason)


PERFORMANCE = (
    _latency("step_latency_p50", "Step latency, median", 0.5),
    _latency("step_latency_p95", "Step latency, 95 %", 0.95),
    Metric(
        "provider_calls",
        "Calls of providers",
        "count",
        "usage",
        "Calls that were answered or failed, by day in UTC; streamed answers are not among them.",
        ("provider",),
        better="neither",
    ),
    Metric(
        "provider_failure_rate",
        "Failed calls of providers",
        "ratio",
        "usage",
        "Of the calls of providers those that failed, repetitions included, by day in UTC.",
        ("provider",),
        better="down",
    ),
    Metric(
        "provider_latency_p95",
        "Provider latency, 95 %",
        "seconds",
        "usage",
        "As long or less took 95 % of the answered calls, by day in UTC, to the next bound.",
        ("provider",),
        quantile=0.95,
        better="down",
    ),
    Metric(
        "queue_age",
        "Queue age",
        "seconds",
        "executions",
        "For how long the run that waits longest to begin has waited, as of now: there is no earlier number.",
        better="down",
    ),
    _missing(
        "request_latency",
        "Request latency",
        "seconds",
        "No document keeps it, as a write for each request would cost more than the request. It is in the log lines"
        " of kind request, and the deployment's metrics are made of them, over all users.",
    ),
)
_ALL = (
    _count("prospects_added", "Prospects added", "prospects", "Prospects by the time they were added.", ("segment",)),
    _count(
        "prospects_analyzed", "Prospects analyzed", "milestones", "Analyses of prospects, done anew too.", ("segment",)
    ),
    _count("prospects_approved", "Prospects approved", "milestones", "Prospects that a person approved.", ("segment",)),
    _count(
        "prospects_converted", "Prospects converted", "milestones", "Prospects that became customers.", ("segment",)
    ),
    _count(
        "meetings_booked",
        "Meetings booked",
        "milestones",
        "Prospects whose status became it; by the message that was sent to them last.",
        ("segment", *_MESSAGE),
    ),
    _count("outreach_drafted", "Messages drafted", "outreach", "Messages by the time they were written.", _MESSAGE),
    _count("outreach_approved", "Messages approved", "milestones", "Messages that a person approved.", _MESSAGE),
    _count("outreach_sent", "Messages sent", "outreach", "Messages by the time they left.", _MESSAGE),
    _count("outreach_delivered", "Messages delivered", "outreach", "As the recipient's server confirmed.", _MESSAGE),
    _count("outreach_bounced", "Messages bounced", "outreach", "Messages that came back.", _MESSAGE, "down"),
    _count("outreach_complained", "Complaints", "outreach", "Messages reported as spam.", _MESSAGE, "down"),
    _count("outreach_replied", "Replies", "outreach", "Messages by the time they were answered.", _MESSAGE),
    _ratio("delivery_rate", "Delivery rate", "Delivered of those sent in the period.", "sent_delivered"),
    _ratio("bounce_rate", "Bounce rate", "Bounced of those sent in the period.", "sent_bounced", better="down"),
    _ratio("reply_rate", "Reply rate", "Answered, whenever, of those sent in the period.", "sent_replied"),
    _ratio("engagement_rate", "Engagement rate", "Opened, clicked or answered, of those sent.", "sent_engaged"),
    _ratio("conversion_rate", "Conversion rate", "Meetings booked per message sent.", "meetings_booked"),
    _count("content_published", "Content published", "templates", "Templates by the time they were added.", ("kind",)),
    _count("templates_used", "Templates used", "milestones", "How often a template was used.", ("template",)),
    _count("playbook_runs", "Playbooks run", "playbook_runs", "Runs of playbooks.", ("playbook", "persona")),
    _count("vault_items_added", "Vault items added", "vault", "Items by the time they were added.", ("kind",)),
    _count("follow_ups_planned", "Follow-ups planned", "calendar_events", "By the time of planning.", ("kind",)),
    _count("follow_ups_completed", "Follow-ups completed", "milestones", "By the time they were done."),
    _count(
        "research_tasks_completed",
        "Research completed",
        "research_tasks",
        "Tasks by the time of their end.",
        ("engine",),
    ),
    _count("research_tasks_failed", "Research failed", "research_tasks", "Tasks that failed.", ("engine",), "down"),
    Metric(
        "research_duration",
        "Research duration",
        "seconds",
        "research_tasks",
        "The mean time from a completed task's start to its end.",
        ("engine",),
        ("research_seconds",),
        ("research_tasks_completed",),
        better="down",
    ),
    _count("runs_success", "Runs completed", "executions", "Runs of automations by their end.", ("automation",)),
    _count(
        "runs_failed",
        "Runs failed",
        "executions",
        "Runs of automations that failed; a run taken up again counts as it ended last.",
        ("automation", "step", "cause"),
        "down",
    ),
    _count("runs_cancelled", "Runs stopped", "executions", "Runs that were stopped.", ("automation",), "neither"),
    Metric(
        "run_duration",
        "Run duration",
        "seconds",
        "executions",
        "The mean time from a run's start to its end, its waits included.",
        ("automation",),
        ("run_seconds",),
        ("runs_success", "runs_failed", "runs_cancelled"),
        better="down",
    ),
    _count("steps_done", "Steps done", "executions", "Steps of the runs that ended.", ("automation",)),
    Metric(
        "time_saved",
        "Time saved (estimate)",
        "minutes",
        "executions",
        f"An estimate: {_MINUTES_SAVED} minutes for each step that an automation did.",
        ("automation",),
        ("steps_done",),
        factor=_MINUTES_SAVED,
    ),
    Metric(
        "waiting_time",
        "Waiting time of runs",
        "seconds",
        "executions",
        "The mean time of a run in which no step was at work: delays, approvals, queues.",
        ("automation",),
        ("run_waited_seconds",),
        ("runs_waited",),
        better="down",
    ),
    Metric("provider_spend", "Provider spend", "USD", "usage", "What providers cost, by day in UTC.", better="down"),
    Metric(
        "research_cost",
        "Research cost",
        "USD",
        "executions",
        "What providers took for research, by the end of its run. An answer that was at hand already costs nothing.",
        cells=("research_micros",),
        factor=1e-6,
        better="down",
    ),
    *PERFORMANCE,
)
METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
SUMMARY = (
    *("prospects_analyzed", "outreach_sent", "meetings_booked", "content_published", "research_tasks_completed"),
    *("engagement_rate", "conversion_rate", "outreach_replied", "reply_rate", "bounce_rate", "runs_success"),
    *("runs_failed", "time_saved"),
)
