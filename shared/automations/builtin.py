"""Definitions that are code: the product's own durable work runs on the same engine."""

from shared.automations.models import Step

DEFINITIONS: dict[str, list[Step]] = {}


def definition(automation_id: str) -> list[Step] | None:
    """The steps of the product's own automation of this name, if there is one."""
    return DEFINITIONS.get(automation_id)
