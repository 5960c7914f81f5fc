"""Stores automations, and the numbered definitions of each that its executions refer to."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shared.automations.definitions import counters
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.sealed_steps import sealed_steps, unsealed_steps
from shared.errors import NotFound
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import Write
from shared.kit import clock
from shared.store import relays, sweeps
from shared.store.repository import Repository

automations = Repository(Automation, "automations", "automation")


def get_counted(uid: str, id: str) -> Automation:
    """Reads an automation with its execution counts: one round trip. Raises NotFound."""
    document, *shards = firestore.client().get_all([automations.path(uid, id), *counters.paths(uid)])
    if document is None:
        raise NotFound("There is no automation with this id.")
    return _with_counts(automations.load(document), shards)


def counted(uid: str, listed: list[Automation]) -> list[Automation]:
    """Fills the execution counts into automations: one round trip for all."""
    shards = firestore.client().get_all(counters.paths(uid)) if listed else []
    return [_with_counts(automation, shards) for automation in listed]


def _with_counts(automation: Automation, shards: Sequence[Document | None]) -> Automation:
    count = counters.total(shards, automation.id)
    automation.execution_count, automation.last_executed_at = count.executions, count.last_executed_at
    return automation


def _definition_path(uid: str, automation_id: str, number: int) -> str:
    return f"{automations.path(uid, automation_id)}/definitions/{number}"


def to_keep_definition(automation: Automation) -> Write:
    """Builds the write that stores the steps of an automation's present definition, for executions that start with
    it."""
    steps = sealed_steps(automation.user_id, [step.model_dump() for step in automation.steps])
    return writes.create(_definition_path(automation.user_id, automation.id, automation.definition), {"steps": steps})


def load_definition(uid: str, automation_id: str, number: int) -> list[Step] | None:
    """Loads the steps of one definition: one read; None if it was deleted."""
    document = firestore.client().get(_definition_path(uid, automation_id, number))
    steps = unsealed_steps(uid, document.data["steps"]) if document else None
    return [Step.model_validate(step) for step in steps] if steps is not None else None


def due(sweep: str, batch: int, after: str | None) -> Iterator[list[Automation]]:
    """Loads active automations of all users whose `next_run_at` has come, the latest last, in batches: a call's share
    of them, behind a cursor."""
    where = sweeps.due("next_run_at", clock.now(), ("status", "==", "active"))
    query = Query(automations.collection, group=True, where=where, order=[("next_run_at", "asc")])
    return (list(automations.readable(rows)) for rows in relays.stretch(sweep, query, batch, after))


def paused_until(moment: datetime, batch: int) -> Iterator[list[Automation]]:
    """Loads automations of all users whose pause is over at a moment, in batches: a round trip each."""
    where = sweeps.due("paused_until", moment)
    return sweeps.everywhere(automations, where=where, order=[("paused_until", "asc")], batch=batch)
