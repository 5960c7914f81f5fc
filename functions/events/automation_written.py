"""An automation was created, changed or deleted."""

from shared.automations.operations import deletion
from shared.automations.starts import document_events
from shared.runtime.events import document_function

automation_written = document_function("automation_written", deletion.clear, document_events.take)
