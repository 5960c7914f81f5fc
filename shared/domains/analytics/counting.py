"""Counts document events and the ends of runs, in the commit that each makes anyway."""

from collections.abc import Mapping
from typing import Any

from shared.domains.analytics import contributions, milestones, rollups
from shared.domains.outreach import service as outreach
from shared.gcp.writes import Write
from shared.store.changes import Change


def of_event(change: Change, *, proven: bool) -> list[Write]:
    """The writes that count a change, once: they refuse their commit where the event was taken before.

    `proven`: another write of the commit does so already. A meeting costs a query, for the message that led to it.
    """
    tally = contributions.of_change(change)
    reached = milestones.of_change(change)
    if any(each["metric"] == "meetings_booked" for each in reached):
        message = outreach.latest_sent(change.uid, change.id)
        reached = milestones.with_message(reached, message.stored() if message else None)
    for milestone in reached:
        tally.update(contributions.of(milestones.COLLECTION, milestone))
    if not any(tally.values()):
        return []
    marks = milestones.to_create(change, reached)
    if not (marks or proven):
        marks = [rollups.to_mark(change.uid, change.event_id)]
    return [*marks, *rollups.to_count(change.uid, change.event_id, tally)]


def of_end(uid: str, event_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Write]:
    """The writes that count the end of a run that an event started, in place of an earlier end of it."""
    tally = contributions.difference(contributions.of("executions", before), contributions.of("executions", after))
    return rollups.to_count(uid, event_id, tally)
