"""Writes calls of providers that failed or took very long into their user's system log."""

from collections.abc import Sequence

from shared import context
from shared.domains.system_logs import service as system_logs
from shared.domains.system_logs.models import LogFields
from shared.gcp.writes import Write
from shared.meter import Mishap


def to_tell(uid: str, mishaps: Sequence[Mishap]) -> list[Write]:
    """An entry each, for a commit that others share."""
    return [_entry(uid, mishap) for mishap in mishaps]


def _entry(uid: str, mishap: Mishap) -> Write:
    fields: LogFields = {
        "metadata": {"provider": mishap.provider, "request_id": context.current().request_id},
        "duration_ms": mishap.milliseconds,
    }
    if mishap.error is None:
        took = f"{mishap.title} took {mishap.milliseconds / 1000:.1f} s to answer."
        fields["explanation"] = "The service answered, but later than it should; what waits for it is late as well."
        return system_logs.to_record(uid, "warning", "system", took, **fields)
    fields["error_class"] = system_logs.classify(mishap.error)
    return system_logs.to_record(uid, "error", "system", mishap.error.detail, **fields)
