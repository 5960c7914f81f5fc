"""Renews documents of earlier versions, and secrets under earlier keys."""

from shared.automations.operations import renewals
from shared.runtime.workers import schedule_function

outdated_documents = schedule_function("outdated_documents", renewals.sweep)
