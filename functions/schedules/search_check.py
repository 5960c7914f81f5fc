"""Compares search indexes with the documents, each once a day."""

from shared.runtime.workers import schedule_function
from shared.search import checking

search_check = schedule_function("search_check", checking.sweep)
