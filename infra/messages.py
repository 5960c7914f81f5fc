"""Writes the descriptors of Google's messages that the product sends and reads (shared/gcp/messages.py)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.cloud.firestore_v1.types import firestore
from google.events.cloud.firestore import DocumentEventData
from google.protobuf.descriptor_pb2 import FileDescriptorSet

FILE = Path(__file__).parent.parent / "shared/gcp/messages.binpb"
_ROOTS = (firestore.CommitRequest, DocumentEventData)  # each brings its file, and the files which that imports


def write() -> None:
    """Write the file anew, of the libraries that are installed."""
    FILE.write_bytes(descriptors())


def descriptors() -> bytes:
    """What the file has to hold: each descriptor behind those that it imports."""
    files: dict[str, Any] = {}
    for message in _ROOTS:
        for file in _with_imports(message.pb().DESCRIPTOR.file):
            files.setdefault(file.name, file)
    every = FileDescriptorSet()
    for file in files.values():
        descriptor = every.file.add()
        descriptor.ParseFromString(file.serialized_pb)
        descriptor.dependency.sort()  # the libraries have them in any order
    return every.SerializeToString(deterministic=True)


def _with_imports(file: Any) -> Iterator[Any]:
    for imported in sorted(file.dependencies, key=lambda each: str(each.name)):
        yield from _with_imports(imported)
    yield file
