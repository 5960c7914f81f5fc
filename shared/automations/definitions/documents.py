"""Lists the documents that the settings of a trigger or a step name by id."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.kit.fields import ReadFields

_COLLECTIONS = {
    "automation_id": "automations",
    "outreach_id": "outreach",
    "prospect_id": "prospects",
    "saved_search_id": "saved_searches",
    "template_id": "templates",
}


def noun_of(collection: str) -> str:
    """One document of a collection: prospects -> prospect, search_matches -> search_match."""
    return collection.removesuffix("es") if collection.endswith("ches") else collection.rstrip("s")


@dataclass(frozen=True)
class Reference:
    """A document of the automation's owner, and the setting that names it."""

    field: str
    collection: str
    id: str

    @property
    def noun(self) -> str:
        """What people call such a document."""
        return noun_of(self.collection).replace("_", " ")


def references_by_name(config: ReadFields) -> Iterator[Reference]:
    """Yields the documents that settings of the usual names refer to, such as `prospect_id` to a prospect."""
    for field, collection in _COLLECTIONS.items():
        if isinstance(id := config.get(field), str):
            yield Reference(field, collection, id)
