"""An automation was created, changed or deleted."""

from shared.automations import clearing, intake
from shared.runtime.events import document_function

automation_written = document_function("automation_written", clearing.clear, intake.take)
