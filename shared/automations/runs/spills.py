"""Stores values too large for an execution's own document, whole and packed, in documents below it.

An execution's event, the outputs of its steps and the events that it waits for may be as large; the execution itself
then has a preview of the value, marked `spilled`.
"""

from collections.abc import Sequence

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
    """The path of a stored value. `name`: the step whose output it is."""
    return f"{executions.path(execution.user_id, execution.id)}/payloads/{name}"


def to_keep(execution: Execution, name: str, value: Fields) -> list[Write]:
    """Builds the writes that store a value whole: a document, and one more for every 900 KB beyond."""
    first, *more = large_values.packed(value)
    whose = {"execution_id": execution.id}  # by which retention finds it
    head = Write(path(execution, name), {"body": first, "more": len(more), "encoding": "wire", **whose})
    return [head, *(Write(_piece(head.path, n), {"body": piece, **whose}) for n, piece in enumerate(more))]


def load(execution: Execution, name: str) -> Fields:
    """Loads a stored value: one read, and a second round trip for a value of several documents. Raises NotFound."""
    return load_all(execution, [name])[0]


def load_all(execution: Execution, names: Sequence[str]) -> list[Fields]:
    """Loads several values: one round trip for all, a second for those of several documents. Raises NotFound."""
    heads = firestore.client().get_all([path(execution, name) for name in names])
    bodies = {_piece(head.path, n): b"" for head in heads if head for n in range(head.data.get("more", 0))}
    further = firestore.client().get_all(list(bodies)) if bodies else []
    bodies |= {piece.path: piece.data["body"] for piece in further if piece}
    values = []
    for name, head in zip(names, heads, strict=True):
        if head is None:
            raise NotFound(f"What was kept of {name.lstrip('~')} is gone; run the step that made it again.")
        pieces = [head.data["body"], *(bodies[_piece(head.path, n)] for n in range(head.data.get("more", 0)))]
        typed = "encoding" in head.data
        values.append(large_values.unpacked(pieces) if typed else large_values.unpacked_json(head.data["body"]))
    return values


def _piece(head: str, number: int) -> str:
    return f"{head}~{number}"


def to_create(execution: Execution) -> list[Write]:
    """Builds the writes that create an execution, and the documents of its event's fields if these are large."""
    event = execution.event
    whole: Fields = {"data": event.data, "was": event.was}
    if large_values.fits_inline(whole):
        return [executions.to_create(execution)]
    shown = {name: fields and large_values.bounded(fields)[0] for name, fields in whole.items()}
    short = event.model_copy(update={**shown, "spilled": True})
    return [executions.to_create(execution.model_copy(update={"event": short})), *to_keep(execution, _EVENT, whole)]


def load_event(execution: Execution) -> TriggerEvent:
    """The execution's event with all its fields: a read if they are stored beside it. Raises NotFound."""
    if not execution.event.spilled:
        return execution.event
    return execution.event.model_copy(update={**load(execution, _EVENT), "spilled": False})


def to_keep_signal(execution: Execution, event_id: str, signal: Fields, fields: Fields) -> tuple[Fields, list[Write]]:
    """Builds the signal that the execution stores of an event, and the writes of the event's fields beside it."""
    name = f"~{derived_id(event_id)}"
    return signal | {"spilled": name}, to_keep(execution, name, fields)


def load_signal(execution: Execution, signal: Fields) -> Fields:
    """The signal with the event's fields: a read if they are stored beside it. Raises NotFound."""
    inline = {name: value for name, value in signal.items() if name != "spilled"}
    return inline | load(execution, signal["spilled"]) if "spilled" in signal else inline


def load_results(uid: str, execution_id: str, *steps: str) -> Fields:
    """Loads the whole results of another execution's steps, of all or of those named: a read, and a round trip for
    large outputs."""
    run = executions.get(uid, execution_id)
    results: dict[str, StepResult] = {id: run.results[id] for id in run.results if not steps or id in steps}
    spilled = [id for id, result in results.items() if result.spilled]
    outputs = dict(zip(spilled, load_all(run, spilled), strict=True)) if spilled else {}
    return {
        id: {**result.model_dump(exclude={"spilled"}), "output": outputs.get(id, result.output)}
        for id, result in results.items()
    }
