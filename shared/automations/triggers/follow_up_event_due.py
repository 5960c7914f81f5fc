"""Fires when a calendar event's day has come and the schedule has announced it."""

from shared.automations.triggers.base import Trigger, TriggerConfig

TRIGGER = Trigger(
    name="follow_up_event_due",
    aliases=("followup_due",),
    title="A follow-up is due",
    config=TriggerConfig,
    collection="calendar_events",
    concerns=lambda change: change.became("announced", True),
    consequence=True,
)
