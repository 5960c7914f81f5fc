"""Reads documents of different repositories in one round trip."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.kit.schema import Entity
from shared.store.repository import Repository

A = TypeVar("A", bound=Entity)
B = TypeVar("B", bound=Entity)
E = TypeVar("E", bound=Entity, covariant=True)


@dataclass(frozen=True)
class Lookup(Generic[E]):
    """A document to read together with others, which a domain hands out in place of its repository."""

    path: str
    load: Callable[[Document], E]

    def of(self, documents: Mapping[str, Document]) -> E | None:
        """The entity among documents by path, None where it is missing."""
        return self.load(documents[self.path]) if self.path in documents else None


def lookup(repository: Repository[A], uid: str, id: str) -> Lookup[A]:
    """The look-up of a document. Raises NotFound for an invalid id."""
    return Lookup(repository.path(uid, id), repository.load)


def read(first: Lookup[A], second: Lookup[B]) -> tuple[A | None, B | None]:
    """Read two documents in a consistent snapshot, None for a missing document: one round trip."""
    documents = documents_of([first.path, second.path])
    return first.of(documents), second.of(documents)


def documents_of(paths: Iterable[str]) -> dict[str, Document]:
    """The documents that exist, by path, in a consistent snapshot: one round trip, a read for each path."""
    distinct = list(dict.fromkeys(paths))
    return {document.path: document for document in firestore.client().get_all(distinct) if document}
