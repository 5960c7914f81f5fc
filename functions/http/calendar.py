"""/api/calendar: when to get back to whom."""

from datetime import timedelta

from shared.domains import calendar as service
from shared.domains.calendar import CalendarEvent, CalendarQuery, EventInput, EventUpdate
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router

router = Router("/api/calendar")
_MIDNIGHTS = timedelta(minutes=15)  # a day ends at one of these somewhere, and what is overdue changes


@router.get("", Many("events", CalendarEvent), tagged=_MIDNIGHTS)
def list_events(call: Call, query: CalendarQuery) -> Page[CalendarEvent]:
    """Events by their day, the soonest first."""
    return service.list_page(call.uid, query)


@router.post("", One("event", CalendarEvent), status=201)
def create_event(call: Call, body: EventInput) -> CalendarEvent:
    """Plan a contact for a day."""
    return service.create(call.uid, body)


@router.get("/{id}", One("event", CalendarEvent))
def get_event(call: Call, id: str) -> CalendarEvent:
    """One event."""
    return service.get(call.uid, id)


@router.put("/{id}", One("event", CalendarEvent))
@router.patch("/{id}", One("event", CalendarEvent))
def update_event(call: Call, id: str, body: EventUpdate) -> CalendarEvent:
    """Change the fields that are sent. Put off, it is announced again when its new day comes."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_event(call: Call, id: str) -> Message:
    """Delete the event."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The calendar event was deleted.")


calendar = http_function("calendar", router)
