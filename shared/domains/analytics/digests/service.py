"""Reads and sets whether a user gets the weekly digest."""

from datetime import datetime

from shared.domains.analytics.digests.models import DigestSettings
from shared.domains.analytics.digests.repository import repository
from shared.store.single import Versioned


def get_settings(uid: str) -> Versioned[DigestSettings]:
    """One read."""
    return repository.get(uid)


def set_settings(uid: str, data: DigestSettings, version: datetime | None = None) -> Versioned[DigestSettings]:
    """One commit. Raises PreconditionFailed."""
    return repository.put(uid, data, version)
