"""Fires when a research task has its insights."""

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.automations.triggers.past import became

TRIGGER = Trigger(
    name="research_task_completed",
    aliases=("research_complete",),
    title="A research task is completed",
    config=TriggerConfig,
    collection="research_tasks",
    concerns=lambda change: change.became("status", "done"),
    past=became("research", "Research completed", "task_id", "status", "done"),
    consequence=True,
)
