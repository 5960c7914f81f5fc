"""Files: read once, kept as passages and as an item of the knowledge vault, deleted with all that is theirs."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from shared.domains.files import chunks
from shared.domains.files.models import File, FileChunks
from shared.domains.files.repository import repository as repository
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput, VaultItem
from shared.errors import AlreadyExists
from shared.gcp import firestore
from shared.kit import ranking
from shared.kit.ids import derived_id
from shared.kit.schema import stamp
from shared.kit.text import shortened
from shared.kit.whitespace import one_line
from shared.providers.extract import Extracted, extract

CATEGORY = "files"  # of the vault items
_READ_FOR_GIST = 20_000  # characters: what matters most stands early
_MAX_PACKS = 100  # of all files together that a search reads: 20 MB


def ingest(uid: str, content: bytes, content_type: str | None, name: str | None) -> File:
    """Read a document: one read, one commit, all of it or nothing. The same content is one file.

    Raises Invalid, with a sentence for its sender, where it cannot be read.
    """
    digest = hashlib.sha256(content).hexdigest()
    id = derived_id(uid, "file", digest)
    stored = repository.find(uid, id)
    if stored:
        return stored
    called = _name(name)
    extracted = extract(content, content_type, called or None)
    passages = chunks.of(extracted.text)
    packs = chunks.packs(passages)
    item = _vault_item(uid, id, called or extracted.title, extracted).model_copy(
        update={"file_id": id, "file_packs": len(packs)}
    )
    file = File(
        **stamp(uid, id),
        name=called or extracted.title,
        kind=extracted.kind,
        size=len(content),
        content_hash=digest,
        title=extracted.title,
        published=extracted.published,
        site=extracted.site,
        characters=len(extracted.text),
        chunk_count=len(passages),
        pack_count=len(packs),
        vault_id=item.id,
        notes=list(extracted.notes),
    )
    kept = repository.to_keep_passages(file, packs)
    try:
        made = firestore.client().commit([repository.to_create(file), vault.to_create(item), *kept])
    except AlreadyExists:  # the same content came twice at once
        return repository.get(uid, id)
    return repository.stamped(file, made)


def get(uid: str, id: str) -> File:
    return repository.get(uid, id)


def get_chunks(uid: str, id: str) -> FileChunks:
    """Two round trips: the file, then its passages."""
    file = repository.get(uid, id)
    return FileChunks(file_id=file.id, title=file.title, chunks=repository.read_passages(file))


def passages_of(items: Sequence[VaultItem]) -> dict[str, list[str]]:
    """By item, the passages of the file whose gist it is: one round trip, none where no item is a file's.

    Of very much text, the files of the last items are left out.
    """
    room = _MAX_PACKS
    gists: dict[str, VaultItem] = {}  # by file
    for item in items:
        room -= item.file_packs
        if item.file_id and room >= 0:
            gists[item.file_id] = item
    if not gists:
        return {}
    uid = items[0].user_id
    passages = repository.read_passages_each(uid, [(id, item.file_packs) for id, item in gists.items()])
    return {gists[id].id: texts for id, texts in passages.items()}


def delete(uid: str, id: str, version: datetime | None = None) -> None:
    """One read, one commit: the file, its passages and the vault item that is its gist."""
    file = repository.get(uid, id)
    repository.require_version(file, version)
    firestore.client().commit([*repository.to_delete_whole(file), vault.to_delete(uid, file.vault_id)])


def _vault_item(uid: str, file_id: str, name: str, extracted: Extracted) -> VaultItem:
    """The file's gist. Its id is derived: a file has one."""
    prose = "\n".join(line for line in extracted.text[:_READ_FOR_GIST].split("\n") if not line.startswith("#"))
    telling = ranking.key_sentences(prose, 8)
    summary = ranking.chunks("\n".join(telling), 2_000)
    data = VaultInput(
        title=extracted.title,
        summary=summary[0] if summary else extracted.title,
        category=CATEGORY,
        tags=[extracted.kind],
        highlights=[shortened(sentence, 500) for sentence in ranking.key_sentences(prose, 3)],
        metadata={"file_id": file_id, "file_name": name},
    )
    return vault.build(uid, data, id=vault_id(file_id))


def vault_id(file_id: str) -> str:
    """The id of the vault item that is a file's gist."""
    return derived_id(file_id, "vault")


def _name(given: str | None) -> str:
    """The last part of whatever path the sender's machine calls it by."""
    return shortened(one_line(PurePath((given or "").replace("\\", "/")).name), 200)
