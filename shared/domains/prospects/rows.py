"""Rows of one request, each checked on its own: the good ones go on, the others are named."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.domains.prospects.models import Prospect
from shared.domains.prospects.service import repository
from shared.errors import AppError, FieldError, Invalid, NotFound

M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], rows: Sequence[Any], field: str) -> tuple[list[tuple[int, M]], list[str]]:
    """The good rows with their numbers from 0, and a sentence for each fault. Raises Invalid when none is good."""
    good: list[tuple[int, M]] = []
    faults: list[FieldError] = []
    for number, row in enumerate(rows):
        try:
            good.append((number, model.model_validate(row)))
        except ValidationError as error:
            faults.extend(_faults(error, f"{field}.{number}"))
    sentences = [f"{fault.field}: {fault.message}" for fault in faults]
    if not good:
        raise Invalid("; ".join(sentences[:20]), errors=faults[:20])
    return good, sentences


def existing(uid: str, ids: Sequence[str]) -> tuple[dict[str, Prospect], list[str]]:
    """The prospects of these ids, and a sentence for each unknown one: one round trip. Raises NotFound for none."""
    found = repository.get_many(uid, ids)
    if not found:
        raise NotFound("There is no prospect with " + ("this id." if len(ids) == 1 else "any of these ids."))
    return found, [unknown(id) for id in dict.fromkeys(ids) if id not in found]


def unknown(id: str) -> str:
    return f"{id}: there is no prospect with this id"


def refused(id: str, error: AppError) -> str:
    """Why one write of a batch was not made."""
    return unknown(id) if isinstance(error, NotFound) else f"{id}: {error.detail}"


def _faults(error: ValidationError, prefix: str) -> list[FieldError]:
    return [
        FieldError(".".join([prefix, *map(str, found["loc"])]), found["msg"].removeprefix("Value error, "))
        for found in error.errors(include_url=False, include_input=False)
    ]
