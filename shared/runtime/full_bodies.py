"""Reduces whole entities that clients send back to the changed fields, and refuses changes of server-owned ones.

Costs a read of the entity, only for a PUT or PATCH with a field that its input does not have.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import AliasChoices, BaseModel
from pydantic_core import from_json, to_json

from shared.errors import FieldError, Invalid, MethodNotAllowed, NotFound, PreconditionFailed
from shared.kit.schema import Entity
from shared.runtime.router import One, Route, Router

_METHODS = ("PUT", "PATCH")
# Fields that the engine and other calls advance while a client holds the entity: an older value is no change.
_MOVES_ON = ("updated_at", "last_action", "last_executed_at", "next_run_at", "last_triggered", "last_contact")


def reading(router: Router, route: Route, path: str, body: Mapping[str, Any]) -> Route | None:
    """The GET route that reads the entity, if the body has fields of the entity that the input does not take.

    None for any other body.
    """
    if route.method not in _METHODS or route.body is None:
        return None
    try:
        reader, _ = router.match("GET", path)
    except (MethodNotAllowed, NotFound):
        return None
    if not isinstance(reader.answer, One):
        return None
    return reader if (body.keys() - _accepted(route.body)) & _answered(reader.answer.model) else None


def unchanged(route: Route, reader: Route, current: Entity) -> BaseModel:
    """The call's answer where no field has changed."""
    if isinstance(route.answer, One):
        return current
    assert isinstance(reader.answer, One)  # noqa: S101
    fields: dict[str, Any] = {reader.answer.noun: current}
    return route.answer.model.model_validate(fields)


def changes(
    route: Route, body: Mapping[str, Any], current: Entity, demanded: Collection[datetime] | None
) -> dict[str, Any]:
    """The fields of the body that differ from the entity.

    Raises Invalid for server-owned fields among them, PreconditionFailed where the entity has none of the demanded
    versions.
    """
    if demanded is not None and current.version not in demanded:
        raise PreconditionFailed.changed("entity")
    assert route.body is not None  # noqa: S101
    stored: dict[str, Any] = from_json(to_json(current, by_alias=True))
    differing = {name: value for name, value in body.items() if name not in stored or value != stored[name]}
    accepted = _accepted(route.body)
    owned = [name for name in differing if name not in accepted and name in stored]
    refused = [name for name in owned if not _has_moved_on(name, differing[name], stored[name])]
    if refused:
        sentence = "is set by the server; leave it out, or send it as it was read"
        errors = [FieldError(name, sentence) for name in refused]
        raise Invalid("; ".join(f"{name}: {sentence}" for name in refused) + ".", errors=errors)
    return {name: value for name, value in differing.items() if name not in owned}


def _has_moved_on(name: str, sent: Any, stored: Any) -> bool:
    """Whether the client's value may be an older one of a field that the engine advances."""
    if name in _MOVES_ON:
        return sent is None or isinstance(sent, str)
    counts = isinstance(sent, int) and isinstance(stored, int) and not isinstance(sent, bool)
    return counts and name.endswith("_count") and 0 <= sent <= stored


def _accepted(model: type[BaseModel]) -> set[str]:
    """All names of the input's fields, aliases included."""
    names = set(model.model_fields)
    for field in model.model_fields.values():
        alias = field.validation_alias
        names |= {str(choice) for choice in alias.choices} if isinstance(alias, AliasChoices) else set()
        names |= {alias} if isinstance(alias, str) else set()
    return names


def _answered(model: type[BaseModel]) -> set[str]:
    fields = {field.serialization_alias or name for name, field in model.model_fields.items()}
    return fields | set(model.model_computed_fields)
