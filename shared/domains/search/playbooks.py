"""The library's playbooks among a user's documents: one small segment that all users share."""

from functools import cache
from typing import Any

from shared.domains.playbooks.library import LIBRARY
from shared.search import indexing
from shared.search.kinds import KINDS, entries_of
from shared.search.segments import Segment

_KIND = KINDS["playbooks"]


@cache
def segment() -> Segment:
    """The index of the library; made once in an instance."""
    entries = {_KIND.key(id): entries_of(_KIND, id, data) for id in LIBRARY if (data := fields(id))}
    return indexing.segment_of(entries, waits=False)


def fields(id: str) -> dict[str, Any] | None:
    """The fields of one playbook; None where there is none of this id."""
    playbook = LIBRARY.get(id)
    if playbook is None:
        return None
    prompts = [f"{prompt.title}\n{prompt.prompt}" for prompt in playbook.prompts]
    return playbook.model_dump(include={"name", "description", "category", "tags", "created_at"}) | {"prompts": prompts}
