"""A prospect was created, changed or deleted."""

from shared.automations import intake
from shared.domains import removal
from shared.runtime.events import document_function

prospect_written = document_function("prospect_written", removal.complete, intake.take)
