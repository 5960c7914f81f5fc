"""Views: what clients see of stored entities."""

from functools import cache
from typing import Any, Self

from shared.kit.schema import Entity


class View(Entity):
    """What clients see of a stored entity: the fields that the view names, under the same version."""

    @classmethod
    def copied(cls, entity: Entity, **more: Any) -> Self:
        """The view of an entity, with `more` that the entity does not have."""
        shown = {name: getattr(entity, name) for name in _shared_names(cls, type(entity))}
        view = cls.model_validate({**shown, **more}, from_attributes=True)
        if version := entity.version:
            view.note_stored(version, {})
        return view


@cache
def _shared_names(view: type[View], entity: type[Entity]) -> list[str]:
    """The fields of a view that are an entity's fields or properties: pydantic takes longer to look each up."""
    return [name for name in view.model_fields if name in entity.model_fields or hasattr(entity, name)]
