"""What an item means, as a vector: made when it is written, kept with it, and made anew where it is missing."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domains.vault.models import VaultItem
from shared.kit.vectors import packed, unpacked
from shared.providers import embed

_TEXT = {"title", "tags", "summary"}  # what the vector is made of
_LEAD = 600  # characters of the summary: more would make all long items alike


def vector_fields(item: VaultItem) -> dict[str, Any]:
    """The item's vector and whose it is, to be stored."""
    model = embed.built_in()
    return {"vector": packed(model.embed([_text(item)])[0]), "vector_model": model.name}


def renewed(item: VaultItem, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a change, with the vector that the changed item has."""
    if not _TEXT & fields.keys():
        return dict(fields)
    return {**fields, **vector_fields(item.model_copy(update=dict(fields)))}


def vectors(items: Sequence[VaultItem]) -> Any:
    """A float32 row of length 1 for each item. Those of another model, or without one, are computed here."""
    model = embed.built_in()
    missing = [item for item in items if item.vector_model != model.name or not item.vector]
    made = dict(zip((item.id for item in missing), model.embed([_text(item) for item in missing]), strict=True))
    return unpacked([packed(made[item.id]) if item.id in made else item.vector or b"" for item in items])


def likeness(text: str, items: Sequence[VaultItem]) -> list[float]:
    """The cosine of a text with each item."""
    if not items:
        return []
    cosines: list[float] = (vectors(items) @ embed.built_in().embed([text])[0]).tolist()
    return cosines


def _text(item: VaultItem) -> str:
    """The title three times: it says in few words what the item is about."""
    return "\n".join([item.title] * 3 + item.tags + [item.summary[:_LEAD]])
