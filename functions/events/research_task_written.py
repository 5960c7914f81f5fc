"""A research task was created, started, finished or deleted."""

from shared.automations import intake
from shared.automations.builtins import research
from shared.domains.changes import Change
from shared.runtime.events import document_function


def take(change: Change) -> None:
    intake.take(change)
    research.follow(change)


research_task_written = document_function("research_task_written", take)
