"""A webhook, and one event's delivery to it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from shared.kit.schema import Entity, Input, Part, Update, Url
from shared.kit.upgrades import Upgrades
from shared.providers.web import signing
from shared.providers.web.addresses import public

WebhookEvent = Literal[
    "prospect_added",
    "research_completed",
    "outreach_sent",
    "outreach_replied",
    "outreach_bounced",
    "outreach_complained",
    "content_published",
    "task_completed",
    "automation_triggered",
]
WebhookStatus = Literal["active", "inactive", "failed"]
DeliveryStatus = Literal["pending", "delivered", "failed", "cancelled"]
TEST: Literal["test"] = "test"
RETENTION = timedelta(days=30)  # of a delivery; longer than it may be retried


def _distinct(events: list[WebhookEvent]) -> list[WebhookEvent]:
    return list(dict.fromkeys(events))


def _decodable(secret: str) -> str:
    if secret.startswith("whsec_") and not signing.is_usable(secret):
        raise ValueError("after whsec_ it must be the base64 of 24 to 64 bytes")
    return secret


WebAddress = Annotated[Url, StringConstraints(pattern=r"^[^\s\x00-\x1f\x7f]+$"), AfterValidator(public)]
EventTypes = Annotated[list[WebhookEvent], Field(min_length=1, max_length=20), AfterValidator(_distinct)]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{16,200}$"), AfterValidator(_decodable)]


class WebhookInput(Input):
    """Without a `secret` one is made. `whsec_` and base64 is a key in the form of Standard Webhooks; any other text is
    the key itself."""

    url: WebAddress
    event_types: EventTypes
    secret: Secret | None = None


class WebhookUpdate(Update):
    url: WebAddress | None = None
    event_types: EventTypes | None = None
    status: Literal["active", "inactive"] | None = None


class RotateInput(Input):
    """Without a `secret` one is made."""

    secret: Secret | None = None


class WebhookQuery(Input):
    status: WebhookStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class Webhook(Entity):
    """While `active` its address is sent each event of its types, as a POST of JSON `{type, timestamp, data}`.

    Every attempt carries `webhook-id` (the delivery's id, the same for each attempt: drop what comes twice),
    `webhook-timestamp` and `webhook-signature` (https://www.standardwebhooks.com; two signatures for a day after the
    secret was rotated), and `X-Webhook-Signature`: the body's HMAC-SHA256 in hex, with the secret's text as key.
    2xx within 15 seconds says that it is delivered. Anything else is tried again for three days; 410 switches the
    webhook off, as does a delivery that is given up when no other was accepted meanwhile: its status is then `failed`.
    `failure_count` counts failed attempts since the last success, one in five seconds at most.
    """

    # Of version 1 are those that are not listed yet where events look for them: the renewal does both at once.
    schema_version = 2
    upgrades: ClassVar[Upgrades] = {1: dict}
    path_fields = Entity.path_fields | {"secret", "last_triggered", "failure_count"}

    url: str
    event_types: list[WebhookEvent]
    status: WebhookStatus = "active"
    last_triggered: datetime | None = None
    failure_count: int = 0
    secret: str | None = Field(None, exclude_if=lambda value: value is None)  # answered when it is new, only then


class DeliveryAttempt(Part):
    """One POST. `status` is that of the answer, None where there was none; `answer` the beginning of its text."""

    at: datetime
    status: int | None = None
    error: str | None = None
    milliseconds: int = 0
    answer: str = ""


class Delivery(Entity):
    """One event on its way to one webhook. `body` is what is sent, byte for byte; its id is the `webhook-id`.

    Events of one document are delivered in their order, as far as they are known; `event_at` (in the body:
    `timestamp`) tells the order in any case.
    """

    swept = True

    webhook_id: str
    event_type: WebhookEvent | Literal["test"]
    event_at: datetime
    document: str | None = None  # collection and id
    body: str | None = Field(None, exclude_if=lambda value: value is None)  # left out of lists
    status: DeliveryStatus = "pending"
    attempts: list[DeliveryAttempt] = []  # the latest
    next_attempt_at: datetime | None = None
    completed_at: datetime | None = None
    tries: int = Field(0, exclude=True)  # attempts that were begun since it was last due for the first time
    begun_at: datetime | None = Field(None, exclude=True)  # when the first of these was due
    repeats: bool = Field(False, exclude=True)  # the document may have had such an event before
    claimed_until: datetime | None = Field(None, exclude=True)  # a worker is at it
    due_at: datetime | None = Field(None, exclude=True)  # when the sweep sends it again
    expires_at: datetime | None = Field(None, exclude=True)

    def stored(self) -> dict[str, Any]:
        """With the fields that no client sees. Firestore's TTL removes it."""
        hidden = ("tries", "begun_at", "repeats", "claimed_until", "due_at")
        more = {name: getattr(self, name) for name in hidden}
        return {**super().stored(), **more, "body": self.body, "expires_at": self.created_at + RETENTION}


class DeliveryQuery(Input):
    status: DeliveryStatus | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None
