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

PENDING_LEASE = timedelta(seconds=60)  # after it the sweeper sends the first message again


def build_execution(
    uid: str, automation_id: str, name: str, definition: int, event: TriggerEvent, *, held: bool = False
) -> Execution:
    """Builds an execution that is not stored yet; its id follows from the event, so the same event starts it only once.

    With `held` the execution does not begin before its automation's pause is over.
    """
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
    """The id of what an event concerns: its prospect, else its document."""
    prospect = id if collection == "prospects" else fields.get("prospect_id")
    return prospect if isinstance(prospect, str) else id


def to_start(execution: Execution) -> list[Write]:
    """Builds the writes that store an execution and count it: three, more if its event is large."""
    return [*spills.to_create(execution), to_count(execution)]


def to_count(execution: Execution) -> Write:
    """Builds the write that counts an execution of its automation."""
    return counters.to_count(execution.user_id, execution.automation_id, execution.id, execution.started_at)
