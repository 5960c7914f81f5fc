"""/api/openapi.json and /api/docs."""

import httpx

from infra import openapi
from tests.fixtures.served import Served


def test_the_file_is_what_the_code_says() -> None:
    assert openapi.FILE.read_text() == openapi.text(), "run `make fmt`"


def test_both_are_public_and_served(served: Served) -> None:
    api = httpx.get(f"{served.url}/api/openapi.json").json()
    assert api["openapi"] == "3.1.0"
    assert "/api/prospects/{id}" in api["paths"]
    page = httpx.get(f"{served.url}/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_operation_ids_are_unique() -> None:
    operations = [operation for path in openapi.document()["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
