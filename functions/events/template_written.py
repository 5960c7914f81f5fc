"""A template was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.domains.vault import service as vault
from shared.runtime.events import document_function

template_written = document_function("template_written", vault.unlink_deleted, document_events.take)
