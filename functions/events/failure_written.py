"""A run of an automation has failed."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

failure_written = document_function("failure_written", *handlers("failures"))
