"""Files: read once, kept as passages and as an item of the knowledge vault, deleted with all that is theirs."""

import hashlib
from contextlib import suppress
from datetime import datetime
from pathlib import PurePath

from shared.domains.files import chunks
from shared.domains.files.models import File, FileChunks, FileQuery
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput, VaultItem
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.queries import Where
from shared.kit import clock, ranking
from shared.kit.ids import derived_id
from shared.kit.paging import Page
from shared.providers.extract import Extracted, extract
from shared.providers.extract.visible import visible
from shared.store.repository import NEWEST_FIRST, Repository

repository = Repository(File, "files", "file")
CATEGORY = "files"  # of the vault items
_READ_FOR_GIST = 20_000  # characters: what matters most stands early
_MAX_PACKS = 100  # of all files together that a search reads: 20 MB


def ingest(uid: str, content: bytes, content_type: str | None, name: str | None) -> File:
    """Read a document: one read, one commit, all of it or nothing. The same content is one file.

    Raises Invalid, with a sentence for its sender, where it cannot be read.
    """
    digest = hashlib.sha256(content).hexdigest()
    id = derived_id(uid, "file", digest)
    known = repository.find(uid, id)
    if known:
        return known
    called = _name(name)
    found = extract(content, content_type, called or None)
    passages = chunks.of(found.text)
    packs = chunks.packs(passages)
    item = _vault_item(uid, id, called or found.title, found)
    now = clock.now()
    file = File(
        id=id,
        user_id=uid,
        created_at=now,
        updated_at=now,
        name=called or found.title,
        kind=found.kind,
        size=len(content),
        content_hash=digest,
        title=found.title,
        published=found.published,
        site=found.site,
        characters=len(found.text),
        chunk_count=len(passages),
        pack_count=len(packs),
        vault_id=item.id,
        notes=list(found.notes),
    )
    kept = [writes.Write(path, {"texts": texts}) for path, texts in zip(_pack_paths(file), packs, strict=True)]
    try:
        made = firestore.client().commit([repository.to_create(file), vault.to_create(item), *kept])
    except AlreadyExists:  # the same content came twice at once
        return repository.get(uid, id)
    return repository.stamped(file, made)


def get(uid: str, id: str) -> File:
    return repository.get(uid, id)


def list_page(uid: str, query: FileQuery) -> Page[File]:
    where: list[Where] = [("kind", "==", query.kind)] if query.kind else []
    return repository.search_page(uid, query.search, where=where, limit=query.limit, cursor=query.cursor)


def get_chunks(uid: str, id: str) -> FileChunks:
    """Two round trips: the file, then its passages."""
    file = repository.get(uid, id)
    return FileChunks(file_id=file.id, title=file.title, chunks=_texts([file])[0])


def passages(uid: str, limit: int = 50) -> list[tuple[File, list[str]]]:
    """The newest files with their passages: two round trips, a read a file and one for every 200 kB of text.

    Of very much text, the oldest files are left out.
    """
    files = repository.select(uid, order=NEWEST_FIRST, limit=limit)
    room = _MAX_PACKS
    taken: list[File] = []
    for file in files:
        room -= file.pack_count
        if room < 0:
            break
        taken.append(file)
    return list(zip(taken, _texts(taken), strict=True))


def delete(uid: str, id: str, version: datetime | None = None) -> None:
    """Two reads, two commits: the vault item with its links, then the file with its passages, all at once.

    Should this die in between, the file is still there to be deleted again.
    """
    file = repository.get(uid, id)
    if version is not None and file.version != version:
        raise PreconditionFailed("The file was changed meanwhile; read it again, then repeat.")
    with suppress(NotFound):  # its owner may have deleted it already
        vault.delete(uid, file.vault_id)
    owned = [writes.delete(path) for path in _pack_paths(file)]
    firestore.client().commit([repository.to_delete(uid, id, exists=True), *owned])


def _texts(files: list[File]) -> list[list[str]]:
    """The passages of each file: one round trip for all."""
    documents = iter(firestore.client().get_all([path for file in files for path in _pack_paths(file)]))
    packs = [[next(documents) for _ in range(file.pack_count)] for file in files]
    return [[text for pack in own if pack for text in pack.data["texts"]] for own in packs]


def _pack_paths(file: File) -> list[str]:
    path = repository.path(file.user_id, file.id)
    return [f"{path}/chunks/{number}" for number in range(file.pack_count)]


def _vault_item(uid: str, file_id: str, name: str, found: Extracted) -> VaultItem:
    """The file's gist. Its id is derived: a file has one."""
    prose = "\n".join(line for line in found.text[:_READ_FOR_GIST].split("\n") if not line.startswith("#"))
    telling = ranking.key_sentences(prose, 8)
    summary = ranking.chunks("\n".join(telling), 2_000)
    data = VaultInput(
        title=found.title,
        summary=summary[0] if summary else found.title,
        category=CATEGORY,
        tags=[found.kind],
        highlights=[sentence[:500] for sentence in ranking.key_sentences(prose, 3)],
        metadata={"file_id": file_id, "file_name": name},
    )
    return vault.build(uid, data, id=derived_id(file_id, "vault"))


def _name(given: str | None) -> str:
    """The last part of whatever path the sender's machine calls it by."""
    return visible(PurePath((given or "").replace("\\", "/")).name)[:200].replace("\n", " ")
