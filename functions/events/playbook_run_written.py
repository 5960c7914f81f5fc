"""A playbook run was created, changed or deleted."""

from shared.automations.starts import document_events
from shared.runtime.events import document_function

playbook_run_written = document_function("playbook_run_written", document_events.take)
