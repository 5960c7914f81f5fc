"""A vault item was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

vault_item_written = document_function("vault_item_written", *handlers("vault"))
