"""Push subscriptions on the Pub/Sub emulator, over its REST surface."""

from contextlib import suppress
from typing import Any

import httpx

from functions.spec import Topic
from infra.local import plain
from infra.local.process import LocalError
from shared.gcp.pubsub import topic_shards


def subscribe(host: str, project: str, trigger: Topic, endpoint: str, *, shards: int, copies: int = 1) -> None:
    """The topic's shards, each with push subscriptions, backoff and dead letters."""
    base = f"http://{host}/v1/projects/{project}"
    dead = f"{trigger.topic}-dead"
    with plain.client() as client:
        _put(client, f"{base}/topics/{dead}", {})
        for topic in topic_shards(trigger.topic, shards):
            _put(client, f"{base}/topics/{topic}", {})
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
                _put(client, f"{base}/subscriptions/{topic}-{copy}", subscription)


def unsubscribe(host: str, project: str, trigger: Topic, *, shards: int, copies: int = 1) -> None:
    """Nothing is pushed any more: the emulator would go on calling who no longer answers. It may be gone itself."""
    with suppress(httpx.HTTPError), plain.client() as client:
        for topic in topic_shards(trigger.topic, shards):
            for copy in range(copies):
                client.delete(f"http://{host}/v1/projects/{project}/subscriptions/{topic}-{copy}")


def _put(client: httpx.Client, url: str, body: dict[str, Any]) -> None:
    response = client.put(url, json=body)
    if response.status_code not in (200, 409):
        raise LocalError(f"The Pub/Sub emulator refused {url.rsplit('/', 1)[-1]}: {response.text[:300]}")
