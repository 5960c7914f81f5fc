"""A prospect was created, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

prospect_written = document_function("prospect_written", *HANDLERS["prospects"])
