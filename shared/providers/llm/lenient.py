"""Reads the JSON that a language model means: within fences, behind its thoughts or a line of prose, item by item."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from shared.providers.llm import loose_json
from shared.providers.llm.thoughts import without_thoughts

T = TypeVar("T", bound=BaseModel)
_PROBLEMS = 5
_DEEPEST = 3  # objects around the answer


class Unusable(ValueError):
    """An answer that cannot be read as what was asked for; its text says what is wrong."""


def read(text: str, answer: type[T]) -> T:
    """The answer that the text holds. Raises Unusable.

    Entries of a list that do not fit are left out, where others do; null stands for a field's default, and a figure
    that is written as text, or a text that is written as a figure, for itself.
    """
    problem = "there is no JSON in it"
    for value in _meant(text, answer):
        whole = _as_object(value, answer)
        if whole is None:
            problem = f"it has none of the fields {', '.join(answer.model_fields)}"
            continue
        try:
            return answer.model_validate(_fitted(whole, answer))
        except ValidationError as error:
            problem = _problem(error)
    raise Unusable(problem)


def _meant(text: str, answer: type[BaseModel]) -> Iterator[Any]:
    """The values that may be the answer: behind all thoughts, one by one and several together, then mended ones."""
    plain = without_thoughts(text).strip()
    values = list(loose_json.values(plain))
    parts = [one for one in values if isinstance(one, dict) and answer.model_fields.keys() & one.keys()]
    if len(parts) > 1 and len({name for part in parts for name in part}) == sum(map(len, parts)):
        yield {name: content for part in parts for name, content in part.items()}
    if len(values) > 1 and not parts and all(isinstance(one, dict) for one in values):
        yield values
    yield from values
    yield from loose_json.mended(plain)
    yield from loose_json.values(text)


def _as_object(value: Any, answer: type[BaseModel], deep: int = 0) -> Mapping[str, Any] | None:
    """The value, or the list as the only field that takes one; an object that has the answer under any name."""
    fields = answer.model_fields
    if deep > _DEEPEST:
        return None
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = next(loose_json.values(value.strip()), None)
    if isinstance(value, list):
        inner = [one for one in value if isinstance(one, dict) and fields.keys() & one.keys()]
        return inner[0] if inner else _as_only_list(value, answer)
    if not isinstance(value, dict):
        return None
    named = {_plain_name(name): content for name, content in value.items()}
    if fields.keys() & named.keys():
        return named
    held = (_as_object(one, answer, deep + 1) for one in value.values() if isinstance(one, dict | str))
    return next((one for one in held if one is not None), None) or _as_only_list(value, answer)


def _as_only_list(value: Any, answer: type[BaseModel]) -> Mapping[str, Any] | None:
    """The value as the field that takes a list, where that is the only one and the value's entries fit into it."""
    lists = [(name, field) for name, field in answer.model_fields.items() if _is_list(field.annotation)]
    if len(lists) != 1:
        return None
    name, field = lists[0]
    entry = next(iter(get_args(field.annotation)), Any)
    return {name: value} if isinstance(value, list) or _is_by_key(value, entry) else None


def _is_by_key(value: Any, entry: Any) -> bool:
    """Whether entries of two fields are written as an object, with the first of them as its keys."""
    two = isinstance(entry, type) and issubclass(entry, BaseModel) and len(entry.model_fields) == 2
    return two and isinstance(value, dict) and bool(value) and all(isinstance(one, str) for one in value.values())


def _plain_name(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_")


def _fitted(value: Mapping[str, Any], answer: type[BaseModel]) -> dict[str, Any]:
    """The fields as their types want them."""
    fitted: dict[str, Any] = {}
    for name, content in value.items():
        field = answer.model_fields.get(name)
        if field is None or (content is None and not field.is_required() and not _takes_none(field)):
            continue
        fitted[name] = _content(content, field)
    return fitted


def _content(content: Any, field: FieldInfo) -> Any:
    kind = field.annotation
    if _is_list(kind):
        entry = next(iter(get_args(kind)), Any)
        entries = _entries(content, entry)
        good = [converted for one in entries for converted in _entry(one, entry)]
        return good if good or not entries else entries
    return next(iter(_entry(content, kind)), None if _takes_none(field) else content)


def _entries(content: Any, entry: Any) -> list[Any]:
    if content is None:
        return []
    if _is_by_key(content, entry) and not entry.model_fields.keys() & content.keys():
        return [list(pair) for pair in content.items()]
    return content if isinstance(content, list) else [content]


def _entry(content: Any, kind: Any) -> Iterator[Any]:
    """The content as its type wants it; nothing if it does not fit."""
    kind = _bare_type(kind) if content is not None else kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if isinstance(content, list) and len(content) == len(kind.model_fields):
            content = dict(zip(kind.model_fields, content, strict=True))
        content = {next(iter(kind.model_fields)): content} if isinstance(content, str) else content
        if isinstance(content, dict):
            content = _fitted({_plain_name(name): value for name, value in content.items()}, kind)
        try:
            kind.model_validate(content)
        except ValidationError:
            return
    elif kind is str:
        if isinstance(content, dict | list) or content is None:
            return
        content = content if isinstance(content, str) else json.dumps(content)
    elif kind in (int, float):
        try:
            figure = float(re.sub(r"^[^\d.+-]{1,20}(?=[\d.+-])|[\]%]$", "", str(content).strip()))
            content = kind(figure)
        except (ValueError, OverflowError):
            return
        if content != figure:
            return
    yield content


def _bare_type(kind: Any) -> Any:
    """The type without its annotations, and without None."""
    if get_origin(kind) is not None and hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    inner = [one for one in get_args(kind) if one is not type(None)]
    return inner[0] if type(None) in get_args(kind) and len(inner) == 1 else kind


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is list


def _takes_none(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation)


def _problem(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:_PROBLEMS])
