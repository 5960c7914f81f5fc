"""A research task was created, started, finished or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

research_task_written = document_function("research_task_written", *HANDLERS["research_tasks"])
