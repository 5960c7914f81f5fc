"""A prospect was created, changed or deleted."""

from shared.automations import intake
from shared.domains.changes import Change
from shared.domains.prospects import removal
from shared.runtime.events import document_function


def take(change: Change) -> None:
    removal.complete(change)
    intake.take(change)


prospect_written = document_function("prospect_written", take)
