"""Marks a written document with the writer's place in a trace, as its event carries nothing else of who wrote it.

A field, `traceparent`, of what is written anyway: no write and no read more, and none of it where the trace is not
recorded. The adapter of events leaves it out, so that no handler meets it.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from shared import tracing
from shared.gcp import event_sources
from shared.kit import traces
from shared.kit.patterns import lazy_pattern
from shared.kit.traces import Place

FIELD = "traceparent"
_SOURCE = lazy_pattern(rf"/users/[^/]+/(?:{'|'.join(sorted(event_sources.COLLECTIONS))})/[^/]+")


def add(writes: Iterable[Any], documents: str) -> None:
    """Mark those of the wire's writes that events follow from, if the trace under way is recorded.

    Two writes of one span differ in their marks, so that each event sees that its write has set it.
    """
    place = tracing.recorded()
    if place is None:
        return
    for write in writes:
        update = write.update
        if not _SOURCE.fullmatch(update.name, len(documents)) or not (update.fields or write.update_transforms):
            continue  # elsewhere, a deletion, or a precondition alone
        update.fields[FIELD].string_value = f"{place}.{secrets.token_hex(3)}"
        if write.HasField("update_mask"):
            write.update_mask.field_paths.append(FIELD)


def left_by(event: Any) -> Place | None:
    """The place that the write of an event has left; None where an earlier write has left what is there."""
    before, after = (getattr(event, side).fields[FIELD].string_value for side in ("old_value", "value"))
    return traces.parsed(after.partition(".")[0]) if after != before else None
