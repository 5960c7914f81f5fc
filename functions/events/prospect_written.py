"""A prospect was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.domains import removal
from shared.runtime.events import document_function

prospect_written = document_function("prospect_written", removal.complete, document_events.take)
