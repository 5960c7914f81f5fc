"""Links vault items with the messages and templates that were made of them. Each side holds the ids of the other.

A link is made in one commit. A document that is deleted is unlinked by its document event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.domains.templates import service as templates
from shared.domains.templates.models import Template
from shared.domains.vault import service as vault
from shared.domains.vault.models import LINK_FIELDS, MAX_LINKS, LinkKind, VaultItem
from shared.errors import Invalid, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.writes import Write
from shared.kit.ids import is_valid_id
from shared.store import together
from shared.store.changes import Change
from shared.store.together import Lookup


@dataclass(frozen=True)
class _Side:
    """What an item can be linked with, and how its domain reads and writes it."""

    kind: LinkKind
    noun: str
    lookup: Callable[[str, str], Lookup[Outreach | Template]]
    to_link: Callable[[str, str, str], Write]
    to_unlink: Callable[[str, str, str], Write]


_MESSAGE = _Side(
    "outreach", "outreach message", outreach.lookup, outreach.to_link_vault_item, outreach.to_unlink_vault_item
)
_CONTENT = _Side("content", "content", templates.lookup, templates.to_link_vault_item, templates.to_unlink_vault_item)


def link_outreach(uid: str, id: str, in_query: str | None, in_body: str | None, version: datetime | None) -> VaultItem:
    """Link the item with a message: one round trip to read both, one commit. Linked twice, both are linked once."""
    return _link(uid, id, _one_id("outreach_id", in_query, in_body), _MESSAGE, version)


def link_content(uid: str, id: str, in_query: str | None, in_body: str | None, version: datetime | None) -> VaultItem:
    """Link the item with a template, as `link_outreach` does with a message."""
    return _link(uid, id, _one_id("content_id", in_query, in_body), _CONTENT, version)


def unlink_message(change: Change) -> None:
    """Called with the document event of a message: once it is deleted, no item names it any more."""
    _unlink_from_items(change, _MESSAGE)


def unlink_template(change: Change) -> None:
    """Called with the document event of a template: once it is deleted, no item names it any more."""
    _unlink_from_items(change, _CONTENT)


def unlink_item(change: Change) -> None:
    """Called with the document event of a vault item: once it is deleted, no message or template names it any more.

    One read and one batch, neither if it had no links. An item of the same id may have been stored since: its links
    stay.
    """
    if not change.deleted or not any(_linked(change, side) for side in (_MESSAGE, _CONTENT)):
        return
    again = vault.find(change.uid, change.id)
    _apply(
        [
            side.to_unlink(change.uid, other, change.id)
            for side in (_MESSAGE, _CONTENT)
            for other in _linked(change, side)
            if again is None or other not in again.links(side.kind)
        ]
    )


def _linked(change: Change, side: _Side) -> Sequence[str]:
    """The ids of that kind that the item named before the change."""
    return (change.before or {}).get(LINK_FIELDS[side.kind]) or ()


def _unlink_from_items(change: Change, side: _Side) -> None:
    """One batch, none if nothing was linked."""
    items = (change.before or {}).get("linked_vault_ids") if change.deleted else None
    _apply([vault.to_unlink(change.uid, id, side.kind, change.id) for id in items or ()])


def _apply(unlinking: Sequence[Write]) -> None:
    """Each on its own: the other side may be deleted too by now."""
    if unlinking:
        firestore.client().apply_each(unlinking)


def _link(uid: str, id: str, other: str, side: _Side, version: datetime | None) -> VaultItem:
    unknown = NotFound(f"There is no {side.noun} with this id.")
    if not is_valid_id(other):
        raise unknown
    item, target = together.read(vault.lookup(uid, id), side.lookup(uid, other))
    if item is None:
        raise NotFound("There is no vault item with this id.")
    if target is None:
        raise unknown
    if version is not None and item.version != version:
        raise PreconditionFailed.changed("vault item")
    links = item.links(side.kind)
    if other not in links and max(len(links), len(target.linked_vault_ids)) >= MAX_LINKS:
        sentence = f"A vault item, and what is linked with it, has at most {MAX_LINKS} links of a kind."
        raise Invalid.of(f"{side.kind}_id", sentence)
    return vault.link(item, side.kind, other, beside=[side.to_link(uid, other, id)])


def _one_id(field: str, in_query: str | None, in_body: str | None) -> str:
    """The body wins; two that differ are a mistake."""
    if in_query and in_body and in_query != in_body:
        raise Invalid.at(field, "the query and the body name different ids; give one")
    chosen = in_body or in_query
    if not chosen:
        raise Invalid.at(field, "required, in the query or the body")
    return chosen
