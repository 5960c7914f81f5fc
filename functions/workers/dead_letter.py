"""Keeps what Pub/Sub forwards to the dead-letter topic: messages of our topics, and Eventarc's document events.

Attributes: https://cloud.google.com/pubsub/docs/dead-letter-topics#dlt_properties
"""

from shared.automations.operations import takers
from shared.domains.dead_letters import arrivals
from shared.kit.ids import derived_id
from shared.kit.undelivered import Undelivered
from shared.runtime import pushes
from shared.runtime.pushes import Pushed
from shared.runtime.workers import message_function

_FORWARDED = "CloudPubSubDeadLetter"
_SUBSCRIPTION = f"{_FORWARDED}SourceSubscription"
_PUBLISHED = f"{_FORWARDED}SourceTopicPublishTime"
_COUNT = f"{_FORWARDED}SourceDeliveryCount"


def keep(message: Pushed) -> None:
    """Keep a forwarded message; its dead-letter attributes say where it comes from."""
    arrivals.keep(_event(message) if "ce-document" in message.attributes else _message(message))


def _message(message: Pushed) -> Undelivered:
    subscription = message.attributes.get(_SUBSCRIPTION, "")
    name = takers.of_subscription(subscription)
    own = _own(message)
    published = message.attributes.get(_PUBLISHED)
    # Pub/Sub may forward a message twice, under an id of its own each time.
    parts = sorted(f"{name}={value}" for name, value in own.items())
    key = derived_id(subscription, published, message.data.hex(), *parts) if published else message.id
    return Undelivered("message", name, subscription, key, message.data, own, _attempts(message))


def _event(message: Pushed) -> Undelivered:
    own = _own(message)
    document = own["ce-document"].removeprefix("documents/")
    name = takers.of_document(document)
    parts = document.split("/")
    uid = parts[1] if len(parts) > 1 else None
    key = f"{own.get('ce-id') or message.id}:{document}"
    return Undelivered("event", name, document, key, message.data, own, _attempts(message), uid=uid)


def _own(message: Pushed) -> dict[str, str]:
    return {name: value for name, value in message.attributes.items() if not name.startswith(_FORWARDED)}


def _attempts(message: Pushed) -> int:
    count = message.attributes.get(_COUNT, "")
    return pushes.counted(count) or 1


dead_letter = message_function("dead_letter", keep)
