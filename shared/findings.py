"""Turns pydantic's validation errors into Invalid: each field error names its field and, where it can, the way out."""

import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import FieldError, Invalid
from shared.kit.patterns import lazy_pattern

_MOST = 20
_OF_A_UNION = lazy_pattern(r"^(str|constrained-str|[a-z-]+\[.*)$", re.DOTALL)  # names the union member that was tried


def invalid(error: ValidationError, *, within: str = "", model: type[BaseModel] | None = None) -> Invalid:
    """The Invalid for a ValidationError. `within` is the field that held the validated value, `model` its model."""
    return invalid_from(error.errors(include_url=False, include_context=False), within=within, model=model)


def invalid_from(
    problems: Iterable[ErrorDetails], *, within: str = "", model: type[BaseModel] | None = None
) -> Invalid:
    """The Invalid for some of a ValidationError's errors: the first 20 distinct ones."""
    sentences = (FieldError(_field(problem, within), _sentence(problem, model)) for problem in problems)
    errors = list(dict.fromkeys(sentences))[:_MOST]
    return Invalid("; ".join(f"{e.field}: {e.message}" for e in errors), errors=errors)


def _field(error: ErrorDetails, within: str) -> str:
    return ".".join([*([within] if within else []), *_place(error)]) or "body"


def _place(error: ErrorDetails) -> Iterator[str]:
    for number, part in enumerate(error["loc"]):
        if number == 0 or isinstance(part, int) or not _OF_A_UNION.match(part):
            yield str(part)


def _sentence(error: ErrorDetails, model: type[BaseModel] | None) -> str:
    if error["type"] == "extra_forbidden":
        at_top = len(error["loc"]) == 1
        fields = model.model_fields if model and at_top and not issubclass(model, RootModel) else {}
        accepted = sorted(field.alias or name for name, field in fields.items())
        return f"unknown field; the fields here are {', '.join(accepted)}" if accepted else "unknown field; remove it"
    if error["type"] == "missing":
        return "is required"
    return error["msg"].removeprefix("Value error, ")
