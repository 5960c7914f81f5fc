"""Stops a run whose prospect is in one of the states that end it; asked before each commit."""

from collections.abc import Sequence

from shared.automations.runs.models import Execution
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.domains.suppression import service as suppression

_STOPPED = "Stopped: "


def ended(execution: Execution) -> bool:
    """Whether a state of its prospect has ended the run."""
    return (execution.error or "").startswith(_STOPPED)


def reason(execution: Execution, stop_when: Sequence[str]) -> str | None:
    """Why the run ends now, or None where it goes on.

    One read of the prospect; where its status does not decide, a query for an answer since the run began, and one round
    trip for the suppression list.
    """
    uid = execution.user_id
    prospect = prospects.find(uid, execution.subject) if execution.subject else None
    if prospect is None:
        return None
    if prospect.status in stop_when:
        return f"{_STOPPED}{prospect.name} is now {prospect.status.replace('_', ' ')}."
    if "replied" in stop_when and outreach.has_replied(uid, prospect.id, execution.started_at):
        return f"{_STOPPED}{prospect.name} has replied."
    if "unsubscribed" in stop_when and prospect.email and suppression.is_suppressed(uid, prospect.email):
        return f"{_STOPPED}{prospect.name} has unsubscribed."
    return None
