"""Stored events of the activity feed."""

from shared.domains.activity.models import ActivityEvent
from shared.store.repository import Repository

repository = Repository(ActivityEvent, "activity", "activity event")
