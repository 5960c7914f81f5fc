"""An outreach message was created, changed or deleted."""

from shared.automations import approvals, intake
from shared.domains.vault import service as vault
from shared.runtime.events import document_function

outreach_written = document_function("outreach_written", vault.unlink_deleted, intake.take, approvals.take)
