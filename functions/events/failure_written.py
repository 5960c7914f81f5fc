"""A run of an automation has failed."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

failure_written = document_function("failure_written", *HANDLERS["failures"])
