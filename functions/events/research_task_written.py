"""A research task was created, started, finished or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

research_task_written = document_function("research_task_written", *handlers("research_tasks"))
