"""A run of an automation has failed."""

from shared.automations import intake
from shared.runtime.events import document_function

failure_written = document_function("failure_written", intake.take)
