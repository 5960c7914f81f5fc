"""Rows of one request, each checked on its own: the good ones go on, every one gets its answer."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from shared.domains.prospects.models import Prospect
from shared.domains.prospects.repository import repository
from shared.errors import AppError, FieldError, Invalid, NotFound
from shared.kit.ids import is_valid_id
from shared.kit.schema import Id, Model

M = TypeVar("M", bound=BaseModel)
_ID = TypeAdapter(Id)


class RowResult(Model):
    """What became of one row of the request."""

    index: Annotated[int, Field(description="The row's place in the request, from 0.")]
    prospect_id: str | None = None
    error: Annotated[str | None, Field(description="Why nothing was stored; null where it was.")] = None


class Answers:
    """Collects what becomes of the rows; `errors` are the sentences for all that was refused."""

    def __init__(self, number: int) -> None:
        self._results = [RowResult(index=index) for index in range(number)]
        self.errors: list[str] = []

    def refuse(self, index: int, sentence: str, prospect_id: str | None = None) -> None:
        self.errors.append(sentence)
        self._set(index, sentence, prospect_id)

    def store(self, index: int, prospect_id: str) -> None:
        self._results[index].prospect_id = prospect_id

    def settle(self, indexes: Mapping[str, Sequence[int]], refusals: Mapping[str, str]) -> None:
        """The answer for the rows of each id: the refusal of it, or that it was stored."""
        self.errors += list(refusals.values())
        for id, places in indexes.items():
            for index in places:
                self._set(index, refusals.get(id), id)

    def results(self) -> list[RowResult]:
        return self._results

    def _set(self, index: int, sentence: str | None, prospect_id: str | None) -> None:
        result = self._results[index]
        result.prospect_id = prospect_id or result.prospect_id
        result.error = "; ".join(filter(None, [result.error, sentence])) or None


def checked(model: type[M], rows: Sequence[Any], field: str, answers: Answers) -> list[tuple[int, M]]:
    """The good rows with their numbers from 0; the others are refused. Raises Invalid when none is good."""
    good: list[tuple[int, M]] = []
    faults: list[FieldError] = []
    for number, row in enumerate(rows):
        try:
            good.append((number, model.model_validate(row)))
        except ValidationError as error:
            for fault in _faults(error, f"{field}.{number}"):
                faults.append(fault)
                answers.refuse(number, f"{fault.field}: {fault.message}")
    if not good:
        raise Invalid("; ".join(answers.errors[:20]), errors=faults[:20])
    return good


def places(ids: Sequence[Any], answers: Answers) -> dict[str, list[int]]:
    """The rows of each different id; what is no id is refused. Raises Invalid when none is one."""
    indexes: dict[str, list[int]] = {}
    faults: list[FieldError] = []
    for index, id in enumerate(ids):
        try:
            indexes.setdefault(_ID.validate_python(id), []).append(index)
        except ValidationError as error:
            [fault] = _faults(error, f"prospect_ids.{index}")
            faults.append(fault)
            answers.refuse(index, f"{fault.field}: {fault.message}")
    if not indexes:
        raise Invalid("; ".join(answers.errors[:20]), errors=faults[:20])
    return indexes


def existing(uid: str, ids: Sequence[str]) -> tuple[dict[str, Prospect], dict[str, str]]:
    """The prospects of these ids, and a sentence for each unknown one: one round trip. Raises NotFound for none."""
    stored = repository.get_many(uid, [id for id in ids if is_valid_id(id)])
    if not stored:
        raise NotFound("There is no prospect with " + ("this id." if len(ids) == 1 else "any of these ids."))
    return stored, {id: unknown(id) for id in ids if id not in stored}


def unknown(id: str) -> str:
    return f"{id}: there is no prospect with this id"


def refused(id: str, error: AppError) -> str:
    """Why one write of a batch was not made."""
    return unknown(id) if isinstance(error, NotFound) else f"{id}: {error.detail}"


def _faults(error: ValidationError, prefix: str) -> list[FieldError]:
    return [
        FieldError(".".join([prefix, *map(str, problem["loc"])]), problem["msg"].removeprefix("Value error, "))
        for problem in error.errors(include_url=False, include_input=False)
    ]
