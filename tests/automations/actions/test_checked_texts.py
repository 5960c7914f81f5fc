"""What a second language model finds made up waits for a person too; what it says in error changes nothing."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared import settings
from tests.automations.played import play, reach, start
from tests.fixtures.api import Api
from tests.providers.fake import Provider, Reply, answer, completion

DRAFT = {"id": "draft", "action": "generate_outreach", "config": {"use_knowledge": False}}
SEND = {"id": "send", "action": "send_outreach"}
INVENTED = "as you run the only school with a waiting list"
BODY = f"Hi Ann,\n\n{INVENTED}, tutoring may be on your mind. Would 15 minutes on Tuesday suit you?"
FIGURE = f"{BODY} We met in Boston."
CONTROL = "You told us in Valparaíso that your firm was sold for $7.3 billion in 1987"


class Checked:
    """Writes `body` as the model `writer`, and answers as `checker` what `finds` makes of the texts it is shown."""

    def __init__(self) -> None:
        self.body, self.checks = BODY, 0
        self.reply: Reply | None = None
        self.findings: Callable[[str], list[str]] = lambda text: [one for one in (INVENTED, CONTROL) if one in text]
        self.provider = Provider(self._reply)

    def _reply(self, number: int) -> Reply:
        asked = self.provider.requests[-1]["body"]
        if asked["model"] == "writer":
            return completion({"pieces": [{"text": self.body, "subject": "Tutoring at Lake School"}]})
        self.checks += 1
        content = asked["messages"][-1]["content"]
        texts = json.loads(content[content.index(">") + 1 : content.rindex("</")])["texts"]
        rows = [{"id": row["id"], "words": words} for row in texts for words in self.findings(row["text"])]
        return self.reply or completion({"findings": rows})


@pytest.fixture
def checked(api: Api) -> Iterator[Checked]:
    model, resend = Checked(), Provider(lambda n: answer({"id": f"mail-{n}"}))
    with model.provider as provider, resend as mail:
        update: dict[str, Any] = {
            "llm_api_key": "k", "llm_base_url": provider.url, "llm_model": "writer", "llm_check_model": "checker",
            "provider_attempts": 1, "resend_api_key": "re_1", "resend_base_url": mail.url,
            "mail_from": "nora@sender.example",
        }  # fmt: skip
        settings.use(settings.current().model_copy(update=update))
        yield model


@pytest.fixture
def prospect(api: Api) -> str:
    fields = {"name": "Ann Lee", "company": "Lake School", "job_title": "Principal", "email": "ann@lake.example"}
    id: str = api.post("/api/prospects", {**fields, "summary": "Lake School has forty pupils."})["prospect"]["id"]
    return id


def _message(api: Api) -> dict[str, Any]:
    [message] = api.get("/api/outreach")["outreach"]
    return dict(message)


def test_what_the_second_model_finds_waits_and_scores_less(api: Api, prospect: str, checked: Checked) -> None:
    id, run = start(api, DRAFT, SEND, prospect_id=prospect)
    waiting = reach(api, id, run, "waiting")
    message = _message(api)
    assert message["unsupported_words"] == [INVENTED]
    assert INVENTED in waiting["results"]["send"]["message"]
    assert message["scores"]["personalisation"]["value"] <= 0.5
    assert checked.checks == 1


def test_what_the_rules_find_stays_whatever_the_second_model_says(api: Api, prospect: str, checked: Checked) -> None:
    checked.body = FIGURE
    checked.findings = lambda text: [CONTROL] if CONTROL in text else []
    api.post("/api/outreach/generate", {"prospect_id": prospect, "use_knowledge": False})
    assert _message(api)["unsupported_words"] == ["We met in Boston"]


@pytest.mark.parametrize(
    "broken",
    [
        {"reply": Reply(503)},
        {"reply": completion("All is well.")},
        {"reply": completion({"findings": "none"})},
        {"findings": lambda text: [text]},  # everything is made up
        {"findings": lambda text: []},  # nothing is, not even what is
        {"findings": lambda text: [INVENTED.upper(), CONTROL] if INVENTED in text else [CONTROL]},  # not its words
    ],
)
def test_a_second_model_that_fails_or_errs_changes_nothing(
    api: Api, prospect: str, checked: Checked, broken: dict[str, Any]
) -> None:
    for name, value in broken.items():
        setattr(checked, name, value)
    assert play(api, DRAFT, SEND, prospect_id=prospect)["status"] == "success"
    assert _message(api)["unsupported_words"] == []
