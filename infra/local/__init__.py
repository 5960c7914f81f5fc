"""The whole system on one machine: Google's emulators, and stand-ins where Google has none."""

import os

# Children are started with fork; gRPC's own handlers for that are not wanted, nor is its remark on it.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
