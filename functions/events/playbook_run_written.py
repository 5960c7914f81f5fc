"""A playbook run was created, changed or deleted."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

playbook_run_written = document_function("playbook_run_written", *HANDLERS["playbook_runs"])
