"""What a deployment leaves behind for the next and for a rollback, and the lock that keeps two apart."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.deploy.commands import Answer

LOCK, LAST = "lock.json", "last.json"
State = Literal["begun", "done", "failed", "rolled back"]


class Lock(BaseModel):
    """Who deploys; an object that can be created once only."""

    model_config = ConfigDict(frozen=True)

    id: str = ""  # tells it from every other lock
    holder: str
    since: datetime


class Record(BaseModel):
    """The last deployment: function -> revision that served before it, and that it brought."""

    model_config = ConfigDict(frozen=True)

    by: str
    region: str
    at: datetime
    state: State
    before: dict[str, str]
    after: dict[str, str] = {}
    rejected: list[str] = []  # revisions that were rolled back; no later deployment brings them by itself

    @classmethod
    def begin(cls, last: Self | None, serving: dict[str, str], by: str, region: str, at: datetime) -> Self:
        """Begin a record. Where the last deployment did not come to its end, the way back is what served before it."""
        before = dict(serving)
        if last and last.state in ("begun", "failed"):
            before |= {name: old for name, old in last.before.items() if serving.get(name) == last.after.get(name)}
        return cls(by=by, region=region, at=at, state="begun", before=before, rejected=last.rejected if last else [])


@dataclass(frozen=True)
class Reading:
    """A stored text read back: what it held, or why it cannot be used."""

    record: Record | None = None
    fault: str | None = field(default=None)

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """From the answer to reading the object. An object that is not there is no fault."""
        if not answer.ok:
            absent = "matched no objects" in answer.err or "not found" in answer.err.lower()
            return cls(
                fault=None if absent else f"The record of the last deployment cannot be read: {answer.err.strip()}"
            )
        try:
            return cls(record=Record.model_validate_json(answer.out))
        except ValidationError:
            return cls(fault="The record of the last deployment is damaged: see deploy/last.json in the state's bucket")


def locked(taken: Answer, holder: Answer, bucket: str) -> str | None:
    """Why the lock cannot be had, in a sentence; None where it was taken."""
    if taken.ok:
        return None
    if "412" not in taken.err and "pre-condition" not in taken.err.lower() and "precondition" not in taken.err.lower():
        return f"The lock cannot be written: {taken.err.strip()}"
    try:
        lock = Lock.model_validate_json(holder.out)
        who = f"{lock.holder} deploys since {lock.since:%Y-%m-%d %H:%M} UTC"
    except ValidationError:
        who = "Somebody deploys"
    return f"{who}. If that has died, remove its lock: gcloud storage rm gs://{bucket}/deploy/{LOCK}"


def generation(described: Answer, text: str) -> str | None:
    """The generation of an object as it was described; None where its content is not this text."""
    resource = described.json() if described.ok else None
    if not isinstance(resource, dict) or resource.get("md5Hash") != md5_of(text):
        return None
    return str(resource["generation"])


def md5_of(text: str) -> str:
    """A text's MD5 as Cloud Storage gives an object's."""
    return b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()
