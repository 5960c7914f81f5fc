"""Warns of documents that a definition names by id and that are missing."""

from collections.abc import Iterator

from shared.automations.catalog.registry import ACTIONS
from shared.automations.definitions import program
from shared.automations.definitions.documents import Reference
from shared.automations.definitions.models import Automation
from shared.automations.triggers import TRIGGERS
from shared.gcp import firestore
from shared.kit.ids import is_valid_id


def warnings(automation: Automation) -> list[str]:
    """A sentence for each missing document that the automation names: one round trip, none without ids."""
    named = list(dict.fromkeys(_named(automation)))
    paths = [f"users/{automation.user_id}/{reference.collection}/{reference.id}" for _, reference in named]
    documents = firestore.client().get_all(paths)
    return [
        f"{consequence}: there is no {reference.noun} {reference.id} ({reference.field})."
        for (consequence, reference), document in zip(named, documents, strict=True)
        if document is None
    ]


def _named(automation: Automation) -> Iterator[tuple[str, Reference]]:
    """Yields each document that the definition names by an id, after what fails if it is missing."""
    for reference in TRIGGERS[automation.trigger].references(automation.trigger_config):
        yield "Nothing will start it", reference
    for step in (instruction.step for instruction in program.compiled(automation.steps)):
        for reference in ACTIONS[step.action].references(step.config):
            if "{{" not in reference.id and is_valid_id(reference.id):
                yield f"Step {step.id} will fail", reference
