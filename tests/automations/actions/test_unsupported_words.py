"""What a language model has made up does not leave before a person has read it."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import settings
from tests.automations.played import play, reach, start, titles
from tests.fixtures.api import Api
from tests.providers.fake import Provider, answer
from tests.providers.scripted import Scripted, scripted

DRAFT = {"id": "draft", "action": "generate_outreach", "config": {"use_knowledge": False}}
SEND = {"id": "send", "action": "send_outreach"}
CLEAN = "Hi Ann,\n\nas Principal of Lake School you may look for tutoring. Would 15 minutes on Tuesday suit you?"
INVENTED = (
    "Hi Ann,\n\ncongratulations on your $50 million Series C. You said at HIMSS that tutoring matters. Shall we talk?"
)


@pytest.fixture
def resend(api: Api) -> Iterator[Provider]:
    with Provider(lambda n: answer({"id": f"mail-{n}"})) as provider:
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        settings.use(settings.current().model_copy(update=mail))
        yield provider


@pytest.fixture
def model(resend: Provider) -> Iterator[Scripted]:
    with scripted() as scripted_model:
        yield scripted_model


@pytest.fixture
def prospect(api: Api) -> str:
    fields = {"name": "Ann Lee", "company": "Lake School", "job_title": "Principal", "email": "ann@lake.example"}
    id: str = api.post("/api/prospects", {**fields, "tags": ["tutoring"]})["prospect"]["id"]
    return id


def _piece(text: str) -> dict[str, Any]:
    return {"text": text, "subject": "Tutoring at Lake School"}


def test_what_it_was_given_leaves_by_itself(api: Api, prospect: str, model: Scripted, resend: Provider) -> None:
    model.answers = [{"pieces": [_piece(CLEAN)]}]
    assert play(api, DRAFT, SEND, prospect_id=prospect)["status"] == "success"
    [message] = api.get("/api/outreach")["outreach"]
    assert (message["unsupported_words"], len(resend.requests)) == ([], 1)


def test_what_it_made_up_waits_for_approval_with_its_words(
    api: Api, prospect: str, model: Scripted, resend: Provider
) -> None:
    model.answers = [{"pieces": [_piece(INVENTED)]}]
    id, run = start(api, DRAFT, SEND, prospect_id=prospect)
    waiting = reach(api, id, run, "waiting")
    [message] = api.get("/api/outreach")["outreach"]
    words = ["congratulations on your $50 million Series C", "You said at HIMSS that tutoring matters"]
    assert message["unsupported_words"] == words
    assert all(word in waiting["results"]["send"]["message"] for word in words)
    assert "A message waits for your approval" in titles(api)
    assert resend.requests == []
    api.ok(api.http.put(f"/api/outreach/{message['id']}", json={"status": "approved"}))
    assert reach(api, id, run, "success", "failed")["status"] == "success"
    assert len(resend.requests) == 1


def test_what_is_made_up_scores_below_what_is_not(api: Api, prospect: str, model: Scripted) -> None:
    model.answers = [{"pieces": [_piece(INVENTED), _piece(CLEAN)]}]
    answer = api.post("/api/outreach/generate", {"prospect_id": prospect, "variants": 2, "use_knowledge": False})
    invented, clean = answer["emails"]
    assert clean["unsupported_words"] == []
    assert "$50 million" in invented["scores"]["personalisation"]["reason"]
    for name in ("personalisation", "length", "readability"):
        assert invented["scores"][name]["value"] <= 0.5
    assert answer["outreach"]["body"] == CLEAN
