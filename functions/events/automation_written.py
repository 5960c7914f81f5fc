"""An automation was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

automation_written = document_function("automation_written", *handlers("automations"))
