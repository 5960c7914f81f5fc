"""A vault item was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.domains import links
from shared.runtime.events import document_function

vault_item_written = document_function("vault_item_written", links.unlink_item, document_events.take)
