"""An automation was created, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

automation_written = document_function("automation_written", *HANDLERS["automations"])
