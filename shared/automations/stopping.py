"""When a run stops because of whom it is about, checked before each commit."""

from collections.abc import Sequence

from shared.automations.models import Execution
from shared.domains.prospects import service as prospects

MAX_STALLS = 12


def reason(execution: Execution, stop_when: Sequence[str]) -> str | None:
    """Why the run ends now, or None: one read of the prospect."""
    prospect = prospects.repository.find(execution.user_id, execution.subject) if execution.subject else None
    if prospect is None:
        return None
    stored = prospect.model_dump()
    if "unsubscribed" in stop_when and stored.get("unsubscribed"):
        return f"Stopped: {prospect.name} has unsubscribed."
    if prospect.status in stop_when:
        return f"Stopped: {prospect.name} is now {prospect.status.replace('_', ' ')}."
    return None
