"""Stores, finds and changes the items of a user's vault."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domains.vault import meaning
from shared.domains.vault.models import (
    LINK_FIELDS,
    MAX_LINKS,
    LinkKind,
    VaultInput,
    VaultItem,
    VaultUpdate,
)
from shared.domains.vault.repository import repository as repository
from shared.errors import Invalid, NotFound
from shared.gcp import firestore
from shared.gcp.writes import ArrayRemove, ArrayUnion, Write
from shared.kit import clock, ranking
from shared.kit.schema import stamp
from shared.kit.text import shortened
from shared.store import together
from shared.store.together import Lookup

_READ_FOR_HIGHLIGHTS = 5_000  # characters: what matters most stands early


def build(uid: str, data: VaultInput, id: str | None = None) -> VaultItem:
    """An item, not yet stored; give a derived id where it may be made twice."""
    fields = data.model_dump()
    if data.highlights is None:
        fields["highlights"] = _highlights(data.summary)
    item = VaultItem(**stamp(uid, id), **fields)
    return item.model_copy(update=meaning.vector_fields(item))


def to_create(item: VaultItem) -> Write:
    """For a commit that others share."""
    return repository.to_create(item)


def to_extend(
    item: VaultItem, *, sources: Sequence[Any], highlights: Sequence[str], insight_ids: Sequence[str]
) -> Write:
    """Add to an item's lists by transforms, so that nobody's change is overwritten; fails with NotFound."""
    added = {"sources": sources, "highlights": highlights, "metadata.insight_ids": insight_ids}
    fields: dict[str, Any] = {name: ArrayUnion(tuple(values)) for name, values in added.items() if values}
    return repository.to_update(item.user_id, item.id, {**fields, "updated_at": clock.now()})


def create(uid: str, data: VaultInput) -> VaultItem:
    """One commit."""
    return repository.create(build(uid, data))


def get(uid: str, id: str) -> VaultItem:
    """One round trip; raises NotFound."""
    return repository.get(uid, id)


def find(uid: str, id: str) -> VaultItem | None:
    """One round trip; None where there is no item with this id."""
    return repository.find(uid, id)


def latest(uid: str, limit: int) -> list[VaultItem]:
    """The newest items: one query."""
    return repository.latest(uid, limit)


def get_each(uid: str, ids: Sequence[str]) -> list[VaultItem]:
    """The items of these ids, in their order: one round trip. Raises NotFound where one is missing."""
    items = repository.get_many(uid, ids)
    missing = [id for id in ids if id not in items]
    if missing:
        raise NotFound(f"There is no vault item with the id {missing[0]}.")
    return [items[id] for id in dict.fromkeys(ids)]


def update(uid: str, id: str, data: VaultUpdate, version: datetime | None) -> VaultItem:
    """One read, one commit. Highlights belong to the summary: a new one brings new ones, unless they are given."""
    fields = repository.changes(data)
    if "summary" in fields and "highlights" not in fields:
        fields = fields | {"highlights": _highlights(fields["summary"])}

    def change(current: VaultItem) -> dict[str, Any]:
        return {**meaning.renewed(current, fields), "updated_at": clock.now()}

    return repository.edit(uid, id, change, version=version)


def _highlights(summary: str) -> list[str]:
    return [shortened(sentence, 500) for sentence in ranking.key_sentences(summary[:_READ_FOR_HIGHLIGHTS], 3)]


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One commit; `shared/domains/links.py` takes the links to the item away when its document event comes."""
    repository.delete(uid, id, version=version)


def to_delete(uid: str, id: str) -> Write:
    """Delete the item, for a commit that others share; its owner may have deleted it already."""
    return repository.to_delete(uid, id)


def lookup(uid: str, id: str) -> Lookup[VaultItem]:
    """The item, to be read together with another document. Raises NotFound for an impossible id."""
    return together.lookup(repository, uid, id)


def link(item: VaultItem, kind: LinkKind, other: str, *, beside: Sequence[Write]) -> VaultItem:
    """Name the other's id in the item, in one commit with `beside`; `updated_at` stays."""
    links = item.links(kind)
    if other not in links:
        links.append(other)
    own = repository.to_update(item.user_id, item.id, {LINK_FIELDS[kind]: ArrayUnion((other,))})
    return repository.stamped(item, firestore.client().commit([own, *beside]))


def to_unlink(uid: str, id: str, kind: LinkKind, other: str) -> Write:
    """Name the other's id in the item no more; fails with NotFound."""
    return repository.to_update(uid, id, {LINK_FIELDS[kind]: ArrayRemove((other,))})


def to_link_outreach(item: VaultItem, outreach_id: str) -> Write:
    """The item's side of a link, for the commit that makes the message. Raises Invalid where it has too many."""
    if len(item.linked_outreach_ids) >= MAX_LINKS:
        raise Invalid.of(
            "vault_ids", f"The vault item {item.id} has {MAX_LINKS} links to messages already; name another."
        )
    return repository.to_update(item.user_id, item.id, {"linked_outreach_ids": ArrayUnion((outreach_id,))})
