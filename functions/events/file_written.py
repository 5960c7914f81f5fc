"""A file was ingested, changed or deleted."""

from shared.automations import intake
from shared.runtime.events import document_function

file_written = document_function("file_written", intake.take)
