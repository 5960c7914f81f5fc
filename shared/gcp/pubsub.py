"""Publishes to Pub/Sub with unary calls, not batched: each message hands over work that must start now."""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import grpc

from shared import settings, tracing
from shared.gcp import attempts, channels
from shared.kit import failpoint


class _Publisher:
    """The library's wire types and a bare publish stub; created on first use, since the import is slow."""

    def __init__(self, emulator: str | None) -> None:
        from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
        from google.pubsub_v1.types import pubsub as types

        self.Message = types.PubsubMessage.pb()
        self.Request = types.PublishRequest.pb()
        channel = (
            grpc.insecure_channel(emulator, options=channels.OPTIONS)
            if emulator
            else PublisherGrpcTransport.create_channel("pubsub.googleapis.com:443", options=channels.OPTIONS)
        )
        self.send = channel.unary_unary(
            "/google.pubsub.v1.Publisher/Publish",
            request_serializer=self.Request.SerializeToString,
            response_deserializer=types.PublishResponse.pb().FromString,
        )
        self.Topic = types.GetTopicRequest.pb()
        self.find = channel.unary_unary(
            "/google.pubsub.v1.Publisher/GetTopic",
            request_serializer=self.Topic.SerializeToString,
            response_deserializer=types.Topic.pb().FromString,
        )


_lock = threading.Lock()  # also over the import: the package's modules import each other in a circle
_publishers: dict[str | None, _Publisher] = {}


def topic_shards(topic: str, shards: int) -> list[str]:
    """The topics that messages of `topic` are spread over: the topic itself, or its numbered shards."""
    return [topic] if shards == 1 else [f"{topic}-{number}" for number in range(shards)]


def publish(topic: str, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Publish (sharding key, JSON body) pairs, with a call for each topic shard. Raises Unavailable."""
    encoded = [(key, json.dumps(body, separators=(",", ":")).encode()) for key, body in messages]
    publish_raw(topic, encoded, {})


def publish_raw(topic: str, messages: Sequence[tuple[str, bytes]], attributes: Mapping[str, str]) -> None:
    """Like `publish`, with bodies as they are and attributes, the same for each."""
    config = settings.current()
    publisher = _publisher()
    shards = topic_shards(topic, config.step_topic_shards)
    by_topic: dict[str, list[Any]] = {}
    place = tracing.place()
    traced = {**attributes, "traceparent": str(place)} if place else dict(attributes)
    for key, data in messages:
        message = publisher.Message(data=data, attributes=traced)
        by_topic.setdefault(shards[crc32(key.encode()) % len(shards)], []).append(message)
    for name, batch in by_topic.items():
        request = publisher.Request(topic=f"projects/{config.project}/topics/{name}", messages=batch)
        failpoint.hit()
        try:
            publisher.send(request, timeout=config.rpc_seconds)
        except grpc.RpcError as error:
            status, details = error.code().value[0], error.details() or ""
            raise attempts.logged(attempts.unanswered("message queue", status, details)) from error
        failpoint.hit()


def reach(topic: str, seconds: float) -> None:
    """Look the topic up within `seconds`. Raises Misconfigured where it is missing, Unavailable without an answer."""
    config = settings.current()
    name = f"projects/{config.project}/topics/{topic_shards(topic, config.step_topic_shards)[0]}"
    publisher = _publisher()
    try:
        publisher.find(publisher.Topic(topic=name), timeout=seconds)
    except grpc.RpcError as error:
        attempts.check_reached("message queue", error.code(), error.details() or "")


def _publisher() -> _Publisher:
    emulator = settings.current().pubsub_emulator_host
    with _lock:
        if emulator not in _publishers:
            _publishers[emulator] = _Publisher(emulator)
        return _publishers[emulator]
