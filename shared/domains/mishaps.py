"""Calls of providers that failed or took very long, told to their user in the system log."""

from collections.abc import Sequence

from shared import context
from shared.context import Mishap
from shared.domains import system_logs
from shared.domains.system_logs import LogFields
from shared.gcp.writes import Write


def to_tell(uid: str, mishaps: Sequence[Mishap]) -> list[Write]:
    """An entry each, for a commit that others share."""
    return [_entry(uid, mishap) for mishap in mishaps]


def _entry(uid: str, mishap: Mishap) -> Write:
    about: LogFields = {
        "metadata": {"provider": mishap.provider, "request_id": context.current().request_id},
        "duration_ms": mishap.milliseconds,
    }
    if mishap.error is None:
        took = f"{mishap.title} took {mishap.milliseconds / 1000:.1f} s to answer."
        about["explanation"] = "The service answered, but later than it should; what waits for it is late as well."
        return system_logs.to_record(uid, "warning", "system", took, **about)
    about["error_class"] = system_logs.classify(mishap.error)
    return system_logs.to_record(uid, "error", "system", mishap.error.detail, **about)
