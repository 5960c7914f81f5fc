"""Reads documents of different repositories in one round trip."""

from collections.abc import Callable
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


def lookup(repository: Repository[A], uid: str, id: str) -> Lookup[A]:
    """The look-up of a document. Raises NotFound for an invalid id."""
    return Lookup(repository.path(uid, id), repository.load)


def read(first: Lookup[A], second: Lookup[B]) -> tuple[A | None, B | None]:
    """Read two documents in a consistent snapshot, None for a missing document: one round trip."""
    documents = firestore.client().get_all([first.path, second.path])
    return (first.load(documents[0]) if documents[0] else None, second.load(documents[1]) if documents[1] else None)
