"""A text that is not fit to leave is shown with scores of 0 and the reason, whoever made it."""

from typing import Any

import pytest

from tests.fixtures.api import Api


@pytest.fixture
def prospect(api: Api) -> str:
    id: str = api.post("/api/prospects", {"name": "Ann Lee", "company": "Acme"})["prospect"]["id"]
    return id


def _drafted(api: Api, prospect: str, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/api/outreach", {"prospect_id": prospect, "subject": "Hello", **fields})[
        "outreach"
    ]
    return made


def test_a_message_that_is_not_fit_to_leave_is_shown_with_scores_of_0(api: Api, prospect: str) -> None:
    made = _drafted(api, prospect, body="Hi Dr.,\n\nbook a time: {calendar_link}")
    assert {score["value"] for score in made["scores"].values()} == {0}
    assert "{calendar_link}” is an open placeholder" in made["scores"]["readability"]["reason"]
    (listed,) = api.get("/api/outreach")["outreach"]
    assert listed["scores"] == made["scores"]
    mended = api.put(f"/api/outreach/{made['id']}", {"body": "Hi Ann,\n\nbook a time."})["outreach"]
    assert (mended["scores"], mended["findings"]) == (None, [])


def test_the_scores_of_a_generated_text_are_not_those_of_another(api: Api, prospect: str) -> None:
    made = api.post("/api/outreach/generate", {"prospect_id": prospect})["outreach"]
    assert made["scores"]["length"]["value"] > 0
    path = f"/api/outreach/{made['id']}"
    spoiled = api.put(path, {"body": made["body"] + " {x}"})["outreach"]
    assert spoiled["scores"]["length"]["value"] == 0
    assert api.put(path, {"body": "Another text."})["outreach"]["scores"] is None


@pytest.mark.parametrize("generate", [False, True])
def test_a_filled_template_with_an_open_placeholder_scores_0(api: Api, generate: bool) -> None:
    body = {"name": "T", "category": "email", "content": "Hi {first_name}, this is {sender}."}
    path = f"/api/templates/{api.post('/api/templates', body)['template']['id']}/use"
    used = api.post(path, {"generate": generate, "variables": {"sender": "Max"}})
    assert {score["value"] for score in used["scores"].values()} == {0}
    assert "{first_name}” is an open placeholder" in used["scores"]["length"]["reason"]
    whole = api.post(path, {"variables": {"sender": "Max", "first_name": "Ann"}})
    assert whole["scores"] is None
