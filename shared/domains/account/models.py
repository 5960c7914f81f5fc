"""What a user asks of the account, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.kit.schema import Entity, Input, Model

CONFIRMATION = "delete my account"
DeletionState = Literal["deleting", "verifying", "deleted"]


class DeletionInput(Input):
    """Nothing brings an account back, so its owner has to say it in words."""

    confirm: Annotated[
        Literal["delete my account"], Field(description="These very words; nothing brings the account back.")
    ]


class DeletionProgress(Model):
    """How far the deletion of an account has come."""

    state: DeletionState = Field(
        description="`deleting`: documents are being removed; `verifying`: all are gone, and what calls under way may"
        " still write is removed over the next day; `deleted`: it was verified that nothing is left."
    )
    requested_at: datetime = Field(description="When it was asked for.")
    documents: int = Field(description="How many documents were removed so far.")
    message: str = Field(description="What is going on, in a sentence.")


class Export(Entity):
    """The export of an account, in parts: ZIP files of JSON Lines."""

    status: Literal["running", "completed", "failed"] = "running"
    parts: int = 0
    documents: int = 0
    bytes: int = 0
    completed_at: datetime | None = None
    expires_at: datetime
    error: str | None = None
    pieces: list[str] = Field([], exclude=True)  # of each part: which attempt has made it, and of how many documents
    after: str | None = Field(None, exclude=True)  # the path of the last document that is in
    due_at: datetime | None = Field(None, exclude=True)  # when the sweep goes on with it

    def stored(self) -> dict[str, Any]:
        """With the fields that no client sees. Firestore's TTL removes it."""
        return {**super().stored(), "pieces": self.pieces, "after": self.after, "due_at": self.due_at}


@dataclass(frozen=True)
class Deletion:
    """The tombstone of an account. `uid` is None once the deletion has ended: only its hash, the path, remains."""

    path: str
    uid: str | None
    state: DeletionState
    requested_at: datetime
    documents: int
    version: datetime
