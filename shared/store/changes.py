"""A document event, decoded: what a user's document was and has become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.kit.schema import Cause

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
    fresh: bool = True  # False for a write of more than a minute ago: it may be delivered for the n-th time
    read: dict[str, Document | None] = field(default_factory=dict, compare=False, repr=False)  # by path, for handlers

    def read_ahead(self, paths: Iterable[str]) -> None:
        """Reads documents that the handlers of this change are going to ask for: one round trip, which threads that
        read at the same time share."""
        ahead = [path for path in dict.fromkeys(paths) if path not in self.read]
        if ahead:
            self.read.update(zip(ahead, firestore.client().get_together(ahead), strict=True))

    def beside(self, paths: Sequence[str]) -> list[Document | None]:
        """Documents as they were after this change: one round trip for those that are not read ahead."""
        self.read_ahead(paths)
        return [self.read[path] for path in paths]

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
        return self.made_by if (self.after or {}).get("cause") != (self.before or {}).get("cause") else None

    @property
    def made_by(self) -> Fields | None:
        """The engine step that the document goes back to, whichever write this is; None where a person made it."""
        cause = (self.after or {}).get("cause")
        try:
            return Cause.model_validate(cause).model_dump() if cause else None
        except ValidationError:  # no cause at all: what follows from the document is not held up by it
            return None

    def became(self, field: str, value: Any) -> bool:
        """Whether this write gave the field that value."""
        return self.after is not None and self.after.get(field) == value and (self.before or {}).get(field) != value

    def changed(self, field: str) -> bool:
        return (self.before or {}).get(field) != (self.after or {}).get(field)
