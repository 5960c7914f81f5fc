"""Every answer about one entity has its tag, and a tag that is out of date keeps a call from changing anything."""

from typing import Any

import httpx
import pytest

from tests.contract.entities import Ids
from tests.contract.operations import Operation, operations
from tests.contract.prepared import ready
from tests.fixtures.api import Api

pytestmark = pytest.mark.timeout(240)

STALE = '"1"'
# Calls that change an entity whatever became of it meanwhile, and why.
_SAID = ("approve", "cancel", "pause", "reject", "resume", "retry")
_EXECUTION, _JOB = "POST /api/automations/{id}/executions/{execution_id}", "POST /api/batch/{id}"
UNGUARDED = {
    **{f"{_EXECUTION}/{said}": "counts, whatever the run does at that moment" for said in _SAID},
    **{f"{_JOB}/{said}": "counts, however far the job is" for said in ("cancel", "pause", "resume")},
    "DELETE /api/system/dead-letters/{id}": "a letter has no tag: what operators delete is done with",
}


def _entities(answer: httpx.Response) -> list[dict[str, Any]]:
    if answer.headers["content-type"] != "application/json":
        return []
    values = answer.json().values()
    return [value for value in values if isinstance(value, dict) and {"id", "user_id"} <= value.keys()]


def _changes_it(operation: Operation, answer: httpx.Response, ids: Ids) -> bool:
    """Whether the call has changed the entity that its path names."""
    if operation.method == "GET" or not operation.routes:
        return False
    return operation.method != "POST" or ids[operation.routes[-1]] in [entity["id"] for entity in _entities(answer)]


def _problem(api: Api, operation: Operation) -> str | None:
    guarded = any(parameter["name"] == "If-Match" for parameter in operation.parameters)
    with ready(api, operation) as (user, ids):
        user.http.headers["If-Match"] = STALE
        answer = operation.call(user, ids, linked=False)
        if (answer.status_code == 412) != guarded:
            return f"{operation.name} with an old tag: {answer.status_code}; If-Match described: {guarded}"
        if answer.status_code == 412:
            del user.http.headers["If-Match"]
            answer = operation.call(user, ids, linked=False)
        elif _changes_it(operation, answer, ids) and operation.name not in UNGUARDED:
            return f"{operation.name} with an old tag: {answer.status_code} {answer.text[:200]}"
    if not answer.is_success:
        return f"{operation.name}: {answer.status_code} {answer.text[:200]}"
    if len(_entities(answer)) == 1 and "etag" not in answer.headers:
        return f"{operation.name}: no ETag"
    return _problem_of_headers(operation, answer)


def _problem_of_headers(operation: Operation, answer: httpx.Response) -> str | None:
    """A header that the description promises and the answer has not, or the other way round."""
    described = operation.described["responses"][str(answer.status_code)]["headers"].keys()
    compared = {"ETag", "X-Request-Id", "Content-Disposition"}
    sent = {name for name in compared if name in answer.headers}
    return f"{operation.name} answers {sent}" if sent != described & compared else None


def test_every_entity_has_a_tag_that_guards_it(api: Api) -> None:
    problems = [_problem(api, operation) for operation in operations()]
    assert [problem for problem in problems if problem] == []


def test_the_tag_of_an_answer_is_that_of_the_entity(api: Api) -> None:
    """Whether it was made, switched, written or read: its tag lets the next change through, and only one."""
    automation = {"name": "A", "trigger": "manual", "actions": ["send_notification"]}
    made = api.http.post("/api/automations", json=automation)
    path = f"/api/automations/{made.json()['automation']['id']}"
    switched = api.http.post(f"{path}/activate", headers={"If-Match": made.headers["etag"]})
    assert switched.headers["etag"] == api.http.get(path).headers["etag"] != made.headers["etag"]
    assert api.http.post(f"{path}/deactivate", headers={"If-Match": made.headers["etag"]}).status_code == 412
    person = api.http.post("/api/prospects", json={"name": "Ann"})
    written = api.http.post("/api/outreach/generate", json={"prospect_id": person.json()["prospect"]["id"]})
    changes = {
        "prospect": (person, "/api/prospects", {"tags": ["a"]}),
        "outreach": (written, "/api/outreach", {"body": "B"}),
    }
    for noun, (answer, collection, change) in changes.items():
        url, tag = f"{collection}/{answer.json()[noun]['id']}", {"If-Match": answer.headers["etag"]}
        assert [api.http.patch(url, json=change, headers=tag).status_code for _ in (1, 2)] == [200, 412]
