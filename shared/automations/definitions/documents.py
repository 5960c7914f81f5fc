"""The documents that the settings of a trigger or a step name by their ids."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_COLLECTIONS = {
    "automation_id": "automations",
    "outreach_id": "outreach",
    "prospect_id": "prospects",
    "template_id": "templates",
}


@dataclass(frozen=True)
class Reference:
    """A document of the automation's owner, and the setting that names it."""

    field: str
    collection: str
    id: str


def references_by_name(config: Mapping[str, Any]) -> Iterator[Reference]:
    """Documents named by settings that are called as everywhere: `prospect_id` names a prospect."""
    for field, collection in _COLLECTIONS.items():
        if isinstance(id := config.get(field), str):
            yield Reference(field, collection, id)
