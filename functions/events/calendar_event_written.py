"""A calendar event was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.runtime.events import document_function

calendar_event_written = document_function("calendar_event_written", document_events.take)
