"""/api/playbooks/{id}/run with a language model, and with what the user knows."""

from collections.abc import Iterator

import pytest

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Reply
from tests.providers.scripted import Scripted, scripted

RUN = "/api/playbooks/b2b_prospecting/run"


@pytest.fixture
def model(api: Api) -> Iterator[Scripted]:
    with scripted() as scripted_model:
        yield scripted_model


def test_each_prompt_is_answered_in_turn_and_sees_the_answers_before_it(api: Api, model: Scripted) -> None:
    model.answers = [{"answer": f"Answer {n}."} for n in range(1, 7)]
    answer = api.post(RUN, {"input": "We teach.\nOffer: tutoring\nTone: dry"})
    assert (answer["generator"], answer["complete"], model.calls) == ("llm:m", True, 6)
    titles = [prompt["title"] for prompt in api.get("/api/playbooks/b2b_prospecting")["playbook"]["prompts"]]
    sections = "\n\n".join(f"## {n}. {title}\n\nAnswer {n}." for n, title in enumerate(titles, start=1))
    assert answer["output"] == f"# B2B Prospecting\n\n{sections}"
    said = [message["content"] for message in model.messages(2) if message["role"] == "assistant"]
    assert said == ["Answer 1.", "Answer 2."]
    assert "decide on tutoring." in model.asked(1)
    (stored,) = api.get("/api/playbooks/b2b_prospecting/executions")["executions"]
    assert (stored["output"], stored["complete"]) == (answer["output"], True)
    rows = eventually(lambda: api.get("/api/activity", type="content")["activities"])
    assert "was worked through" in rows[0]["message"]


def test_a_refusal_on_the_way_keeps_what_was_answered_and_says_so(api: Api, model: Scripted) -> None:
    model.answers = [{"answer": "One."}, Reply(402)]
    answer = api.post(RUN, {"input": "We teach."})
    assert answer["complete"] is False
    assert "\n\nOne.\n\nNot done: “Map the buying group”" in answer["output"]
    assert "no credit" in answer["output"]
    model.answers = [Reply(402)]
    assert api.http.post(RUN, json={"input": "We teach."}).status_code == 502
    assert api.get("/api/playbooks/b2b_prospecting/executions")["total"] == 1


def test_what_came_before_is_bounded(api: Api, model: Scripted) -> None:
    model.answers = [{"answer": f"{n}" + "x" * 11_000} for n in range(1, 7)]
    api.post(RUN, {"input": "We teach."})
    said = [message["content"][0] for message in model.messages(5) if message["role"] == "assistant"]
    assert said == ["4", "5"]


def test_persona_prospect_and_knowledge_come_with_the_first_prompt(api: Api, model: Scripted) -> None:
    model.answers = [{"answer": "Fine."}]
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "company": "Lake School"})["prospect"]["id"]
    persona = api.post("/api/personas", {"name": "Max", "use_cases": ["tutoring", "relief"]})["persona"]["id"]
    vault = {"title": "Survey", "summary": "Districts lack tutors.", "category": "c"}
    item = api.post("/api/vault", vault)["item"]["id"]
    about = {"persona_id": persona, "prospect_id": prospect, "vault_ids": [item]}
    answer = api.post(RUN, {"input": "We teach.", **about})
    assert answer["sources"] == [{"kind": "vault", "id": item, "title": "Survey"}]
    assert all(text in model.messages(0)[1]["content"] for text in ("Lake School", "Districts lack tutors.", "Max"))
    assert "decide on tutoring and relief." in model.asked(1)


def test_the_pack_has_what_is_known_too(api: Api) -> None:
    persona = api.post("/api/personas", {"name": "Max", "outreach_tone": "dry", "industry_focus": ["schools"]})
    item = {"title": "Survey", "summary": "Districts lack tutors and teachers.", "category": "c"}
    api.post("/api/vault", item)
    body = {"input": "We place tutors in districts.", "persona_id": persona["persona"]["id"]}
    plain = api.post(RUN, body)
    assert ("Tone: dry." in plain["output"], plain["sources"], plain["complete"]) == (True, [], True)
    known = api.post(RUN, {**body, "use_knowledge": True})
    assert "- In “Survey” I read: “Districts lack tutors and teachers.”" in known["output"]
    assert [source["title"] for source in known["sources"]] == ["Survey"]


@pytest.mark.parametrize("field", ["persona_id", "prospect_id", "vault_ids"])
def test_what_is_named_must_exist(api: Api, field: str) -> None:
    named = ["none"] if field == "vault_ids" else "none"
    assert api.http.post(RUN, json={"input": "x", field: named}).status_code == 404
    assert api.get("/api/playbooks/b2b_prospecting")["playbook"]["usage_count"] == 0
