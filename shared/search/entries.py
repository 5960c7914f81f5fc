"""What is indexed: documents by their keys, in one entry or several."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Key(NamedTuple):
    """Names a document of a user: its kind (the name of its collection) and its id."""

    kind: str
    id: str

    def path(self, uid: str) -> str:
        """Where the document is stored, if its kind is one that users have."""
        return f"users/{uid}/{self.kind}/{self.id}"


@dataclass(frozen=True)
class Entry:
    """What is indexed of a document, or of one passage of it.

    `texts` are pairs of a field of the index and the text as it is stored. `at` is when the document was created, or
    the time that its kind goes by.
    """

    key: Key
    part: int
    texts: tuple[tuple[str, str], ...]
    tags: tuple[str, ...] = ()
    status: str = ""
    at: datetime = datetime.min
