"""What a definition names by its id, and whether it is there: what names nothing is going to fail."""

from collections.abc import Iterator

from shared.automations.definitions import program
from shared.automations.definitions.models import Automation
from shared.gcp import firestore
from shared.kit.ids import is_valid_id

_COLLECTIONS = {
    "automation_id": "automations",
    "outreach_id": "outreach",
    "prospect_id": "prospects",
    "template_id": "templates",
}


def warnings(automation: Automation) -> list[str]:
    """A sentence for each document that is missing: one round trip, none where nothing names any."""
    named = list(dict.fromkeys(_named(automation)))
    paths = [f"users/{automation.user_id}/{_COLLECTIONS[field]}/{id}" for _, field, id in named]
    found = firestore.client().get_all(paths)
    return [
        f"{consequence}: there is no {_COLLECTIONS[field].rstrip('s')} {id} ({field})."
        for (consequence, field, id), document in zip(named, found, strict=True)
        if document is None
    ]


def _named(automation: Automation) -> Iterator[tuple[str, str, str]]:
    """What follows where it is missing, field and id; not where a placeholder is going to say which."""
    if id := automation.trigger_config.get("automation_id"):
        yield "Nothing will start it", "automation_id", id
    for instruction in program.compiled(automation.steps):
        for field in _COLLECTIONS:
            id = instruction.step.config.get(field)
            if isinstance(id, str) and "{{" not in id and is_valid_id(id):
                yield f"Step {instruction.step.id} will fail", field, id
