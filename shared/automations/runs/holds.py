"""Releases executions that were held because their automation was paused."""

from collections.abc import Sequence
from contextlib import suppress

from shared.automations.definitions import store as definition_store
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.errors import PreconditionFailed
from shared.gcp import firestore
from shared.kit.fields import Fields

NOT_HELD: Fields = {"paused": False, "paused_by": None}


def release(execution: Execution) -> None:
    """Releases one held execution: one commit, one publish."""
    fields = {**NOT_HELD, **run_store.sweep_soon()}
    run_store.executions.update(execution.user_id, execution.id, fields)
    queue.hand_over([queue.message(execution)])


def release_late(held: Sequence[Execution]) -> None:
    """Releases executions that were stored as held after the end of their automation's pause had released all others.

    A read of each automation; for those not paused any more, a read, a commit and a publish for each execution.
    """
    paths = {run.automation_id: definition_store.automations.path(run.user_id, run.automation_id) for run in held}
    automations = firestore.client().get_all(list(paths.values()))
    paused = {id for id, each in zip(paths, automations, strict=True) if each and each.data.get("status") == "paused"}
    for run in held:
        current = None if run.automation_id in paused else run_store.executions.find(run.user_id, run.id)
        if current and current.paused_by == "automation":
            with suppress(PreconditionFailed):  # it was released, or a person has changed it
                fields = {**NOT_HELD, **run_store.sweep_soon()}
                run_store.executions.update(run.user_id, run.id, fields, version=current.version)
                queue.hand_over([queue.message(run)])
