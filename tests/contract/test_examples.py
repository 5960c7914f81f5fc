"""The examples of the description are what they seem: complete, valid, and answered with success."""

import json

import pytest

from infra import openapi
from infra.examples import EXAMPLES
from infra.openapi.examples import published
from tests.contract.operations import Operation, operations
from tests.contract.prepared import ready
from tests.fixtures.api import Api


def _with_body() -> list[Operation]:
    return [operation for operation in operations() if "requestBody" in operation.described]


def test_every_body_has_an_example_and_every_example_an_operation() -> None:
    assert sorted(EXAMPLES) == sorted(operation.name for operation in _with_body())


def test_an_example_fits_its_model_without_conversion() -> None:
    for _, router, route in openapi.routes():
        if route.body:
            media = published(f"{route.method} {router.prefix}{route.path}")
            for shown in (
                [media["example"]] if "example" in media else [form["value"] for form in media["examples"].values()]
            ):
                route.body.model_validate_json(json.dumps(shown), strict=True)


@pytest.mark.timeout(240)
def test_an_example_is_answered_with_success(api: Api) -> None:
    """Of the rows and ids in it, too, none is refused."""
    problems: list[str] = []
    for operation in _with_body():
        with ready(api, operation) as (user, ids):
            answer = operation.call(user, ids, linked=False)
        if not answer.is_success or ("json" in answer.headers["content-type"] and answer.json().get("errors")):
            problems.append(f"{operation.name}: {answer.status_code} {answer.text[:300]}")
    assert not problems, "\n".join(problems)
