"""Values too large for an execution's own document: each is kept whole, packed, in documents below it.

A run's event, the outputs of its steps and the events it waits for may be as large; what the execution itself has of
them is a preview, marked `spilled`.
"""

from collections.abc import Sequence
from typing import Any

from shared.automations.runs.models import Execution, StepResult, TriggerEvent
from shared.automations.runs.store import executions
from shared.errors import NotFound
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit.fields import Fields
from shared.kit.ids import derived_id
from shared.store import large_values

_EVENT = "~event"  # beside the outputs, whose names are those of steps


def path(execution: Execution, name: str) -> str:
    """Where a value is kept. `name`: the step that left it."""
    return f"{executions.path(execution.user_id, execution.id)}/payloads/{name}"


def to_keep(execution: Execution, name: str, value: Fields) -> list[Write]:
    """The value, whole: a document, and one more for every 900 KB beyond."""
    first, *more = large_values.packed(value)
    head = Write(path(execution, name), {"body": first, "more": len(more), "encoding": "wire"})
    return [head, *(Write(_piece(head.path, n), {"body": piece}) for n, piece in enumerate(more))]


def load(execution: Execution, name: str) -> Fields:
    """One read, and a second round trip for a value of several documents. Raises NotFound."""
    return load_all(execution, [name])[0]


def load_all(execution: Execution, names: Sequence[str]) -> list[Fields]:
    """Several values: one round trip for all, a second for those of several documents. Raises NotFound."""
    heads = firestore.client().get_all([path(execution, name) for name in names])
    rest = {_piece(head.path, n): b"" for head in heads if head for n in range(head.data.get("more", 0))}
    further = firestore.client().get_all(list(rest)) if rest else []
    rest |= {piece.path: piece.data["body"] for piece in further if piece}
    found = []
    for name, head in zip(names, heads, strict=True):
        if head is None:
            raise NotFound(f"What was kept of {name.lstrip('~')} is gone; run the step that made it again.")
        pieces = [head.data["body"], *(rest[_piece(head.path, n)] for n in range(head.data.get("more", 0)))]
        typed = "encoding" in head.data
        found.append(large_values.unpacked(pieces) if typed else large_values.unpacked_json(head.data["body"]))
    return found


def _piece(head: str, number: int) -> str:
    return f"{head}~{number}"


def to_create(execution: Execution) -> list[Write]:
    """Make the execution, its event's fields beside it where they are large."""
    event = execution.event
    known: dict[str, Any] = {"data": event.data, "was": event.was}
    if large_values.fits_inline(known):
        return [executions.to_create(execution)]
    shown = {name: fields and large_values.bounded(fields)[0] for name, fields in known.items()}
    short = event.model_copy(update={**shown, "spilled": True})
    return [executions.to_create(execution.model_copy(update={"event": short})), *to_keep(execution, _EVENT, known)]


def load_event(execution: Execution) -> TriggerEvent:
    """The execution's event with all its fields: no read where they are part of the execution."""
    if not execution.event.spilled:
        return execution.event
    return execution.event.model_copy(update={**load(execution, _EVENT), "spilled": False})


def to_keep_signal(execution: Execution, event_id: str, signal: Fields, fields: Fields) -> tuple[Fields, list[Write]]:
    """The signal that a run keeps of an event, and the writes of the event's fields beside it."""
    name = f"~{derived_id(event_id)}"
    return signal | {"spilled": name}, to_keep(execution, name, fields)


def load_signal(execution: Execution, signal: Fields) -> Fields:
    """The signal with the event's fields: no read where they are part of it. Raises NotFound."""
    rest = {name: value for name, value in signal.items() if name != "spilled"}
    return rest | load(execution, signal["spilled"]) if "spilled" in signal else rest


def load_results(uid: str, execution_id: str, *steps: str) -> Fields:
    """What steps of another run have left, all or those named, whole: a read, and a round trip for large ones."""
    run = executions.get(uid, execution_id)
    results: dict[str, StepResult] = {id: found for id, found in run.results.items() if not steps or id in steps}
    spilled = [id for id, result in results.items() if result.spilled]
    outputs = dict(zip(spilled, load_all(run, spilled), strict=True)) if spilled else {}
    return {
        id: {**result.model_dump(exclude={"spilled"}), "output": outputs.get(id, result.output)}
        for id, result in results.items()
    }
