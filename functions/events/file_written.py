"""A file was ingested, changed or deleted."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

file_written = document_function("file_written", *handlers("files"))
