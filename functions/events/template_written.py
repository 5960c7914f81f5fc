"""A template was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.domains import links
from shared.runtime.events import document_function

template_written = document_function("template_written", links.unlink_template, document_events.take)
