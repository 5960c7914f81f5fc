"""A template was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

template_written = document_function("template_written", *handlers("templates"))
