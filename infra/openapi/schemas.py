"""Generates the JSON schemas of bodies and answers, with names, descriptions and defaults."""

from collections.abc import Iterable, Iterator, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

from infra.openapi import texts, wording
from infra.openapi.names import nouns
from shared.kit.paging import Searched
from shared.kit.schema import Entity, Update
from shared.runtime.router import Many, Route

_REF = "#/components/schemas/{model}"


class _Generator(GenerateJsonSchema):
    """Marks every field of an answer as required, those with a default too, since answers always have them."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        if self.mode == "serialization":
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class Schemas:
    """The schemas of all routes' models.

    A default is part of the description and no keyword of the schema: type generators take a field with a default for
    always present, and would require it in bodies.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        wanted = {key for route in routes for key in _models(route)}
        ordered = sorted(wanted, key=lambda key: (key[0].__name__, key[0].__module__, key[1]))
        references, generated = models_json_schema(
            ordered, by_alias=True, ref_template=_REF, schema_generator=_Generator
        )
        definitions = generated.get("$defs", {})
        names = nouns(definitions)
        self._references = {key: _renamed(reference, names) for key, reference in references.items()}
        self._components = {names[key]: _renamed(schema, names) for key, schema in definitions.items()}
        self._sent = self._reached(self._references[key] for key in wanted if key[1] == "validation")
        self._queries = {_name(self.sent(route.query)) for route in routes if route.query and not route.body}
        self._entities = {
            _name(self.sent(route.body)): entity
            for route in routes
            if route.body and issubclass(route.body, Update) and (entity := entity_of(route))
        }
        for name, schema in self._components.items():
            self._describe(name, schema)

    def sent(self, model: type[BaseModel]) -> dict[str, Any]:
        reference: dict[str, Any] = self._references[(model, "validation")]
        return reference

    def answered(self, model: type[BaseModel]) -> dict[str, Any]:
        reference: dict[str, Any] = self._references[(model, "serialization")]
        return reference

    def fields(self, model: type[BaseModel]) -> dict[str, dict[str, Any]]:
        """The schemas of a body's or query's fields."""
        fields: dict[str, dict[str, Any]] = self._components[_name(self.sent(model))].get("properties", {})
        return fields

    def required(self, model: type[BaseModel]) -> list[str]:
        required: list[str] = self._components[_name(self.sent(model))].get("required", [])
        return required

    def names(self) -> dict[str, list[str]]:
        """The field names of every schema."""
        return {name: list(schema.get("properties", {})) for name, schema in self._components.items()}

    def referenced(self, paths: Any) -> dict[str, Any]:
        """The components that the paths refer to, without defaults. A query's fields are parameters instead."""
        used = self._reached([paths])
        return {name: _bare(schema) for name, schema in self._components.items() if name in used}

    def _describe(self, name: str, schema: dict[str, Any]) -> None:
        sent, entity = name in self._sent, self._entities.get(name)
        for field, described in schema.get("properties", {}).items():
            text = texts.of_field(name, field, described.get("description"))
            null = (
                wording.null_in_update(entity, field) if entity else "" if name in self._queries else wording.NULL_SENT
            )
            if text:
                described["description"] = wording.complete(text, described, sent=sent, null=null)

    def _reached(self, roots: Iterable[Any]) -> set[str]:
        """The models that the roots refer to, directly or through other models."""
        reached: set[str] = set()
        pending = [name for root in roots for name in _references(root)]
        while pending:
            name = pending.pop()
            if name in self._components and name not in reached:
                reached.add(name)
                pending += _references(self._components[name])
        return reached


def entity_of(route: Route) -> type[Entity] | None:
    """The entity that a route answers: the model itself, or the only entity among its fields."""
    kinds = [route.answer.model, *(_not_null(field.annotation) for field in route.answer.model.model_fields.values())]
    entities = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Entity)]
    return entities[0] if len(entities) == 1 else None


def _not_null(annotation: Any) -> Any:
    """The type of a field without null."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if get_origin(annotation) in (Union, UnionType) and len(kinds) == 1 else annotation


def _models(route: Route) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    yield route.answer.model, "serialization"
    if isinstance(route.answer, Many):
        yield Searched, "serialization"
        if route.answer.row:
            yield route.answer.row, "serialization"
    for model in (route.body, route.query):
        if model:
            yield model, "validation"


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _references(value: Any) -> list[str]:
    """The names of the schemas that a part of the document refers to."""
    if isinstance(value, dict):
        target = value.get("$ref")
        is_schema = isinstance(target, str) and target.startswith("#/components/schemas/")
        return [str(target).rsplit("/", 1)[-1]] * is_schema + [
            name for part in value.values() for name in _references(part)
        ]
    return [name for part in value for name in _references(part)] if isinstance(value, list) else []


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _REF.format(model=names[part.rsplit("/", 1)[-1]]) if key == "$ref" else _renamed(part, names)
        for key, part in value.items()
    }


def without_defaults(fields: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {key: part for key, part in field.items() if key != "default"} for name, field in fields.items()}


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "properties": without_defaults(schema["properties"])} if "properties" in schema else schema
