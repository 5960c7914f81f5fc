"""What each document counts for. Pure.

A document counts what its fields say, whatever was before. So a change counts the difference of what is after and
before it: in whatever order changes come, their sum is what the documents say in the end, and a recount of them finds
the same. A document that was deleted counts no more.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared.domains.analytics.cells import RESERVED, Tally, add, key_of
from shared.kit.latencies import BOUNDS_MS
from shared.store.changes import Change

Fields = Mapping[str, Any]
TAGS = 10  # of a prospect that are counted


def of(collection: str, fields: Fields | None) -> Tally:
    """What a document of a collection counts for; nothing, where there is none."""
    tally = Tally()
    if fields and collection in SOURCES:
        SOURCES[collection](tally, fields)
    return tally


def of_change(change: Change) -> Tally:
    """What a change adds and takes away."""
    return difference(of(change.collection, change.before), of(change.collection, change.after))


def difference(before: Tally, after: Tally) -> Tally:
    """What has to be added to become `after`."""
    changed = Tally(after)
    changed.subtract(before)
    return Tally({cell: number for cell, number in changed.items() if number})


def _prospect(tally: Tally, fields: Fields) -> None:
    add(tally, "prospects_added", fields.get("created_at"), tags_of(fields))


def _message(tally: Tally, fields: Fields) -> None:
    keys = keys_of_message(fields)
    for metric, field in _TIMES.items():
        add(tally, metric, fields.get(field), keys)
    sent_at = fields.get("sent_at")
    for metric, field in _COHORT.items():
        if fields.get(field) is not None:
            add(tally, metric, sent_at, keys)
    if fields.get("replied_at") is not None or _some(fields.get("opens")) or _some(fields.get("clicks")):
        add(tally, "sent_engaged", sent_at, keys)


_TIMES = {
    "outreach_drafted": "created_at",
    "outreach_sent": "sent_at",
    "outreach_delivered": "delivered_at",
    "outreach_bounced": "bounced_at",
    "outreach_complained": "complained_at",
    "outreach_replied": "replied_at",
}
# Of the messages that were sent then, how many came to this, whenever they did.
_COHORT = {
    "sent_delivered": "delivered_at",
    "sent_bounced": "bounced_at",
    "sent_complained": "complained_at",
    "sent_replied": "replied_at",
}


def _research_task(tally: Tally, fields: Fields) -> None:
    ended, keys = fields.get("completed_at"), [key_of("engine", fields.get("research_engine"))]
    if fields.get("status") == "done":
        add(tally, "research_tasks_completed", ended, keys)
        add(tally, "research_seconds", ended, keys, _seconds(fields.get("started_at"), ended))
    elif fields.get("status") == "failed":
        add(tally, "research_tasks_failed", ended, keys)


def _template(tally: Tally, fields: Fields) -> None:
    add(tally, "content_published", fields.get("created_at"), [key_of("kind", fields.get("category"))])


def _playbook_run(tally: Tally, fields: Fields) -> None:
    keys = [key_of("playbook", fields.get("playbook_id")), key_of("persona", fields.get("persona_id"))]
    add(tally, "playbook_runs", fields.get("created_at"), keys)


def _calendar_event(tally: Tally, fields: Fields) -> None:
    add(tally, "follow_ups_planned", fields.get("created_at"), [key_of("kind", fields.get("type"))])


def _vault_item(tally: Tally, fields: Fields) -> None:
    add(tally, "vault_items_added", fields.get("created_at"), [key_of("kind", fields.get("category"))])


def _milestone(tally: Tally, fields: Fields) -> None:
    keys = [key for key in fields.get("keys") or [] if isinstance(key, str)]
    add(tally, str(fields.get("metric")), fields.get("at"), keys, fields.get("amount", 1))


def _execution(tally: Tally, fields: Fields) -> None:
    """A run counts as it ended last; while it has been taken up again, still so."""
    ended = fields.get("counted") or {}
    at, automation = ended.get("at"), fields.get("automation_id")
    for action, within in (ended.get("timings") or {}).items():
        for bound, number in within.items():
            add(tally, step_within(bound), at, [key_of("action", action)], number)
    if ended.get("builtin"):  # a run of the product's own: of research, as no other counts
        add(tally, "research_micros", at, (), 1_000_000 * (ended.get("usd") or 0))
        return
    keys = [key_of("automation", automation)]
    if ended.get("status") == "failed":
        keys.append(key_of("step", f"{automation}/{ended.get('step') or '-'}"))
        keys.append(key_of("cause", ended.get("cause")))
    add(tally, f"runs_{ended.get('status')}", at, keys)
    add(tally, "run_seconds", at, keys[:1], ended.get("seconds"))
    add(tally, "steps_done", at, keys[:1], ended.get("steps"))
    if ended.get("waited") is not None:
        add(tally, "runs_waited", at, keys[:1])
        add(tally, "run_waited_seconds", at, keys[:1], ended["waited"])


def step_within(bound: int | str) -> str:
    """The cell of the steps whose action took as long as a bound of milliseconds allows, and no smaller one."""
    return f"step_within_{bound}"


SOURCES: Mapping[str, Callable[[Tally, Fields], None]] = {
    "prospects": _prospect,
    "outreach": _message,
    "research_tasks": _research_task,
    "templates": _template,
    "playbook_runs": _playbook_run,
    "calendar_events": _calendar_event,
    "vault": _vault_item,
    "milestones": _milestone,
    "executions": _execution,
}

# The metrics that a collection's documents, and no others, count for.
METRICS_OF: Mapping[str, frozenset[str]] = {
    "prospects": frozenset({"prospects_added"}),
    "outreach": frozenset({*_TIMES, *_COHORT, "sent_engaged"}),
    "research_tasks": frozenset({"research_tasks_completed", "research_tasks_failed", "research_seconds"}),
    "templates": frozenset({"content_published"}),
    "playbook_runs": frozenset({"playbook_runs"}),
    "calendar_events": frozenset({"follow_ups_planned"}),
    "vault": frozenset({"vault_items_added"}),
    "milestones": frozenset(
        {"prospects_analyzed", "meetings_booked", "prospects_converted", "prospects_approved"}
        | {"outreach_approved", "follow_ups_completed", "templates_used"}
    ),
    "executions": frozenset(
        {"runs_success", "runs_failed", "runs_cancelled", "run_seconds", "steps_done"}
        | {"runs_waited", "run_waited_seconds", "research_micros"}
        | {step_within(bound) for bound in BOUNDS_MS}
    ),
}


def keys_of_message(fields: Fields) -> list[str]:
    """The dimensions of a message."""
    cause = fields.get("cause")
    automation = cause.get("automation_id") if isinstance(cause, dict) else None
    values = {"template": "template_id", "persona": "persona_id", "kind": "kind", "channel": "channel"}
    keys = [key_of(dimension, fields.get(field)) for dimension, field in values.items()]
    return [*keys, key_of("automation", automation)]


def tags_of(fields: Fields) -> list[str]:
    """The segments of a prospect: its tags."""
    tags = fields.get("tags")
    named = [tag for tag in tags if isinstance(tag, str) and tag.strip()][:TAGS] if isinstance(tags, list) else []
    return [key_of("segment", f"“{tag}”" if tag in RESERVED else tag) for tag in named] or [key_of("segment", None)]


def _some(number: Any) -> bool:
    return isinstance(number, int) and number > 0


def _seconds(since: Any, until: Any) -> float:
    both = isinstance(since, datetime) and isinstance(until, datetime)
    return max(0.0, (until - since).total_seconds()) if both else 0.0
