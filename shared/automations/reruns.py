"""Running a failed task again, from the system log entry that tells of its failure."""

from datetime import timedelta

from pydantic import BaseModel

from shared.automations import repository, service
from shared.automations.builtins import sending
from shared.automations.models import TERMINAL, Execution
from shared.domains import system_logs
from shared.domains.research import service as research
from shared.domains.system_logs import SystemLog
from shared.kit import clock

_SAME_CLICK = timedelta(seconds=2)


class Rerun(BaseModel):
    message: str
    related_id: str
    execution_id: str | None = None  # where the task is an execution


def from_log(uid: str, log_id: str) -> Rerun:
    """Start the entry's task again. While that run is under way, and for a double click, there is only one."""
    entry, related_id = system_logs.get_rerunnable(uid, log_id)
    if entry.category == "research":
        task = research.run(uid, related_id)
        return Rerun(message=f"{task.title} is running again.", related_id=related_id)
    if entry.category == "outreach":
        sent = sending.send(uid, related_id)
        return Rerun(message=f"“{sent.subject}” is being sent again.", related_id=related_id)
    service.refuse_halted(uid)
    earlier = _still_fresh(entry)
    if earlier:
        return Rerun(message="It is already running again.", related_id=related_id, execution_id=earlier.id)
    again = service.rerun(
        uid,
        related_id,
        key=f"{entry.id}:{entry.rerun_count}",
        beside=lambda execution: [system_logs.to_note_rerun(entry, execution.id)],
    )
    message = f"{again.automation_name} is running again."
    return Rerun(message=message, related_id=related_id, execution_id=again.id)


def _still_fresh(entry: SystemLog) -> Execution | None:
    if entry.rerun_id is None or entry.rerun_at is None:
        return None
    earlier = repository.executions.find(entry.user_id, entry.rerun_id)
    if earlier and (earlier.status not in TERMINAL or clock.now() - entry.rerun_at < _SAME_CLICK):
        return earlier
    return None
