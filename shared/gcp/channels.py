"""Options of gRPC channels."""

import grpc
import grpc.experimental

# After an outage a channel tries again within seconds; by default it may wait for two minutes.
OPTIONS = [("grpc.max_reconnect_backoff_ms", 5_000)]
STREAMING = [*OPTIONS, (grpc.experimental.ChannelOptions.SingleThreadedUnaryStream, 1)]  # else a thread a stream
