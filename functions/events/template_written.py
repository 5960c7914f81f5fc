"""A template was created, changed or deleted."""

from shared.automations import intake
from shared.runtime.events import document_function

template_written = document_function("template_written", intake.take)
