"""A playbook run was created, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

playbook_run_written = document_function("playbook_run_written", *handlers("playbook_runs"))
