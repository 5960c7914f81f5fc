"""Calendar events: when to get back to whom."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from shared.domains.contacts import service as contacts
from shared.domains.prospects import service as prospects
from shared.gcp import firestore, refusals
from shared.gcp.queries import Where
from shared.gcp.writes import Write
from shared.kit import clock, days
from shared.kit.paging import Page
from shared.kit.schema import Date, Entity, Id, Input, Text, Update, stamp
from shared.kit.whitespace import one_line
from shared.store import sweeps
from shared.store.repository import Order, Repository
from shared.store.sweeps import Sweep

EventType = Literal["initial", "follow_up", "check_in", "nurture"]
EventStatus = Literal["pending", "completed", "overdue"]
_ANNOUNCED_WITHIN = timedelta(hours=4)  # of a day's beginning, so that the day's events do not all come at once
_MOVES = 3
_CLOSED = 100  # open events of one prospect
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
    swept = True

    prospect_id: str | None = None
    prospect_name: str | None = None
    company: str | None = None
    scheduled_date: str
    type: EventType = "follow_up"
    completed: bool = False
    closed_because: str | None = None  # where what came back for a message has completed it
    notes: str = ""
    last_contact: str | None = None
    announced: bool = False  # the schedule has said that it is due
    time_zone: str = "UTC"  # whose day `scheduled_date` is: the user's when it was planned or moved
    due_at: datetime | None = Field(
        None, exclude=True
    )  # when the schedule says so; None once it has, or it is completed
    metadata: dict[str, Any] = {}

    def stored(self) -> dict[str, Any]:
        """With the field that no client sees."""
        return {**super().stored(), "due_at": self.due_at}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status(self) -> EventStatus:
        """Overdue is a matter of today's date where the user is, so it is derived and never stored."""
        if self.completed:
            return "completed"
        return "overdue" if self.scheduled_date < today(self.time_zone) else "pending"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def suggested_message(self) -> str | None:
        """A first sentence to the prospect; without one there is nobody to address."""
        if not one_line(self.prospect_name or ""):
            return None
        from shared.kit import firm_names
        from shared.kit.personal_names import address

        name, company = address(self.prospect_name), firm_names.spoken(self.company)
        place = f"at {company}" if company else "for you"
        return _SUGGESTIONS[self.type].format(greeting=f"Hi {name}" if name else "Hi", place=place)


class CalendarQuery(Input):
    start_date: Date | None = None
    end_date: Date | None = None
    status: EventStatus | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 500
    cursor: str | None = None


repository = Repository(CalendarEvent, "calendar_events", "calendar event")


def zone_of(uid: str) -> str:
    """The time zone of the user's days, UTC where none is set: one read."""
    return contacts.get_policy(uid).value.time_zone


def today(zone: str, *, ahead: int = 0) -> str:
    """The date in a time zone now, or a number of days ahead."""
    return (days.today(zone, clock.now()) + timedelta(days=ahead)).isoformat()


def due_at(event: CalendarEvent) -> datetime | None:
    """When the event is to be announced: within the first hours of its day, always at the same time; None if never
    again. Once the day has begun, at its beginning, so at once."""
    if event.announced or event.completed:
        return None
    try:
        begins = days.begins(date.fromisoformat(event.scheduled_date), event.time_zone)
    except (ValueError, OverflowError):  # a stored day of odd shape, or at the end of time
        return None
    return begins if begins <= clock.now() else begins + days.spread(event.id, _ANNOUNCED_WITHIN)


def planned(event: CalendarEvent) -> CalendarEvent:
    """The event, with the time at which it is due."""
    return event.model_copy(update={"due_at": due_at(event)})


def announce_due() -> dict[str, int]:
    """Mark due events of all users as announced; the document event then fires their automations.

    A query and a batch for each 500. The version as a precondition: two ticks at once announce once. An event without
    a readable `due_at` is announced when its day has begun everywhere.
    """
    sweep = Sweep("announced")
    due = sweeps.everywhere(repository, where=sweeps.due("due_at", clock.now()), order=[("due_at", "asc")])
    sweep.each(due, lambda events: _announce(sweep, events))
    everywhere = clock.now() - days.LATEST - _ANNOUNCED_WITHIN
    where: list[Where] = [
        ("announced", "==", False),
        ("completed", "==", False),
        ("scheduled_date", "<=", days.today("UTC", everywhere).isoformat()),
    ]
    forgotten = sweeps.everywhere(repository, where=where, order=[("scheduled_date", "asc")])
    sweep.each(forgotten, lambda events: _announce(sweep, events))
    return sweep.done()


def _announce(sweep: Sweep, events: Sequence[CalendarEvent]) -> None:
    sweep.count(announced=sum(_is_open(event) for event in sweep.write(events, _to_announce)))


def _to_announce(event: CalendarEvent) -> Write:
    mark = {"announced": True, "updated_at": clock.now()} if _is_open(event) else {}
    return repository.to_update(event.user_id, event.id, {"due_at": None, **mark}, version=event.version)


def _is_open(event: CalendarEvent) -> bool:
    return not event.announced and not event.completed


def move_to_zone(uid: str, zone: str) -> int:
    """Have the days of the user's open events begin in another time zone: a query for every 300 events, and a batch
    for those that are in another; again, where an event was changed meanwhile. Returns how many were moved."""
    moved = 0
    order: Order = [("scheduled_date", "asc")]  # whose index serves it
    for _ in range(_MOVES):
        still_open = repository.each(uid, where=[("completed", "==", False)], order=order)
        elsewhere = [event for event in still_open if event.time_zone != zone]
        outcomes = firestore.client().batch_write([_to_move(event, zone) for event in elsewhere])
        refusals.raise_failures(outcomes)
        moved += outcomes.count(None)
        if outcomes.count(None) == len(outcomes):
            break
    return moved


def _to_move(event: CalendarEvent, zone: str) -> Write:
    there = {"time_zone": zone, "due_at": due_at(event.model_copy(update={"time_zone": zone}))}
    return repository.to_update(event.user_id, event.id, there, version=event.version)


def list_page(uid: str, query: CalendarQuery) -> Page[CalendarEvent]:
    """By date, soonest first. A status is a question about today's date where the user is: one read more."""
    starts, ends = [query.start_date], [query.end_date]
    where: list[Where] = []
    if query.status:
        where.append(("completed", "==", query.status == "completed"))
    if query.status == "pending":
        starts.append(today(zone_of(uid)))
    elif query.status == "overdue":
        ends.append(today(zone_of(uid), ahead=-1))
    if first := max(filter(None, starts), default=None):
        where.append(("scheduled_date", ">=", first))
    if last := min(filter(None, ends), default=None):
        where.append(("scheduled_date", "<=", last))
    order: Order = [("scheduled_date", "asc")]
    return repository.page(uid, where=where, order=order, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> CalendarEvent:
    return repository.get(uid, id)


def create(uid: str, data: EventInput) -> CalendarEvent:
    """One commit, one read of the user's time zone, and one where a prospect is named. Raises NotFound for an unknown
    one."""
    fields = data.model_dump() | _about(uid, data.prospect_id)
    return repository.create(planned(CalendarEvent(**stamp(uid), time_zone=zone_of(uid), **fields)))


def update(uid: str, id: str, data: EventUpdate, version: datetime | None) -> CalendarEvent:
    """One read, one commit; another read for a new date. An event that was put off is announced again when its new day
    comes."""
    fields = repository.changes(data)
    fields |= {"updated_at": clock.now()}
    if "prospect_id" in fields:
        fields |= _about(uid, data.prospect_id) or {"prospect_name": None, "company": None}
    if data.scheduled_date:
        fields["time_zone"] = zone_of(uid)
    status = fields.pop("status", None)

    def change(current: CalendarEvent) -> dict[str, Any]:
        changed = dict(fields)
        if status:
            changed["completed"] = status == "completed"
        if status == "completed" and not current.completed:
            changed["last_contact"] = today(current.time_zone)
        if data.scheduled_date and data.scheduled_date != current.scheduled_date:
            changed["announced"] = False
        if status or data.scheduled_date:
            changed["due_at"] = due_at(repository.changed(current, changed))
        return changed

    return repository.edit(uid, id, change, version=version)


def open_of_prospect(uid: str, prospect_id: str) -> list[CalendarEvent]:
    """The prospect's events that are not completed, at most 100: one query."""
    return repository.select(uid, where=[("prospect_id", "==", prospect_id), ("completed", "==", False)], limit=_CLOSED)


def to_close(event: CalendarEvent, why: str) -> Write:
    """Complete an event that is not wanted any more; the commit fails if it has changed since it was read."""
    fields = {"completed": True, "closed_because": why, "due_at": None, "updated_at": clock.now()}
    return repository.to_update(event.user_id, event.id, fields, version=event.version)


def to_postpone(event: CalendarEvent, last: date) -> list[Write]:
    """Move an event to the day after `last`, if it is not later already; the commit fails if it has changed since."""
    day = (last + timedelta(days=1)).isoformat()
    if event.scheduled_date >= day:
        return []
    moved = repository.changed(event, {"scheduled_date": day, "announced": False})
    fields = {"scheduled_date": day, "announced": False, "due_at": due_at(moved), "updated_at": clock.now()}
    return [repository.to_update(event.user_id, event.id, fields, version=event.version)]


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
