"""An insight was stored, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

insight_written = document_function("insight_written", *HANDLERS["insights"])
