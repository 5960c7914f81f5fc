"""Push subscriptions on the Pub/Sub emulator, over its REST surface."""

from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress

from functions.spec import Topic
from infra.local.plain import Owner
from shared.gcp.pubsub import topic_shards

_THERE_ALREADY = (409,)


def subscribe(host: str, project: str, trigger: Topic, endpoint: str, *, shards: int, copies: int = 1) -> None:
    """The topic's shards, each with push subscriptions, backoff and dead letters. Raises OSError.

    With `copies` above 1, a message comes twice to `copies` times: shard 0 has two subscriptions, shard 1 three, ….
    """
    base = f"/v1/projects/{project}"
    dead = trigger.dead_letter_topic
    with Owner(host) as owner:
        if dead:
            owner.call("PUT", f"{base}/topics/{dead}", {}, but=_THERE_ALREADY)
        for number, topic in enumerate(_topics(trigger, shards)):
            owner.call("PUT", f"{base}/topics/{topic}", {}, but=_THERE_ALREADY)
            for copy in range(_copies(number, copies)):
                subscription = {
                    "topic": f"projects/{project}/topics/{topic}",
                    "pushConfig": {"pushEndpoint": endpoint},
                    "ackDeadlineSeconds": trigger.ack_deadline,
                    # The manifest says more, but nobody waits minutes in front of a local stack.
                    "retryPolicy": {"minimumBackoff": "0.5s", "maximumBackoff": "10s"},
                }
                if dead:
                    subscription["deadLetterPolicy"] = {
                        "deadLetterTopic": f"projects/{project}/topics/{dead}",
                        "maxDeliveryAttempts": trigger.max_attempts,
                    }
                owner.call("PUT", f"{base}/subscriptions/{topic}-{copy}", subscription, but=_THERE_ALREADY)


def forward(host: str, project: str, topic: str, body: bytes, attributes: Mapping[str, str]) -> None:
    """Publish what was given up to a dead-letter topic, as Pub/Sub does it. Raises OSError."""
    message = {"data": b64encode(body).decode(), "attributes": dict(attributes)}
    with Owner(host) as owner:
        owner.call("PUT", f"/v1/projects/{project}/topics/{topic}", {}, but=_THERE_ALREADY)
        owner.call("POST", f"/v1/projects/{project}/topics/{topic}:publish", {"messages": [message]})


def _copies(number: int, most: int) -> int:
    return 1 if most == 1 else 2 + number % (most - 1)


def unsubscribe(host: str, project: str, trigger: Topic, *, shards: int, copies: int = 1) -> None:
    """Nothing is pushed any more: the emulator would go on calling who no longer answers. It may be gone itself."""
    with suppress(OSError), Owner(host) as owner:
        for topic in _topics(trigger, shards):
            for copy in range(copies):
                owner.call("DELETE", f"/v1/projects/{project}/subscriptions/{topic}-{copy}", but=(404,))


def _topics(trigger: Topic, shards: int) -> list[str]:
    """The dead-letter topic itself is not spread: what is forwarded to it knows no shards."""
    return topic_shards(trigger.topic, shards if trigger.dead_letter_topic else 1)
