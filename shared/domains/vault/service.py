"""Vault items: stored, found, and linked with what was made of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domains.changes import Change
from shared.domains.outreach import service as outreach
from shared.domains.vault import meaning
from shared.domains.vault.models import MAX_LINKS, VaultInput, VaultItem, VaultQuery, split_tags
from shared.errors import BadRequest, Invalid, NotFound, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.queries import Where
from shared.gcp.writes import ArrayRemove, ArrayUnion, Write
from shared.kit import clock, ranking
from shared.kit.ids import is_valid_id, new_id
from shared.kit.paging import Page
from shared.kit.text import shortened
from shared.store.repository import NEWEST_FIRST, Repository

_LINKS = {"outreach": "linked_outreach_ids", "templates": "linked_content_ids"}
_READ_FOR_HIGHLIGHTS = 5_000  # characters: what matters most stands early
repository = Repository(VaultItem, "vault", "vault item")


def build(uid: str, data: VaultInput, id: str | None = None) -> VaultItem:
    """An item, not yet stored; give a derived id where it may be made twice."""
    now = clock.now()
    fields = data.model_dump()
    if data.highlights is None:
        fields["highlights"] = _highlights(data.summary)
    item = VaultItem(id=id or new_id(), user_id=uid, created_at=now, updated_at=now, **fields)
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


def latest(uid: str, limit: int) -> list[VaultItem]:
    """The newest items: one query."""
    return repository.select(uid, order=NEWEST_FIRST, limit=limit)


def get_each(uid: str, ids: Sequence[str]) -> list[VaultItem]:
    """The items of these ids, in their order: one round trip. Raises NotFound where one is missing."""
    found = repository.get_many(uid, ids)
    missing = [id for id in ids if id not in found]
    if missing:
        raise NotFound(f"There is no vault item with the id {missing[0]}.")
    return [found[id] for id in dict.fromkeys(ids)]


def list_page(uid: str, query: VaultQuery) -> Page[VaultItem]:
    """Newest first; of several tags, any one is enough."""
    where: list[Where] = []
    if query.category:
        where.append(("category", "==", query.category))
    if query.tags:
        where.append(("tags", "array-contains-any", split_tags(query.tags)))
    if query.since:
        where.append(("created_at", ">=", query.since))
    return repository.search_page(uid, query.search, where=where, limit=query.limit, cursor=query.cursor)


def update(uid: str, id: str, fields: dict[str, Any], version: datetime | None = None) -> VaultItem:
    """One read, one commit. Highlights belong to the summary: a new one brings new ones, unless they are given."""
    if not fields:
        raise BadRequest("No fields to update")
    if "summary" in fields and "highlights" not in fields:
        fields = fields | {"highlights": _highlights(fields["summary"])}

    def change(current: VaultItem) -> dict[str, Any]:
        return {**meaning.renewed(current, fields), "updated_at": clock.now()}

    return repository.edit(uid, id, change, version=version)


def _highlights(summary: str) -> list[str]:
    return [shortened(sentence, 500) for sentence in ranking.key_sentences(summary[:_READ_FOR_HIGHLIGHTS], 3)]


def delete(uid: str, id: str, version: datetime | None = None) -> None:
    """One read, one commit, and one more where links to the item are taken away."""
    item = repository.get(uid, id)
    _check(item, version)
    links = [outreach.to_unlink_vault_item(uid, other, id) for other in item.linked_outreach_ids]
    links += [_to_template(uid, other, ArrayRemove((id,))) for other in item.linked_content_ids]
    firestore.client().apply_each(links)  # each on its own: what was linked may be gone by now
    repository.delete(uid, id, version=version)


def link_outreach(uid: str, id: str, in_query: str | None, in_body: str | None, version: datetime | None) -> VaultItem:
    """Show on both that the message was made of this item."""
    other = _one_id("outreach_id", in_query, in_body)
    return _link(uid, id, other, outreach.to_link_vault_item(uid, other, id), version)


def link_content(uid: str, id: str, in_query: str | None, in_body: str | None, version: datetime | None) -> VaultItem:
    """Show on both that the content was made of this item."""
    other = _one_id("content_id", in_query, in_body)
    return _link(uid, id, other, _to_template(uid, other, ArrayUnion((id,))), version)


def _link(uid: str, id: str, other: str, link: Write, version: datetime | None) -> VaultItem:
    """One round trip to see that both exist, one commit for both; linked twice is linked once."""
    collection = link.path.split("/")[2]
    field = _LINKS[collection]
    document, target = firestore.client().get_all([repository.path(uid, id), link.path])
    if document is None:
        raise NotFound("There is no vault item with this id.")
    if target is None:
        raise NotFound(f"There is no {'outreach message' if collection == 'outreach' else 'content'} with this id.")
    item = repository.load(document)
    _check(item, version)
    links: list[str] = getattr(item, field)
    if other not in links:
        if max(len(links), len(target.data.get("linked_vault_ids", []))) >= MAX_LINKS:
            raise Invalid(f"A vault item, and what is linked with it, has at most {MAX_LINKS} links of a kind.")
        links.append(other)
    own = repository.to_update(uid, id, {field: ArrayUnion((other,))})
    return repository.stamped(item, firestore.client().commit([own, link]))


def unlink_deleted(change: Change) -> None:
    """After a message or content was deleted, no item names it any more: one batch, none if it had no links."""
    linked = (change.before or {}).get("linked_vault_ids") if change.deleted else None
    if linked:
        fields = {_LINKS[change.collection]: ArrayRemove((change.id,))}
        firestore.client().apply_each([repository.to_update(change.uid, id, fields) for id in linked])


def _check(item: VaultItem, version: datetime | None) -> None:
    if version is not None and item.version != version:
        raise PreconditionFailed("The vault item was changed meanwhile; read it again, then repeat.")


def to_link_outreach(item: VaultItem, outreach_id: str) -> Write:
    """The item's side of a link, for the commit that makes the message. Raises Invalid where it has too many."""
    if len(item.linked_outreach_ids) >= MAX_LINKS:
        raise Invalid(f"The vault item {item.id} has {MAX_LINKS} links to messages already; name another.")
    return repository.to_update(item.user_id, item.id, {"linked_outreach_ids": ArrayUnion((outreach_id,))})


def _one_id(field: str, in_query: str | None, in_body: str | None) -> str:
    """The body wins; two that differ are a mistake."""
    if in_query and in_body and in_query != in_body:
        raise Invalid.at(field, "the query and the body name different ids; give one")
    chosen = in_body or in_query
    if not chosen:
        raise Invalid.at(field, "required, in the query or the body")
    return chosen


def _to_template(uid: str, id: str, change: ArrayUnion | ArrayRemove) -> Write:
    """Content is a template. Fails with NotFound when there is none of this id."""
    if not is_valid_id(id):
        raise NotFound("There is no content with this id.")
    return writes.update(f"users/{uid}/templates/{id}", {"linked_vault_ids": change})
