"""/api/system/dead-letters: for operators: what was given up, and sending it again."""

from shared.domains.dead_letters import service
from shared.domains.dead_letters.models import DeadLetter, DeadLetterQuery, FullDeadLetter, RedriveInput, Redriven
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Many, Message, One, Router

router = Router("/api/system/dead-letters", operators_only=True)


@router.get("", Many("dead_letters", DeadLetter))
def list_dead_letters(call: Call, query: DeadLetterQuery) -> Page[DeadLetter]:
    """Messages, document events and tasks of all users that were given up, the latest first; kept for 30 days."""
    return service.list_page(query)


@router.get("/{id}", One("dead_letter", FullDeadLetter))
def get_dead_letter(call: Call, id: str) -> FullDeadLetter:
    """A dead letter with its body, in which secrets are masked and large values shortened."""
    return service.get_full(id)


@router.post("/redrive", Fields(Redriven))
def redrive_dead_letters(call: Call, body: RedriveInput) -> Redriven:
    """Send open letters again, the oldest first, for 45 seconds at most; with `next_cursor` there are more."""
    from shared.automations.operations import redriving  # the engine, which no list needs

    return redriving.redrive_each(body, call.uid)


@router.post("/{id}/redrive", One("dead_letter", DeadLetter))
def redrive_dead_letter(call: Call, id: str) -> DeadLetter:
    """Send an open letter again; 409 where that was done. If it fails again, it is open again."""
    from shared.automations.operations import redriving

    return redriving.redrive(id, call.uid)


@router.delete("/{id}")
def delete_dead_letter(call: Call, id: str) -> Message:
    """Delete a dead letter: nobody needs it any more."""
    service.delete(id)
    return Message(message="The dead letter was deleted.")


dead_letters = http_function("dead_letters", router)
