"""Where automations, their executions and their subscriptions live.

A subscription document per user and trigger lists the active automations, so that a document
event costs one read by id, whatever the user owns. Counters are spread over a few documents:
a burst of executions never queues up behind one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zlib import crc32

from shared.automations import payloads
from shared.automations.models import Automation, Execution, Intent, Step, StepRecord
from shared.automations.restrictions import Limits
from shared.automations.sealed_steps import sealed_steps, unsealed_steps
from shared.errors import NotFound
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Query
from shared.gcp.writes import DELETED, Increment, Write, field_path
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.store.repository import Repository

automations = Repository(Automation, "automations", "automation")
executions = Repository(Execution, "executions", "execution")

_COUNTER_SHARDS = 4
_GRACE = timedelta(seconds=30)


def step_path(execution: Execution, position: int, key: str) -> str:
    again = f"~{execution.generation}" if execution.generation else ""
    return f"{executions.path(execution.user_id, execution.id)}/steps/{position:04d}-{key}{again}"


def changed_fields(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The fields that changed; of results and signals only the entries that did. A run's event never does."""
    fields: dict[str, Any] = {name: DELETED for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if name == "event" or value == before:
            continue
        if name in ("results", "signals"):
            fields |= _entries(name, before or {}, value)
        else:
            fields[name] = value
    return fields


def _entries(name: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    changed = {field_path(name, key): value for key, value in new.items() if old.get(key) != value}
    return changed | {field_path(name, key): DELETED for key in old if key not in new}


def effect_id(execution: Execution, intent: Intent) -> str:
    """One entry of the ledger: execution, step, recipient, channel."""
    return derived_id(execution.id, intent.key, intent.recipient, intent.channel)


def _effect_path(execution: Execution) -> str:
    assert execution.intent is not None  # noqa: S101
    return f"users/{execution.user_id}/effects/{effect_id(execution, execution.intent)}"


def to_claim_effect(execution: Execution) -> Write:
    """The ledger's entry, before anything leaves."""
    assert execution.intent is not None  # noqa: S101
    fields = {
        **execution.intent.model_dump(include={"key", "channel", "recipient", "about"}),
        "execution_id": execution.id,
        "automation_id": execution.automation_id,
        "status": "claimed",
        "claimed_at": execution.intent.at,
        "claims": Increment(1),
    }
    return writes.merge(_effect_path(execution), fields)


def to_settle_effect(execution: Execution, status: str, **more: Any) -> Write:
    """What became of an effect; of a large answer the ledger shows a preview."""
    fields = {"status": status, "settled_at": clock.now(), **payloads.bounded(more)[0]}
    return writes.merge(_effect_path(execution), fields)


def told() -> dict[str, Any]:
    """Goes with whatever a run is told: should the message that follows be lost, the sweeper sends it."""
    return {"due_at": clock.now() + _GRACE}


def end_key(about: Mapping[str, Any]) -> str:
    """Names the end of a run that is waited for: not that of an earlier life."""
    id, generation = about["execution_id"], about.get("generation")
    return f"{id}~{generation}" if generation else str(id)


def to_signal_parent(execution: Execution) -> Write:
    """Tell the run that waits for this one how it ended."""
    assert execution.parent is not None  # noqa: S101
    key = end_key({"execution_id": execution.id, "generation": execution.generation})
    end = {
        "at": execution.completed_at,
        "status": execution.status,
        "error": execution.error,
        **_results(execution),
    }
    path = executions.path(execution.user_id, execution.parent.execution_id)
    return writes.update(path, {field_path("signals", execution.parent.key, key): end, **told()})


def _results(execution: Execution) -> dict[str, Any]:
    """What the steps have left, unless it is large: then whoever waits for the run reads it there."""
    results = {id: result.model_dump() for id, result in execution.results.items()}
    spilled = any(result.spilled for result in execution.results.values())
    return {"spilled": True} if spilled or not payloads.fits_inline(results) else {"results": results}


def to_stop(uid: str, execution_id: str) -> Write:
    """Tell a run to stop before its next commit."""
    return executions.to_update(uid, execution_id, {"cancel_requested": True, **told()})


def load_run(uid: str, execution_id: str, automation_id: str | None) -> tuple[Execution | None, Automation | None]:
    """An execution and its automation: one round trip, two reads."""
    paths = [executions.path(uid, execution_id)]
    if automation_id:
        paths.append(automations.path(uid, automation_id))
    run, *rest = firestore.client().get_all(paths)
    definition = rest[0] if rest else None
    return (
        executions.load(run) if run else None,
        automations.load(definition) if definition else None,
    )


def step_records(uid: str, execution_id: str) -> list[StepRecord]:
    """What the steps of an execution did, in order: one round trip."""
    query = Query("steps", parent=executions.path(uid, execution_id), order=[("sequence", "asc")])
    return [_step_record(uid, document) for document in firestore.client().query(query)]


def _step_record(uid: str, document: Document) -> StepRecord:
    id = document.path.rsplit("/", 1)[-1]
    return StepRecord.model_validate({**document.data, "id": id, "user_id": uid})


def _definition_path(uid: str, automation_id: str, number: int) -> str:
    return f"{automations.path(uid, automation_id)}/definitions/{number}"


def to_keep_definition(automation: Automation) -> Write:
    """Steps of one definition, kept for the runs that started with it."""
    steps = sealed_steps(automation.user_id, [step.model_dump() for step in automation.steps])
    return writes.create(_definition_path(automation.user_id, automation.id, automation.definition), {"steps": steps})


def load_definition(uid: str, automation_id: str, number: int) -> list[Step] | None:
    document = firestore.client().get(_definition_path(uid, automation_id, number))
    steps = unsealed_steps(uid, document.data["steps"]) if document else None
    return [Step.model_validate(step) for step in steps] if steps is not None else None


def _subscriptions_path(uid: str, trigger: str) -> str:
    return f"users/{uid}/subscriptions/{trigger}"


def to_subscribe(automation: Automation, *, eager: bool) -> Write:
    """`eager`: its runs may begin where they are started. That the user's own limits are lifted is said by them."""
    entry = {
        "name": automation.name,
        "definition": automation.definition,
        "trigger_config": automation.trigger_config,
        "eager": eager,
    }
    if automation.reentry != "always":
        entry["reentry"] = automation.model_dump(include={"reentry"})["reentry"]
    if automation.holds_starts:
        entry["paused"] = automation.paused_reason
    limited = {"limited": True} if automation.user_limits != Limits() else {}
    path = _subscriptions_path(automation.user_id, automation.trigger)
    return writes.merge(path, {field_path("automations", automation.id): entry, **limited})


def to_unsubscribe(automation: Automation) -> Write:
    path = _subscriptions_path(automation.user_id, automation.trigger)
    return writes.merge(path, {field_path("automations", automation.id): DELETED})


def to_await(automation: Automation, event: str, steps: dict[str, Any], *, matched: bool | None) -> Write:
    """Have runs of the automation told of an event, whether it is active or not.

    `steps` are those of its present definition. `matched`: whether a definition says by a match which events are
    meant, so that a run's subject does not tell; None leaves what is known of earlier ones.
    """
    of: dict[str, Any] = {field_path("waits_of", automation.id, "definition"): automation.definition}
    if matched is not None:
        of[field_path("waits_of", automation.id, "matched")] = matched
    return writes.merge(
        _subscriptions_path(automation.user_id, event), {field_path("waits", automation.id): steps, **of}
    )


def to_await_no_more(uid: str, automation_id: str, event: str) -> Write:
    gone = {field_path("waits", automation_id): DELETED, field_path("waits_of", automation_id): DELETED}
    return writes.merge(_subscriptions_path(uid, event), gone)


def to_halt(uid: str, trigger: str, halted: bool) -> Write:
    return writes.merge(_subscriptions_path(uid, trigger), {"halted": halted})


def to_limit(uid: str, trigger: str, limited: bool) -> Write:
    return writes.merge(_subscriptions_path(uid, trigger), {"limited": limited})


def subscriptions_of_users(uids: Iterable[str], trigger: str) -> dict[str, dict[str, Any]]:
    """The subscriptions of many users to one trigger, by user: one round trip, a read a user."""
    users = sorted(uids)
    documents = firestore.client().get_all([_subscriptions_path(uid, trigger) for uid in users])
    return {uid: document.data if document else {} for uid, document in zip(users, documents, strict=True)}


def subscriptions(uid: str, triggers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By trigger: active `automations`, `waits` of runs, and whether all is `halted` or `limited`.

    One round trip, a read a trigger.
    """
    names = list(triggers)
    documents = firestore.client().get_all([_subscriptions_path(uid, name) for name in names])
    return {name: document.data for name, document in zip(names, documents, strict=True) if document}


def _counter_path(uid: str, automation_id: str, shard: int) -> str:
    return f"users/{uid}/automation_counters/{automation_id}~{shard}"


def to_count_execution(execution: Execution) -> Write:
    shard = crc32(execution.id.encode()) % _COUNTER_SHARDS
    return writes.merge(
        _counter_path(execution.user_id, execution.automation_id, shard),
        {"executions": Increment(1), "last_executed_at": execution.started_at},
    )


def get_counted(uid: str, id: str) -> Automation:
    """An automation with its execution counts: one round trip. Raises NotFound."""
    path = automations.path(uid, id)
    document, *shards = firestore.client().get_all([path, *counter_paths(uid, id)])
    if document is None:
        raise NotFound("There is no automation with this id.")
    return _with_counts(automations.load(document), shards)


def counted(uid: str, found: list[Automation]) -> list[Automation]:
    """Fill in the execution counts: one round trip for all."""
    documents = iter(firestore.client().get_all([path for a in found for path in counter_paths(uid, a.id)]))
    return [_with_counts(automation, list(islice(documents, _COUNTER_SHARDS))) for automation in found]


def counter_paths(uid: str, id: str) -> list[str]:
    return [_counter_path(uid, id, shard) for shard in range(_COUNTER_SHARDS)]


def _with_counts(automation: Automation, shards: Sequence[Document | None]) -> Automation:
    known = [shard.data for shard in shards if shard]
    automation.execution_count = sum(counts["executions"] for counts in known)
    automation.last_executed_at = max((counts["last_executed_at"] for counts in known), default=None)
    return automation


def overdue(limit: int) -> list[Execution]:
    """Executions of all users whose time to be looked at has come: one round trip."""
    return executions.select_everywhere(where=[("due_at", "<=", clock.now())], order=[("due_at", "asc")], limit=limit)


def expiring(before: datetime, limit: int) -> list[Execution]:
    """Ended executions of all users that are kept until then at most: one round trip."""
    return executions.select_everywhere(where=[("expire_at", "<=", before)], order=[("expire_at", "asc")], limit=limit)


def paths_below(execution: Execution) -> list[str]:
    """Its step records and payloads: two queries of bare names."""
    parent = executions.path(execution.user_id, execution.id)
    names = [Query(collection, parent=parent, fields=("__name__",)) for collection in ("steps", "payloads")]
    return [row.path for query in names for row in firestore.client().query(query)]


def due(limit: int) -> list[Automation]:
    """Active automations of all users whose next time has come, the latest last: one round trip."""
    return automations.select_everywhere(
        where=[("status", "==", "active"), ("next_run_at", "<=", clock.now())],
        order=[("next_run_at", "asc")],
        limit=limit,
    )


def paused_until(moment: datetime, limit: int) -> list[Automation]:
    """Automations of all users whose pause is over by then: one round trip."""
    return automations.select_everywhere(
        where=[("paused_until", "<=", moment)], order=[("paused_until", "asc")], limit=limit
    )
