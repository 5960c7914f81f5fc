"""Stored entries of the system log."""

from shared.domains.system_logs.models import SystemLog
from shared.store.repository import Repository

repository = Repository(SystemLog, "system_logs", "system log entry")
