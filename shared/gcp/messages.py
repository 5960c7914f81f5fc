"""Google's protobuf messages, from their descriptors.

Google's libraries wrap each of their messages in a Python class when they are imported: a third of a second at every
start of a function, for classes that nobody here uses. `messages.binpb` has the descriptors of the pinned libraries'
messages; `python -m infra messages` writes it.
"""

from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet

_DESCRIPTORS = Path(__file__).with_name("messages.binpb")


class Package:
    """The messages of one of Google's packages, each an attribute by its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, message: str) -> Any:
        """The message's class, made when it is first asked for."""
        try:
            descriptor = _pool().FindMessageTypeByName(f"{self._name}.{message}")
        except KeyError as error:
            raise AttributeError(f"{self._name} has no message {message}") from error
        vars(self)[message] = message_factory.GetMessageClass(descriptor)
        return vars(self)[message]


@cache
def _pool() -> Any:
    """A pool of its own: the default one would not take the same messages once more from a library."""
    pool = descriptor_pool.DescriptorPool()
    for file in FileDescriptorSet.FromString(_DESCRIPTORS.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool


firestore = Package("google.firestore.v1")
events = Package("google.events.cloud.firestore.v1")
