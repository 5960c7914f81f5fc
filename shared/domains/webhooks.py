"""Webhooks: where a user wants to be told what happened.

The secret lives in a collection that no client can read, apart from the webhook that clients can.
"""

import secrets
from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.errors import BadRequest
from shared.gcp import firestore, writes
from shared.gcp.queries import Where
from shared.kit import clock
from shared.kit.ids import derived_id, new_id
from shared.kit.paging import Page
from shared.kit.schema import Entity, Input, Url
from shared.providers.web.addresses import public
from shared.store.repository import Repository

WebhookEvent = Literal[
    "prospect_added",
    "research_completed",
    "outreach_sent",
    "content_published",
    "task_completed",
    "automation_triggered",
]
WebhookStatus = Literal["active", "inactive", "failed"]


def _distinct(events: list[WebhookEvent]) -> list[WebhookEvent]:
    return list(dict.fromkeys(events))


WebAddress = Annotated[Url, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]+$"), AfterValidator(public)]
EventTypes = Annotated[list[WebhookEvent], Field(min_length=1, max_length=20), AfterValidator(_distinct)]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{16,200}$")]


class WebhookInput(Input):
    url: WebAddress
    event_types: EventTypes
    secret: Secret | None = None


class WebhookUpdate(Input):
    url: WebAddress | None = None
    event_types: EventTypes | None = None
    status: Literal["active", "inactive"] | None = None


class WebhookQuery(Input):
    status: WebhookStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class Webhook(Entity):
    url: str
    event_types: list[WebhookEvent]
    status: WebhookStatus = "active"
    last_triggered: datetime | None = None
    failure_count: int = 0
    secret: str | None = Field(None, exclude_if=lambda value: value is None)  # answered once, on creation

    path_fields = Entity.path_fields | {"secret"}


repository = Repository(Webhook, "webhooks", "webhook")


def list_page(uid: str, query: WebhookQuery) -> Page[Webhook]:
    where: list[Where] = [("status", "==", query.status)] if query.status else []
    return repository.page(uid, where=where, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> Webhook:
    return repository.get(uid, id)


def create(uid: str, data: WebhookInput) -> Webhook:
    """One commit: the webhook and its secret. Only this answer shows the secret."""
    now = clock.now()
    webhook = Webhook(
        id=new_id(), user_id=uid, created_at=now, updated_at=now, url=data.url, event_types=data.event_types
    )
    secret = data.secret or f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"
    kept = writes.create(_secret_path(uid, webhook.id), {"user_id": uid, "webhook_id": webhook.id, "secret": secret})
    repository.stamped(webhook, firestore.client().commit([repository.to_create(webhook), kept]))
    webhook.secret = secret
    return webhook


def update(uid: str, id: str, data: WebhookUpdate, version: datetime | None) -> Webhook:
    """One read, one commit. Switched on again, it starts without failures."""
    fields = data.changes(Webhook)
    if not fields:
        raise BadRequest("No fields to update")
    fields["updated_at"] = clock.now()

    def change(current: Webhook) -> dict[str, Any]:
        again = data.status == "active" and current.status != "active"
        return {**fields, "failure_count": 0} if again else fields

    return repository.edit(uid, id, change, version=version)


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit: the webhook and its secret."""
    gone = repository.to_delete(uid, id, exists=None if version else True, version=version)
    firestore.client().commit([gone, writes.delete(_secret_path(uid, id))])


def _secret_path(uid: str, id: str) -> str:
    return f"webhook_secrets/{derived_id(uid, id)}"
