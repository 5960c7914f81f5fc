"""Builds executions and the writes that store them."""

from datetime import timedelta

from shared.automations.definitions import counters
from shared.automations.runs import spills
from shared.automations.runs.models import Execution, TriggerEvent
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.fields import ReadFields
from shared.kit.ids import derived_id
from shared.kit.schema import stamp

PENDING_LEASE = timedelta(seconds=60)  # then the sweeper sends the first message again


def build_execution(
    uid: str, automation_id: str, name: str, definition: int, event: TriggerEvent, *, held: bool = False
) -> Execution:
    """An execution, not yet stored. Its id is derived, so the same event starts it only once. With `held` it does not
    begin before its automation's pause is over."""
    now = clock.now()
    return Execution(
        **stamp(uid, derived_id(uid, automation_id, event.id), at=now),
        started_at=now,
        automation_id=automation_id,
        automation_name=name,
        definition=definition,
        triggered_by=event.trigger,
        event=event,
        subject=subject_of(event.collection, event.document_id, event.data),
        happened_at=event.at or now,
        status="waiting" if held else "pending",
        paused=held,
        paused_by="automation" if held else None,
        due_at=None if held else now + PENDING_LEASE,
    )


def subject_of(collection: str | None, id: str | None, fields: ReadFields) -> str | None:
    """Whom or what an event is about: the prospect where there is one, else the document."""
    prospect = id if collection == "prospects" else fields.get("prospect_id")
    return prospect if isinstance(prospect, str) else id


def to_start(execution: Execution) -> list[Write]:
    """Store the execution and count it: three writes, more where its event is large."""
    return [*spills.to_create(execution), to_count(execution)]


def to_count(execution: Execution) -> Write:
    """Count the execution among those of its automation."""
    return counters.to_count(execution.user_id, execution.automation_id, execution.id, execution.started_at)
