"""Optimistic concurrency: an attempt that another writer overtakes is made again."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.errors import AppError, Conflict, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit.fields import ReadFields

R = TypeVar("R")
_ATTEMPTS = 60  # with 200 editors of one document at once, the slowest needs about a third
_LONGEST = 0.5  # seconds between two attempts, at the most


@dataclass(frozen=True)
class Edit(Generic[R]):
    """What one edit of an entity writes: its `fields`, and other documents `beside` it in the same commit.

    The caller gets `result` once the commit is made.
    """

    fields: ReadFields
    beside: Sequence[Write]
    result: R


class Overtaken(Exception):
    """Another writer changed a document between an attempt's read and its commit."""


def commit(changes: Sequence[Write], *, overtaken_by: tuple[type[AppError], ...] = (PreconditionFailed,)) -> datetime:
    """One commit of an attempt. Raises Overtaken where the store refuses it with one of these errors."""
    try:
        return firestore.client().commit(changes)
    except overtaken_by as refusal:
        raise Overtaken from refusal


def in_turn(attempt: Callable[[], R], noun: str) -> R:
    """The attempt's result: it reads, then commits, and is made again when it raises Overtaken.

    Raises Conflict, which names what is busy by its noun, after 60 attempts.
    """
    for number in range(1, _ATTEMPTS + 1):
        try:
            return attempt()
        except Overtaken:
            time.sleep(random.uniform(0, min(0.02 * number, _LONGEST)))  # noqa: S311
    raise Conflict(f"The {noun} is being changed by many at once; try again.")
