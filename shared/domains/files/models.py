"""What a file is once it was read."""

from typing import Annotated, Literal

from pydantic import Field

from shared.kit.schema import Entity, Input, Model, Name
from shared.providers.extract.base import Kind


class File(Entity):
    """A document that was read. One that cannot be read is refused and leaves nothing behind.

    Its passages lie in `pack_count` documents below it, and its gist is a vault item.
    """

    name: str
    kind: Kind
    size: int  # bytes
    content_hash: str  # SHA-256 of the content
    status: Literal["ingested"] = "ingested"
    title: str
    published: str | None = None
    site: str = ""
    characters: int
    chunk_count: int
    pack_count: int
    vault_id: str
    notes: list[str] = []  # what of the document was left out


class FileChunks(Model):
    """A file's passages, in their order."""

    file_id: str
    title: str
    chunks: list[str]


class UploadQuery(Input):
    """`name` is for files that are sent raw; a form's file brings its own."""

    name: Name | None = None


class FileQuery(Input):
    kind: Kind | None = None
    search: Name | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
