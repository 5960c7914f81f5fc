"""Options of gRPC channels, and stubs of Firestore's methods on them."""

from collections.abc import Callable
from typing import Any

import grpc
import grpc.experimental

from shared.gcp import credentials

# After an outage a channel tries again within seconds; by default it may wait for two minutes.
OPTIONS = [("grpc.max_reconnect_backoff_ms", 5_000)]
STREAMING = [
    *OPTIONS,
    (grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1),  # else a thread a stream
    ("grpc.use_local_subchannel_pool", 1),  # a new channel is a new connection
    ("grpc.max_receive_message_length", -1),  # a list's documents come in one message; by default it takes 4 MiB
]

FIRESTORE = "firestore.googleapis.com:443"


def opened(emulator: str | None) -> grpc.Channel:
    """A channel to Firestore, which connects on first use."""
    if emulator:
        return grpc.insecure_channel(emulator, options=STREAMING)
    return grpc.secure_channel(FIRESTORE, credentials.of_channels(), options=STREAMING)


def metadata(database: str, emulator: str | None) -> list[tuple[str, str]]:
    """What each call of a Firestore database says of itself; to an emulator, that it may do everything."""
    owner = [("authorization", "Bearer owner")] if emulator else []
    return [("google-cloud-resource-prefix", database), *owner]


def stub(kind: Callable[..., Any], name: str, request: Any, response: Any) -> Any:
    """A bare stub for one of Firestore's methods: no wrapper objects, no interceptors."""
    return kind(
        f"/google.firestore.v1.Firestore/{name}",
        request_serializer=request.SerializeToString,
        response_deserializer=response.FromString,
    )
