"""An outreach message was created, changed or deleted."""

from shared.automations.operations import approvals
from shared.automations.starts import document_events
from shared.domains import links
from shared.runtime.events import document_function

outreach_written = document_function("outreach_written", links.unlink_message, document_events.take, approvals.take)
