"""What an automation can be made of, with the settings' JSON schemas: a builder is generated from it."""

from typing import Any

from pydantic import BaseModel

from shared.automations.actions import ACTIONS
from shared.automations.triggers import TRIGGERS


class Piece(BaseModel):
    """A trigger or an action."""

    name: str
    title: str
    config_schema: dict[str, Any]


class Catalog(BaseModel):
    triggers: list[Piece]
    actions: list[Piece]


def catalog() -> Catalog:
    return Catalog(triggers=[_piece(t) for t in TRIGGERS.values()], actions=[_piece(a) for a in ACTIONS.values()])


def _piece(part: Any) -> Piece:
    return Piece(name=part.name, title=part.title, config_schema=part.config.model_json_schema())
