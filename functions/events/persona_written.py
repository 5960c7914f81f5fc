"""A persona was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

persona_written = document_function("persona_written", *handlers("personas"))
