"""A run of an automation has failed."""

from shared.automations.starts import document_events
from shared.runtime.events import document_function

failure_written = document_function("failure_written", document_events.take)
