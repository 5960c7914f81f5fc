"""A research task was created, started, finished or deleted."""

from shared.automations import intake
from shared.automations.builtins import research
from shared.runtime.events import document_function

research_task_written = document_function("research_task_written", intake.take, research.follow)
