"""Calendar events: when to get back to whom."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from shared.domains.prospects import service as prospects
from shared.gcp import firestore
from shared.gcp.queries import Where
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.personal_names import first_name, is_no_value
from shared.kit.schema import Date, Entity, Id, Input, Text, Update, stamp
from shared.kit.whitespace import one_line
from shared.store.repository import Order, Repository

EventType = Literal["initial", "follow_up", "check_in", "nurture"]
EventStatus = Literal["pending", "completed", "overdue"]
_SUGGESTIONS: dict[str, str] = {
    "initial": "{greeting}, I would like to introduce myself and hear what matters {place} right now.",
    "follow_up": "{greeting}, I wanted to follow up on my last note; is it still of interest {place}?",
    "check_in": "{greeting}, how are things going {place} since we last spoke?",
    "nurture": "{greeting}, I came across something that may be useful {place} and thought of you.",
}


class EventInput(Input):
    scheduled_date: Date
    type: EventType = "follow_up"
    prospect_id: Id | None = None
    notes: Text = ""


class EventUpdate(Update):
    scheduled_date: Date | None = None
    type: EventType | None = None
    prospect_id: Id | None = None
    notes: Text | None = None
    status: Literal["pending", "completed"] | None = None  # overdue follows from the date


class CalendarEvent(Entity):
    prospect_id: str | None = None
    prospect_name: str | None = None
    company: str | None = None
    scheduled_date: str
    type: EventType = "follow_up"
    completed: bool = False
    notes: str = ""
    last_contact: str | None = None
    announced: bool = False  # the schedule has said that it is due
    metadata: dict[str, Any] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> EventStatus:
        """Overdue is a matter of today's date, so it is derived and never stored."""
        if self.completed:
            return "completed"
        return "overdue" if self.scheduled_date < today() else "pending"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def suggested_message(self) -> str | None:
        """A first sentence to the prospect; without one there is nobody to address."""
        if not one_line(self.prospect_name or ""):
            return None
        given = first_name(self.prospect_name)
        place = "for you" if self.company is None or is_no_value(self.company) else f"at {self.company}"
        return _SUGGESTIONS[self.type].format(greeting=f"Hi {given}" if given else "Hi", place=place)


class CalendarQuery(Input):
    start_date: Date | None = None
    end_date: Date | None = None
    status: EventStatus | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 500
    cursor: str | None = None


repository = Repository(CalendarEvent, "calendar_events", "calendar event")


def today(now: datetime | None = None) -> str:
    day: date = (now or clock.now()).date()
    return day.isoformat()


def announce_due(limit: int) -> int:
    """Mark due events as announced; the document event then fires their automations.

    One query and one batch. The version as a precondition: two ticks at once announce once.
    """
    due = repository.select_everywhere(
        where=[("announced", "==", False), ("completed", "==", False), ("scheduled_date", "<=", today())],
        order=[("scheduled_date", "asc")],
        limit=limit,
    )
    mark = {"announced": True, "updated_at": clock.now()}
    marks = [repository.to_update(event.user_id, event.id, mark, version=event.version) for event in due]
    return sum(outcome is None for outcome in firestore.client().batch_write(marks))


def list_page(uid: str, query: CalendarQuery) -> Page[CalendarEvent]:
    """By date, soonest first. A status is a question about today's date."""
    starts, ends = [query.start_date], [query.end_date]
    where: list[Where] = []
    if query.status:
        where.append(("completed", "==", query.status == "completed"))
    if query.status == "pending":
        starts.append(today())
    elif query.status == "overdue":
        ends.append(today(clock.now() - timedelta(days=1)))
    if first := max(filter(None, starts), default=None):
        where.append(("scheduled_date", ">=", first))
    if last := min(filter(None, ends), default=None):
        where.append(("scheduled_date", "<=", last))
    order: Order = [("scheduled_date", "asc")]
    return repository.page(uid, where=where, order=order, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> CalendarEvent:
    return repository.get(uid, id)


def create(uid: str, data: EventInput) -> CalendarEvent:
    """One commit, and one read where a prospect is named. Raises NotFound for an unknown one."""
    fields = data.model_dump() | _about(uid, data.prospect_id)
    return repository.create(CalendarEvent(**stamp(uid), **fields))


def update(uid: str, id: str, data: EventUpdate, version: datetime | None) -> CalendarEvent:
    """One read, one commit. An event that was put off is announced again when its new day comes."""
    fields = repository.changes(data)
    fields |= {"updated_at": clock.now()}
    if "prospect_id" in fields:
        fields |= _about(uid, data.prospect_id) or {"prospect_name": None, "company": None}
    status = fields.pop("status", None)

    def change(current: CalendarEvent) -> dict[str, Any]:
        changed = dict(fields)
        if status:
            changed["completed"] = status == "completed"
        if status == "completed" and not current.completed:
            changed["last_contact"] = today()
        if data.scheduled_date and data.scheduled_date != current.scheduled_date:
            changed["announced"] = False
        return changed

    return repository.edit(uid, id, change, version=version)


def delete(uid: str, id: str, version: datetime | None) -> None:
    repository.delete(uid, id, version=version)


def delete_of_prospect(uid: str, prospect_id: str) -> int:
    """A query and a batch per 500."""
    return repository.delete_each(uid, [("prospect_id", "==", prospect_id)])


def _about(uid: str, prospect_id: str | None) -> dict[str, Any]:
    if prospect_id is None:
        return {}
    prospect = prospects.get(uid, prospect_id)
    return {"prospect_id": prospect.id, "prospect_name": prospect.name, "company": prospect.company}
