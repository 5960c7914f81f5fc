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
    """A document that is to be read together with others. A domain hands it out in place of its repository."""

    path: str
    load: Callable[[Document], E]


def lookup(repository: Repository[A], uid: str, id: str) -> Lookup[A]:
    """Raises NotFound for an impossible id."""
    return Lookup(repository.path(uid, id), repository.load)


def read(one: Lookup[A], other: Lookup[B]) -> tuple[A | None, B | None]:
    """Both documents as they are at one moment, None for one that does not exist: one round trip."""
    first, second = firestore.client().get_all([one.path, other.path])
    return (one.load(first) if first else None, other.load(second) if second else None)
