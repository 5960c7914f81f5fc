"""Which changes of documents are events for webhooks, and what is said of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from shared import log
from shared.domains.calendar import CalendarEvent
from shared.domains.outreach.models import Outreach
from shared.domains.prospects.models import Prospect
from shared.domains.research.models import ResearchTask
from shared.domains.templates.models import Template
from shared.domains.webhooks.models import WebhookEvent
from shared.kit.schema import Cause, Entity
from shared.store.changes import Change

_MAX_BYTES = 32_000  # of an entity's JSON in a body


@dataclass(frozen=True)
class Event:
    """Something that happened: `key` names it however often it is derived; `data` goes into the body."""

    type: WebhookEvent
    key: str
    at: datetime
    data: Mapping[str, Any]
    document: str | None = None
    cause: Cause | None = None  # the step of an execution that made it happen
    repeats: bool = False  # its document may have had such an event before


@dataclass(frozen=True)
class _Kind:
    """Where `consequence` is set, the change follows from the document as it was made, and so does its cause."""

    event: WebhookEvent
    noun: str
    model: type[Entity]
    happened: Callable[[Change], bool]
    consequence: bool = False
    repeats: bool = False


def _of_message(event: WebhookEvent, field: str, value: str) -> _Kind:
    return _Kind(event, "outreach", Outreach, lambda change: change.became(field, value))


_KINDS: Mapping[str, Sequence[_Kind]] = {
    "prospects": (_Kind("prospect_added", "prospect", Prospect, lambda change: change.created),),
    "research_tasks": (
        _Kind(
            "research_completed",
            "task",
            ResearchTask,
            lambda change: change.became("status", "done"),
            consequence=True,
            repeats=True,
        ),
    ),
    "outreach": (
        _of_message("outreach_sent", "status", "sent"),
        _of_message("outreach_replied", "status", "replied"),
        _of_message("outreach_bounced", "delivery", "bounced"),
        _of_message("outreach_complained", "delivery", "complained"),
    ),
    "templates": (_Kind("content_published", "template", Template, lambda change: change.created),),
    "calendar_events": (
        _Kind("task_completed", "event", CalendarEvent, lambda change: change.became("completed", True), repeats=True),
    ),
}


def kind_of(change: Change) -> WebhookEvent | None:
    """The event that a change is. Costs nothing."""
    kind = _kind(change)
    return kind.event if kind else None


def of_change(change: Change) -> Event:
    """The event of a change that is one (`kind_of`): the ids, and the entity as the API answers it."""
    kind = _kind(change)
    assert kind is not None  # noqa: S101
    cause = change.made_by if kind.consequence else change.cause
    return Event(
        type=kind.event,
        key=change.event_id,
        at=change.time,
        data={"id": change.id, kind.noun: _view(kind, change)},
        document=f"{change.collection}/{change.id}",
        cause=Cause.model_validate(cause) if cause else None,
        repeats=kind.repeats,
    )


def _kind(change: Change) -> _Kind | None:
    """The first that a change is: a commit makes a message one thing."""
    return next((kind for kind in _KINDS.get(change.collection, ()) if kind.happened(change)), None)


def _view(kind: _Kind, change: Change) -> dict[str, Any] | None:
    """The entity as the API answers it; None for one that cannot be read: what else follows from its event goes on."""
    try:
        entity = kind.model.model_validate({**(change.after or {}), "id": change.id, "user_id": change.uid})
    except ValidationError as error:
        log.error(
            "a document cannot be shown to webhooks", exception=error, document=f"{change.collection}/{change.id}"
        )
        return None
    return _bounded(entity.model_dump(mode="json", by_alias=True))


def _bounded(view: dict[str, Any]) -> dict[str, Any]:
    """Without the largest fields where it is too long; they are named in `omitted`, and answered by the API."""
    sizes = {name: len(to_json(value)) for name, value in view.items()}
    omitted: list[str] = []
    while sum(sizes.values()) > _MAX_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        sizes.pop(largest)
        omitted.append(largest)
    kept = {name: value for name, value in view.items() if name in sizes}
    return {**kept, "omitted": omitted} if omitted else kept
