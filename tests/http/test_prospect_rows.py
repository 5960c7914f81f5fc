"""One bad row never refuses a batch: each row is answered by its index."""

from typing import Any

import pytest

from shared.domains.prospects import creation, service
from shared.domains.prospects.models import ProspectInput
from shared.errors import PayloadTooLarge
from tests.fixtures.api import Api

BAD_ROWS: list[Any] = [None, 7, "text", [], {}, {"name": " "}, {"name": "X", "email": "nope"}, {"name": ["X"]}]
BAD_IDS: list[Any] = [None, 7, "", " ", [], {}, "x" * 200, "__odd__", "a/b", "missing"]
ANALYSIS = {"summary": "S", "fit_likelihood": "high", "suggested_outreach_angle": "A"}


def indexes(body: dict[str, Any]) -> tuple[list[int], list[int]]:
    """The rows that were stored, and those that were refused with a reason."""
    rows = body["rows"]
    assert [row["index"] for row in rows] == list(range(len(rows)))
    return [r["index"] for r in rows if not r["error"]], [r["index"] for r in rows if r["error"]]


def make(api: Api, name: str = "Ann") -> str:
    id: str = api.post("/api/prospects", {"name": name})["prospect"]["id"]
    return id


def test_of_many_prospects_the_good_are_created(api: Api) -> None:
    rows = [*BAD_ROWS, {"name": "Ann", "email": "a@x.io"}, {"name": "Again", "email": "A@x.io"}, {"name": "Bob"}]
    body = api.post("/api/prospects", {"prospects": rows})
    good, bad = indexes(body)
    assert (good, bad) == ([8, 10], [*range(8), 9])
    assert [body["rows"][index]["prospect_id"] for index in good] == body["created_ids"]
    assert body["rows"][6]["error"].startswith("prospects.6.email")
    taken = api.post("/api/prospects", {"prospects": [{"name": "Other", "email": "a@x.io"}, {"name": "Cid"}]})
    assert taken["rows"][0]["prospect_id"] == body["created_ids"][0]
    assert indexes(taken) == ([1], [0])


@pytest.mark.parametrize("path", ["approve", "score"])
def test_of_many_ids_the_good_are_served(api: Api, path: str) -> None:
    ann, bob = make(api), make(api, "Bob")
    more = {"approval_status": "approved"} if path == "approve" else {}
    body = api.post(f"/api/prospects/{path}", {"prospect_ids": [*BAD_IDS, ann, bob, ann], **more})
    assert indexes(body) == ([10, 11, 12], list(range(10)))
    assert body.get("approved_count", body.get("scored_count")) == 2
    assert "prospect_ids.1" in body["rows"][1]["error"]
    for nobody in (BAD_IDS[:3], BAD_IDS[-1:]):
        refused = api.http.post(f"/api/prospects/{path}", json={"prospect_ids": nobody, **more})
        assert refused.status_code in (404, 422)


def test_of_many_uploaded_analyses_the_good_are_stored(api: Api) -> None:
    ann, bob = make(api), make(api, "Bob")
    rows = [
        *BAD_ROWS,
        *({"prospect_id": id, "analysis": ANALYSIS} for id in (*BAD_IDS, ann, bob, ann)),
        {"prospect_id": bob, "analysis": "good"},
    ]
    body = api.post("/api/prospects/manual/upload-analysis", {"results": rows})
    assert indexes(body) == ([18, 19], [*range(18), 20, 21])
    assert (body["uploaded_count"], body["total_count"]) == (2, 22)


def test_a_prompt_is_written_about_those_who_are_there(api: Api) -> None:
    ann = make(api)
    body = api.post("/api/prospects/manual/prompts/analyze", {"prospect_ids": [None, "missing", ann]})
    assert (body["prospect_ids"], len(body["errors"])) == ([ann], 2)


def test_a_row_that_the_store_refuses_stops_no_other(api: Api) -> None:
    """One is larger than a document may be; they share a commit."""
    rows = [ProspectInput(name=f"P{n}", email=f"p{n}@x.io") for n in range(20)]
    built = [service.build(api.uid, row, service.prospect_id(row)) for row in rows]
    built[7] = built[7].model_copy(update={"analysis": {"text": "x" * 2_000_000}})
    outcomes = creation.create_each(built)
    assert [n for n, outcome in enumerate(outcomes) if isinstance(outcome, PayloadTooLarge)] == [7]
    assert api.get("/api/prospects")["total"] == 19
    assert api.post("/api/prospects", {"name": "Seven", "email": "p7@x.io"})["prospect"]  # the key was not taken
