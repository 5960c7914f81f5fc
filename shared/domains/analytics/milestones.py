"""Milestones: what happened at a time that no other document keeps, such as the booking of a meeting.

Each is a document with an id derived from the event that tells of it, in the event's own commit, and is counted like
any other document. It names the document that it happened to and no person.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.domains.analytics.contributions import keys_of_message, tags_of
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit.ids import derived_id
from shared.store.changes import Change

COLLECTION = "milestones"
Milestone = Mapping[str, Any]


def of_change(change: Change) -> list[Milestone]:
    """What the change says has happened."""
    if change.before is None or change.after is None:
        return []  # as it was imported, or is deleted: nobody knows when
    return [
        {"metric": metric, "at": change.time, "keys": keys, "amount": amount, "document": change.id}
        for metric, keys, amount in _reached(change, change.before, change.after)
    ]


def with_message(reached: Sequence[Milestone], message: Mapping[str, Any] | None) -> list[Milestone]:
    """The milestones, with meetings under the keys of the message that was sent last before."""
    keys = keys_of_message(message or {})
    return [
        {**each, "keys": [*each["keys"], *keys]} if each["metric"] == "meetings_booked" else each for each in reached
    ]


def to_create(change: Change, milestones: list[Milestone]) -> list[Write]:
    """The documents; where the event was taken before, their commit is refused."""
    return [
        writes.create(f"users/{change.uid}/{COLLECTION}/{derived_id(change.event_id, each['metric'])}", each)
        for each in milestones
    ]


def _reached(
    change: Change, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[str, list[str], int]]:
    if change.collection == "prospects":
        if change.changed("analysis") and after.get("analysis"):
            yield "prospects_analyzed", tags_of(after), 1
        if change.became("status", "meeting_booked"):
            yield "meetings_booked", tags_of(after), 1
        if change.became("status", "converted"):
            yield "prospects_converted", tags_of(after), 1
        if change.became("approval_status", "approved"):
            yield "prospects_approved", tags_of(after), 1
    elif change.collection == "outreach" and change.became("status", "approved"):
        yield "outreach_approved", keys_of_message(after), 1
    elif change.collection == "calendar_events" and change.became("completed", True):
        yield "follow_ups_completed", [], 1
    elif change.collection == "templates":
        used = _number(after) - _number(before)
        if used > 0:
            yield "templates_used", [f"template~{change.id}"], used


def _number(fields: Mapping[str, Any]) -> int:
    used = fields.get("usage_count")
    return used if isinstance(used, int) else 0
