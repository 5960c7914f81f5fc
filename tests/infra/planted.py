"""The functions with a fault of their own, which PLANTED names: the drill of chaos has to condemn them.

Loaded by the functions' own process in place of `functions.manifest`.
"""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from shared.automations.engine import claims
from shared.errors import Unavailable
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.runtime import events

__all__ = ["FUNCTIONS"]
_ENGINE, _RUNTIME = "shared.automations.engine", "shared.runtime"


def a_lease_is_taken_twice() -> None:
    """The claim of another runner counts as abandoned and its effect as one that has not taken place."""
    _replace(f"{_ENGINE}.leases.under_way", lambda intent: False)
    a_call_in_doubt_is_repeated()


def preconditions_are_ignored() -> None:
    """An execution that has changed since it was read is overwritten."""
    commit = firestore.Firestore.commit_counted

    def unconditional(self: firestore.Firestore, changes: Sequence[Write]) -> Any:
        return commit(self, [replace(write, version=None) for write in changes])

    _replace("shared.gcp.firestore.Firestore.commit_counted", unconditional)


def an_event_is_acknowledged_before_its_work() -> None:
    """The handlers of an event run once it is answered."""
    take = events._take
    _replace(f"{_RUNTIME}.events._take", lambda *sent: threading.Timer(0.5, take, sent).start())


def a_call_in_doubt_is_repeated() -> None:
    """A call that may have taken place counts as one that has not."""
    _replace(f"{_ENGINE}.effects._ask_later", lambda journal, *doubt: journal.apply(claims.deny, "nobody"))


def poison_is_refused_for_now() -> None:
    """A message that nothing can be made of is to be delivered again."""

    def parsed(model: Any, raw: bytes) -> Any:
        try:
            return model.model_validate_json(raw)
        except ValueError as error:
            raise Unavailable("It cannot be read now.") from error

    _replace(f"{_RUNTIME}.workers._parsed", parsed)


_replace = pytest.MonkeyPatch().setattr
_PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        a_lease_is_taken_twice,
        preconditions_are_ignored,
        an_event_is_acknowledged_before_its_work,
        a_call_in_doubt_is_repeated,
        poison_is_refused_for_now,
    )
}
if plant := os.environ.get("PLANTED"):  # which only the functions' own process has
    _PLANTS[plant]()
