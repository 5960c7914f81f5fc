"""No answer of a user's is kept by a cache on its way: Hosting's own network would serve it to the next caller.

firebase/firebase-functions#932: answers were kept by Hosting, whatever else their header said.
"""

import pytest

from infra.local import plain
from tests.fixtures.api import Api


@pytest.mark.parametrize("path", ["/api/prospects", "/api/prospects/none", "/api/nothing", "/api/account/deletion"])
def test_an_answer_is_its_callers_alone(api: Api, path: str) -> None:
    assert api.http.get(path).headers["Cache-Control"] == "private, no-cache"


def test_so_is_a_refusal(api: Api) -> None:
    refused = plain.get(f"{api.url}/api/prospects", headers={"Authorization": "Bearer nobody"})
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "private, no-cache")
