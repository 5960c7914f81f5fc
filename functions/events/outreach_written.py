"""An outreach message was created, changed or deleted."""

from shared.automations import approvals, intake
from shared.domains.changes import Change
from shared.domains.vault import service as vault
from shared.runtime.events import document_function


def take(change: Change) -> None:
    vault.unlink_deleted(change)
    intake.take(change)
    approvals.take(change)


outreach_written = document_function("outreach_written", take)
