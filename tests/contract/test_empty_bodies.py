"""An update that changes nothing is refused where the description says so, and nowhere else."""

from tests.contract.operations import Operation, operations, resolved
from tests.contract.prepared import ready
from tests.fixtures.api import Api


def _needs_a_field(operation: Operation) -> bool:
    schema = resolved(operation.described["requestBody"]["content"]["application/json"]["schema"])
    return schema.get("minProperties") == 1


def _refuses_none(api: Api, operation: Operation) -> bool:
    with ready(api, operation) as (user, ids):
        url = operation.path
        for route in operation.routes:
            url = url.replace(route[route.rindex("{") :], ids[route], 1)
        answer = user.http.request(operation.method, url, json={})
        if answer.status_code == 422:  # a body that replaces something whole, and lacks it
            assert "is required" in answer.json()["detail"]
            return False
        assert answer.status_code in (200, 400), f"{operation.name}: {answer.status_code} {answer.text[:200]}"
        return answer.status_code == 400 and answer.json()["detail"] == "No fields to update"


def test_an_update_without_fields_is_refused_exactly_where_the_description_says_so(api: Api) -> None:
    updates = [each for each in operations() if each.method in ("PUT", "PATCH") and each.takes_json]
    described = {each.name: _needs_a_field(each) for each in updates}
    assert len(set(described.values())) == 2
    assert {each.name: _refuses_none(api, each) for each in updates} == described
