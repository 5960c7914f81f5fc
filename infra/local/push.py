"""Push subscriptions on the Pub/Sub emulator, over its REST surface."""

from contextlib import suppress

from functions.spec import Topic
from infra.local.plain import Owner
from shared.gcp.pubsub import topic_shards

_THERE_ALREADY = (409,)


def subscribe(host: str, project: str, trigger: Topic, endpoint: str, *, shards: int, copies: int = 1) -> None:
    """The topic's shards, each with push subscriptions, backoff and dead letters. Raises OSError."""
    base = f"/v1/projects/{project}"
    dead = f"{trigger.topic}-dead"
    with Owner(host) as owner:
        owner.call("PUT", f"{base}/topics/{dead}", {}, but=_THERE_ALREADY)
        for topic in topic_shards(trigger.topic, shards):
            owner.call("PUT", f"{base}/topics/{topic}", {}, but=_THERE_ALREADY)
            for copy in range(copies):
                subscription = {
                    "topic": f"projects/{project}/topics/{topic}",
                    "pushConfig": {"pushEndpoint": endpoint},
                    "ackDeadlineSeconds": trigger.ack_deadline,
                    # The manifest says more, but nobody waits minutes in front of a local stack.
                    "retryPolicy": {"minimumBackoff": "0.5s", "maximumBackoff": "10s"},
                    "deadLetterPolicy": {
                        "deadLetterTopic": f"projects/{project}/topics/{dead}",
                        "maxDeliveryAttempts": trigger.max_attempts,
                    },
                }
                owner.call("PUT", f"{base}/subscriptions/{topic}-{copy}", subscription, but=_THERE_ALREADY)


def unsubscribe(host: str, project: str, trigger: Topic, *, shards: int, copies: int = 1) -> None:
    """Nothing is pushed any more: the emulator would go on calling who no longer answers. It may be gone itself."""
    with suppress(OSError), Owner(host) as owner:
        for topic in topic_shards(trigger.topic, shards):
            for copy in range(copies):
                owner.call("DELETE", f"/v1/projects/{project}/subscriptions/{topic}-{copy}", but=(404,))
