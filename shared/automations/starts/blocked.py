"""Log entries that tell a user why an event started no execution, or one that is held."""

from dataclasses import dataclass, field

from shared.automations.definitions.restrictions import Reentry
from shared.automations.engine import notices
from shared.automations.runs import entries
from shared.automations.runs.entries import Earlier
from shared.automations.runs.models import Execution
from shared.domains.system_logs import service as system_logs
from shared.gcp.writes import Write
from shared.kit.fields import ReadFields
from shared.kit.ids import derived_id
from shared.kit.links import page_of


@dataclass(frozen=True)
class Blocked:
    """An execution that an event would have started and that must not start, and why."""

    automation_id: str
    automation_name: str
    event_id: str
    reason: str
    cause: ReadFields = field(default_factory=dict)  # the step whose change the event reports
    document: ReadFields = field(default_factory=dict)  # the document whose event it was


def blocked_entry(uid: str, blocked: Blocked) -> Write:
    """Builds the log entry of a blocked start: one for each event, however often that is delivered."""
    entry = system_logs.build(
        uid,
        "warning",
        "automation",
        f"{blocked.automation_name} was not started. {blocked.reason}",
        id=derived_id(blocked.automation_id, blocked.event_id, "blocked"),
        error_class="blocked_automation",
        metadata={"automation_id": blocked.automation_id, "caused_by": dict(blocked.cause), **blocked.document},
        related_id=blocked.automation_id,
        link=page_of("automations", blocked.automation_id),
    )
    return system_logs.to_put(entry)


def not_entered_entry(execution: Execution, earlier: Earlier, reentry: Reentry) -> Write:
    """Builds the log entry of a contact that may not enter an automation again: one for each contact, the latest."""
    event = execution.event
    document = {
        "collection": event.collection,
        "document_id": event.document_id,
        "subject": execution.subject,
        "execution_id": earlier.execution_id,
    }
    reason = entries.sentence(earlier, reentry)
    blocked = Blocked(
        execution.automation_id, execution.automation_name, f"{execution.subject}:entry", reason, document=document
    )
    return blocked_entry(execution.user_id, blocked)


def held_entries(execution: Execution) -> list[Write]:
    """Builds the log entry of an execution that is stored as held while its automation is paused; none of any other."""
    if not execution.paused:
        return []
    event = execution.event
    document = {"collection": event.collection, "document_id": event.document_id}
    entry = system_logs.build(
        execution.user_id,
        "warning",
        "automation",
        f"{execution.automation_name}: a run is held before it begins: the automation is paused, as its daily budget"
        " is used up.",
        id=derived_id(execution.id, "held"),
        error_class="blocked_automation",
        explanation="It begins when the automation goes on: with a new day, or when it is activated.",
        metadata={**notices.origin(execution), **document},
        related_id=execution.automation_id,
        link=notices.link(execution),
    )
    return [system_logs.to_put(entry)]
