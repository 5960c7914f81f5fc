"""/api/activity: what happened."""

from shared.domains.activity import service
from shared.domains.activity.models import ActivityEvent, ActivityInput, ActivityQuery
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Many, One, Router

router = Router("/api/activity")


@router.get("", Many("activities", ActivityEvent), tagged=HOURLY)
def list_activity(call: Call, query: ActivityQuery) -> Page[ActivityEvent]:
    """What happened, newest first; events are kept for 180 days."""
    return service.list_page(call.uid, query)


@router.post("", One("activity", ActivityEvent), status=201)
@router.post("/log", One("activity", ActivityEvent), status=201)
def log_activity(call: Call, body: ActivityInput) -> ActivityEvent:
    """Add an event of your own. `POST /api/activity` and `POST /api/activity/log` are the same."""
    return service.add(call.uid, body)


@router.get("/{id}", One("activity", ActivityEvent))
def get_activity(call: Call, id: str) -> ActivityEvent:
    """One event."""
    return service.get(call.uid, id)


activity = http_function("activity", router)
