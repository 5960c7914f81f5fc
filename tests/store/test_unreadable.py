"""A stored document that is odd, or no longer fits its model, never breaks a list of its kind."""

import importlib
import pkgutil
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter

import shared
from shared.errors import Unreadable
from shared.gcp import firestore, writes
from shared.store.repository import Repository
from tests.contract.operations import operations
from tests.fixtures.api import Api
from tests.fixtures.indexes import Need, declared
from tests.kit.test_whitespace import BLANKS

AT = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def _repositories() -> list[Repository[Any]]:
    """Every repository of the code, found in its modules."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(shared.__path__, "shared.")]
    found = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Repository)}
    return list(found.values())


def _plant(repository: Repository[Any], uid: str, id: str, fields: dict[str, Any]) -> None:
    path = repository.path(uid, id)
    firestore.client().commit([writes.create(path, {"created_at": AT, "updated_at": AT, **fields})])


@pytest.mark.usefixtures("local_settings")
@pytest.mark.parametrize("repository", _repositories(), ids=lambda repository: str(repository.collection))
def test_a_document_that_fits_no_model_is_left_out_of_lists(repository: Repository[Any]) -> None:
    _plant(repository, "u", "broken", {"created_at": "yesterday", "updated_at": AT})
    if declared().serves(Need(str(repository.collection), "COLLECTION", (), (("created_at", "DESCENDING"),))):
        assert repository.page("u").items == []  # others have no list
    assert repository.select("u") == []
    assert list(repository.each("u")) == []
    assert repository.get_many("u", ["broken"]) == {}
    with pytest.raises(Unreadable, match=r"broken does not fit its model: .*created_at") as raised:
        repository.get("u", "broken")
    assert raised.value.retriable


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    return TypeAdapter(Annotated[field.annotation, *field.metadata, Field()])  # type: ignore[arg-type]


def _values(model: type[BaseModel], text: str) -> dict[str, Any]:
    """The model's fields, each that takes a text with this one."""
    given: dict[str, Any] = {"id": "1", "user_id": "u", "created_at": AT, "updated_at": AT}
    for name, field in model.model_fields.items():
        part = field.annotation
        nested = _values(part, text) if isinstance(part, type) and issubclass(part, BaseModel) else {}
        options = [option for inner in get_args(part) for option in (inner, *get_args(inner))]
        choices: list[Any] = [text, [text], AT, nested, [], 0, *options]
        fitting = [value for value in choices if _fits(model, name, value)]
        if name not in given and (fitting or field.is_required()):
            given[name] = fitting[0]
    return given


def _fits(model: type[BaseModel], name: str, value: Any) -> bool:
    try:
        _adapter(model, name).validate_python(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", ["", *(character for character in BLANKS if character != "\ud800")], ids=ascii)
def test_odd_texts_in_every_field_can_be_answered(text: str) -> None:
    for repository in _repositories():
        assert repository.model.model_validate(_values(repository.model, text)).model_dump_json()


def test_every_list_is_answered_beside_an_odd_and_a_broken_document(api: Api) -> None:
    for repository in _repositories():
        for number, text in enumerate(["", "\x1f", "\u2028"]):
            fields = repository.model.model_validate(_values(repository.model, text)).stored()
            _plant(repository, api.uid, f"odd{number}", fields)
        _plant(repository, api.uid, "broken", {"created_at": "yesterday"})
    lists = [op for op in operations() if op.method == "GET" and op.pages and "{" not in op.path]
    assert len(lists) > 10
    answers = {op.path: api.http.get(op.path, headers=op.signed(api)) for op in lists}
    assert {path: answer.text for path, answer in answers.items() if answer.status_code != 200} == {}


@pytest.mark.parametrize("name", ["\x1f", "\x1c \x1d", "\u200b", "\ufeff", "\u2028", "\x85", "\xa0"], ids=ascii)
def test_a_blank_name_is_refused_and_the_calendar_stays(api: Api, name: str) -> None:
    refused = api.http.post("/api/prospects", json={"name": name})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "name"
    id = api.post("/api/prospects", {"name": f"{name}Ann{name}"})["prospect"]["id"]
    made = api.post("/api/calendar/", {"scheduled_date": "2031-02-03", "prospect_id": id})["event"]
    assert made["prospect_name"] == "Ann"
    assert made["suggested_message"].startswith("Hi Ann,")
    assert api.get("/api/calendar")["total"] == 1
