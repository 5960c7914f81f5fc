"""Storage of a single document per user, such as a policy or limits; absent, it reads as its model's defaults."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.writes import Write

M = TypeVar("M", bound=BaseModel)
_ABSENT = datetime(1970, 1, 1, tzinfo=UTC)  # the version of a missing document


@dataclass(frozen=True)
class Versioned(Generic[M]):
    """A document's content, and the version that a client may demand with If-Match."""

    value: M
    version: datetime


class Single(Generic[M]):
    """The document `users/{uid}/settings/{name}` of one model."""

    def __init__(self, model: type[M], name: str, noun: str) -> None:
        self.model = model
        self.name = name
        self.noun = noun

    def path(self, uid: str) -> str:
        return f"users/{uid}/settings/{self.name}"

    def get(self, uid: str) -> Versioned[M]:
        """The document's content, or the model's defaults: one read."""
        document = firestore.client().get(self.path(uid))
        return Versioned(self.load(document), document.version if document else _ABSENT)

    def load(self, document: Document | None) -> M:
        return self.model.model_validate(document.data) if document else self.model()

    def put(self, uid: str, value: M, version: datetime | None = None, beside: Sequence[Write] = ()) -> Versioned[M]:
        """Replace the document, in one commit with `beside`. Raises PreconditionFailed if `version` is outdated."""
        exists = False if version == _ABSENT else None
        required = None if version == _ABSENT else version
        write = Write(self.path(uid), value.model_dump(), exists=exists, version=required)
        try:
            return Versioned(value, firestore.client().commit([write, *beside]))
        except (AlreadyExists, NotFound, PreconditionFailed) as error:
            raise PreconditionFailed.changed(self.noun) from error
