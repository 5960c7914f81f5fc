"""A research task was created, started, finished or deleted."""

from shared.automations.builtins import research
from shared.automations.starts import document_events
from shared.runtime.events import document_function

research_task_written = document_function("research_task_written", document_events.take, research.follow)
