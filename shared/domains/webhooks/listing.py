"""Where an event finds the webhooks that want it: in the subscription document that it reads for automations anyway.

`users/{uid}/subscriptions/{name}` is read by whatever starts automations of the trigger `name`, so a user without
webhooks pays nothing for them. The events that no trigger watches have a document of their own.
"""

from collections.abc import Mapping, Sequence

from shared.domains.webhooks import triggers
from shared.domains.webhooks.models import Webhook, WebhookEvent
from shared.gcp import writes
from shared.gcp.writes import DELETED, Write, field_path

_OF_DOCUMENT: dict[WebhookEvent, str] = {
    "prospect_added": "new_prospect_added",
    "research_completed": "research_task_completed",
    "outreach_sent": "outreach_sent",
    "outreach_replied": "outreach_replied",
    "outreach_bounced": "outreach_bounced",
    "outreach_complained": "outreach_complained",
    "content_published": "content_published",
    "task_completed": "task_completed",
}


def document_of(event: WebhookEvent) -> str:
    """The name of the subscription document that an event about a document is looked up in."""
    return _OF_DOCUMENT[event]


def _names_of(event: WebhookEvent) -> Sequence[str]:
    """The names of the subscription documents that an event may be looked up in. Raises Undeclared."""
    return [_OF_DOCUMENT[event]] if event in _OF_DOCUMENT else triggers.names()


def _all_names() -> list[str]:
    return list(dict.fromkeys([*triggers.names(), *_OF_DOCUMENT.values()]))


def to_list(webhook: Webhook) -> list[Write]:
    """List an active webhook in the documents of its events, and in no others; one of any other status in none."""
    wanted = webhook.event_types if webhook.status == "active" else []
    return [_to_set(webhook, name, [event for event in wanted if name in _names_of(event)]) for name in _all_names()]


def to_list_new(webhook: Webhook) -> list[Write]:
    """The same for one that is listed nowhere yet: fewer writes."""
    return [write for write in to_list(webhook) if DELETED not in write.fields.values()]


def to_unlist(uid: str, id: str) -> list[Write]:
    return [writes.merge(_path(uid, name), {field_path("webhooks", id): DELETED}) for name in _all_names()]


def listening(webhooks: Mapping[str, Sequence[str]], event: WebhookEvent) -> list[str]:
    """The ids of the webhooks that want the event. `webhooks`: what a subscription document lists."""
    return [id for id, events in webhooks.items() if event in events]


def _to_set(webhook: Webhook, name: str, events: Sequence[WebhookEvent]) -> Write:
    entry = list(events) if events else DELETED
    return writes.merge(_path(webhook.user_id, name), {field_path("webhooks", webhook.id): entry})


def _path(uid: str, name: str) -> str:
    return f"users/{uid}/subscriptions/{name}"
