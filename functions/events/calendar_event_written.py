"""A calendar event was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

calendar_event_written = document_function("calendar_event_written", *handlers("calendar_events"))
