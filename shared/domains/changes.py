"""A document event, decoded: what a user's document was and has become."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One write to one source document. Events come at least once and in any order.

    `time` is when the write took place, to the microsecond: of two writes, it says which came later.
    """

    event_id: str
    uid: str
    collection: str
    id: str
    before: Fields | None
    after: Fields | None
    time: datetime
    fresh: bool = True  # False for a write of more than a minute ago: an earlier delivery of it may have crashed

    @property
    def created(self) -> bool:
        return self.before is None and self.after is not None

    @property
    def deleted(self) -> bool:
        return self.after is None

    @property
    def cause(self) -> Fields | None:
        """The engine step that made this very write.

        A person's later edit leaves the field as it was, so only a cause that changed counts.
        """
        cause = (self.after or {}).get("cause")
        return cause if cause != (self.before or {}).get("cause") else None

    def became(self, field: str, value: Any) -> bool:
        """Whether this write gave the field that value."""
        return self.after is not None and self.after.get(field) == value and (self.before or {}).get(field) != value

    def changed(self, field: str) -> bool:
        return (self.before or {}).get(field) != (self.after or {}).get(field)
