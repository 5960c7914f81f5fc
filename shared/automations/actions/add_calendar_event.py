"""Put a follow-up into the calendar."""

from typing import Annotated

from pydantic import AliasChoices, Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains import calendar
from shared.domains.calendar import CalendarEvent, EventType
from shared.kit.schema import Date, Id, Input, Text


class Config(Input):
    """On `scheduled_date`, else in `in_days` (or `days`); about `prospect_id`, else the run's prospect, if any."""

    scheduled_date: Date | None = None
    in_days: Annotated[int, Field(ge=0, le=365, validation_alias=AliasChoices("in_days", "days"))] = 3
    prospect_id: Id | None = None
    type: EventType = "follow_up"
    notes: Text = ""


def run(context: StepContext, config: Config) -> Done:
    about = config.prospect_id or context.prospect_id()
    prospect = context.prospect(about) if about else None
    zone = calendar.zone_of(context.uid)
    event = CalendarEvent(
        **context.new_document("event"),
        prospect_id=prospect.id if prospect else None,
        prospect_name=prospect.name if prospect else None,
        company=prospect.company if prospect else None,
        scheduled_date=config.scheduled_date or calendar.today(zone, ahead=config.in_days),
        time_zone=zone,
        type=config.type,
        notes=config.notes,
    )
    context.create(calendar.repository, calendar.planned(event))
    return Done(f"Scheduled for {event.scheduled_date}.", {"event_id": event.id, "date": event.scheduled_date})


ACTION = Action(
    name="add_calendar_event",
    aliases=("add_calendar",),
    title="Add a calendar event",
    config=Config,
    run=run,
    light=True,
    writes=frozenset({"follow_up_event_due"}),
    creates=frozenset({"calendar_events"}),
)
