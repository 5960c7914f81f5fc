"""/api/notifications: what the user should look at."""

from shared.domains import notifications as service
from shared.domains.notifications import Notification, NotificationInput, NotificationList, NotificationQuery
from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, One, Router

router = Router("/api/notifications")


class MarkedRead(Model):
    message: str
    count: int


@router.get("", Fields(NotificationList), tagged=HOURLY)
def list_notifications(call: Call, query: NotificationQuery) -> NotificationList:
    """Notifications, newest first, with the number of those unread."""
    return service.list_page(call.uid, query)


@router.post("", One("notification", Notification), status=201)
def create_notification(call: Call, body: NotificationInput) -> Notification:
    """Add a notification of your own."""
    return service.create(call.uid, body)


@router.post("/mark-all-read", Fields(MarkedRead))
def mark_all_read(call: Call) -> MarkedRead:
    """Mark all as read."""
    count = service.mark_all_read(call.uid)
    return MarkedRead(message=f"{count} marked as read.", count=count)


@router.put("/{id}/read", One("notification", Notification))
def mark_read(call: Call, id: str) -> Notification:
    """Mark one as read."""
    return service.mark_read(call.uid, id, call.if_match)


notifications = http_function("notifications", router)
