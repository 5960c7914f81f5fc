"""Fires when a person starts the automation."""

from shared.automations.triggers.base import Trigger, TriggerConfig

TRIGGER = Trigger(name="manual", title="Started by hand", config=TriggerConfig)
