"""A outreach message was created, changed or deleted."""

from shared.automations import intake
from shared.runtime.events import document_function

outreach_written = document_function("outreach_written", intake.take)
