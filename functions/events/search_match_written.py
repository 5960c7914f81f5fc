"""A document came to match a saved search."""

from shared.automations.operations.sources import handlers
from shared.runtime.events import document_function

search_match_written = document_function("search_match_written", *handlers("search_matches"))
