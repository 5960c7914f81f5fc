"""Lists the documents that the settings of a trigger or a step name by id."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.kit.fields import ReadFields

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


def references_by_name(config: ReadFields) -> Iterator[Reference]:
    """Yields the documents that settings of the usual names refer to, such as `prospect_id` to a prospect."""
    for field, collection in _COLLECTIONS.items():
        if isinstance(id := config.get(field), str):
            yield Reference(field, collection, id)
