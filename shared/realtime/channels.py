"""Channels: what of a user's stream a connection is for."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.errors import Invalid
from shared.gcp.announcements import FIELDS
from shared.kit.ids import is_valid_id
from shared.kit.paging import fingerprint

ALL = ("activity", "notifications", "tasks", "executions", "batch")
DOCUMENTS = "documents:"
# Collections with channels of their own are not announced a second time, as documents.
OF_DOCUMENTS = tuple(sorted(FIELDS.keys() - {"activity", "batch_jobs", "executions", "notifications", "steps"}))
_MOST_DOCUMENTS = 50


@dataclass(frozen=True)
class Channels:
    """The channels of a connection: names of `ALL`, and paths of documents (`prospects/ID`)."""

    names: frozenset[str]
    documents: frozenset[str] = frozenset()

    def key(self, uid: str) -> str:
        """Names the user and the channels, to which cursors are bound."""
        return fingerprint(uid, "stream", sorted(self.names), sorted(self.documents))

    def take(self, channel: str, path: str | None) -> bool:
        """Whether a message of a channel, or of a document's channel, is for the connection."""
        return path in self.documents if channel == DOCUMENTS else channel in self.names


def parsed(names: Iterable[str] | None, field: str = "channels") -> Channels:
    """The channels that a client asks for; without any, `ALL`. Raises Invalid for one that there is
    not."""
    wanted = [name.strip() for name in names or () if name.strip()]
    chosen, documents = set[str](), set[str]()
    for name in wanted or ALL:
        if name in ALL:
            chosen.add(name)
        elif name.startswith(DOCUMENTS) and _is_document(name.removeprefix(DOCUMENTS)):
            documents.add(name.removeprefix(DOCUMENTS))
        else:
            raise Invalid.at(
                field,
                f"{name[:80]!r} is no channel; there are {', '.join(ALL)}, and documents:COLLECTION/ID of the"
                f" collections {', '.join(OF_DOCUMENTS)}",
            )
    if len(documents) > _MOST_DOCUMENTS:
        raise Invalid.at(field, f"{len(documents)} documents; a connection takes at most {_MOST_DOCUMENTS}")
    return Channels(frozenset(chosen), frozenset(documents))


def _is_document(path: str) -> bool:
    collection, _, id = path.partition("/")
    return collection in OF_DOCUMENTS and is_valid_id(id)
