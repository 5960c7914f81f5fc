"""An automation was created, changed or deleted."""

from shared.automations import clearing, intake
from shared.domains.changes import Change
from shared.runtime.events import document_function


def take(change: Change) -> None:
    clearing.clear(change)
    intake.take(change)


automation_written = document_function("automation_written", take)
