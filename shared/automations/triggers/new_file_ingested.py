"""Fires when a file was ingested."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import created_in

TRIGGER = Trigger(
    name="new_file_ingested",
    aliases=("file_ingested",),
    title="A file is ingested",
    config=TriggerConfig,
    collection="files",
    concerns=lambda change: change.created,
    past=created_in("files"),
)
