"""A calendar event was created, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

calendar_event_written = document_function("calendar_event_written", *HANDLERS["calendar_events"])
