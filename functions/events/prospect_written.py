"""A prospect was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

prospect_written = document_function("prospect_written", *handlers("prospects"))
