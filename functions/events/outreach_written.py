"""An outreach message was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

outreach_written = document_function("outreach_written", *handlers("outreach"))
