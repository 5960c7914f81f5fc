"""A file was ingested, changed or deleted."""

from shared.automations.starts import document_events
from shared.runtime.events import document_function

file_written = document_function("file_written", document_events.take)
