"""A document came to match a saved search."""

from shared.automations.operations.sources import HANDLERS
from shared.runtime.events import document_function

search_match_written = document_function("search_match_written", *HANDLERS["search_matches"])
