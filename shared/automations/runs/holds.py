"""Releases runs that were held because their automation was paused."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shared.automations.definitions import store as definition_store
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.errors import PreconditionFailed
from shared.gcp import firestore

FREE: dict[str, Any] = {"paused": False, "paused_by": None}


def let_go(execution: Execution) -> None:
    """Let one held run go on: one commit, one publish."""
    fields = {**FREE, **run_store.sweep_soon()}
    run_store.executions.update(execution.user_id, execution.id, fields)
    queue.hand_over([queue.message(execution)])


def let_late_ones_go(held: Sequence[Execution]) -> None:
    """Release runs that were stored as held while their automation's pause ended, too late for its `release`.

    A read of each automation; for those not paused any more, a read, a commit and a publish a run.
    """
    paths = {run.automation_id: definition_store.automations.path(run.user_id, run.automation_id) for run in held}
    found = firestore.client().get_all(list(paths.values()))
    paused = {id for id, each in zip(paths, found, strict=True) if each and each.data.get("status") == "paused"}
    for run in held:
        current = None if run.automation_id in paused else run_store.executions.find(run.user_id, run.id)
        if current and current.paused_by == "automation":
            with suppress(PreconditionFailed):  # it was released, or a person has told it something
                fields = {**FREE, **run_store.sweep_soon()}
                run_store.executions.update(run.user_id, run.id, fields, version=current.version)
                queue.hand_over([queue.message(run)])
