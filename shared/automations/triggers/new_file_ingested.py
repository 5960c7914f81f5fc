"""Fires when a file was ingested."""

from shared.automations.triggers.base import Trigger, TriggerConfig

TRIGGER = Trigger(
    name="new_file_ingested",
    aliases=("file_ingested",),
    title="A file is ingested",
    config=TriggerConfig,
    collection="files",
    concerns=lambda change: change.created,
)
