"""Fires when a document comes to match a saved search."""

from typing import Annotated

from pydantic import Field

from shared.automations.triggers.base import Trigger, TriggerConfig
from shared.kit.schema import Id
from shared.store.changes import Change


class Config(TriggerConfig):
    """Matches of `saved_search_id` only; of every saved search where it is left out. The search needs no alert; of each
    document it fires once. Steps see `search_match`: `saved_search_id`, `saved_search` (its name), `kind`,
    `document_id`, `title`, `link`, and the `prospect_id` that the document is about."""

    saved_search_id: Annotated[Id | None, Field(examples=["Kq3vT8mZpX2c"])] = None


def _is_meant(change: Change, config: Config) -> bool:
    found_by = (change.after or {}).get("saved_search_id")
    return config.saved_search_id is None or bool(config.saved_search_id == found_by)


TRIGGER = Trigger(
    name="saved_search_matched",
    title="A document matches a saved search",
    config=Config,
    collection="search_matches",
    concerns=lambda change: change.created,
    fires=_is_meant,
)
