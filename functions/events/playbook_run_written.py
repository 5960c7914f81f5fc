"""A playbook run was created, changed or deleted."""

from shared.automations import intake
from shared.runtime.events import document_function

playbook_run_written = document_function("playbook_run_written", intake.take)
