"""An insight was stored, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

insight_written = document_function("insight_written", *handlers("insights"))
