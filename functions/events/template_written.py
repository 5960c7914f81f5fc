"""A template was created, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

template_written = document_function("template_written", *HANDLERS["templates"])
