"""Compacts a user's search index, or goes on with building it anew."""

from shared.kit.schema import UserMessage
from shared.runtime.workers import task_function
from shared.search import upkeep

compact_search = task_function("compact_search", UserMessage, upkeep.serve)
