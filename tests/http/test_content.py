"""/api/content: texts on a topic, and where a text could link to."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from shared.domains.content.brief import Kind
from tests.fixtures.api import Api
from tests.providers.scripted import Scripted, scripted

PATH = "/api/content"


@pytest.fixture
def item(api: Api) -> str:
    body = {"title": "Tutoring survey", "summary": "Two of three schools lack tutoring places.", "category": "c"}
    id: str = api.post("/api/vault", body)["item"]["id"]
    return id


@pytest.fixture
def model(api: Api) -> Iterator[Scripted]:
    with scripted() as scripted_model:
        yield scripted_model


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_rests_on_topic_persona_and_knowledge(api: Api, item: str, kind: str) -> None:
    api.post("/api/personas", {"name": "Max", "user_positioning": "We place tutors", "outreach_tone": "casual"})
    body = {"kind": kind, "topic": "tutoring places in schools", "variants": 2}
    made = api.post(f"{PATH}/generate", body)
    assert (made["kind"], made["topic"], made["generator"]) == (kind, "tutoring places in schools", "local-template")
    first, second = made["pieces"]
    assert first["text"] != second["text"]
    assert [source["id"] for source in first["sources"]] == [item]
    assert "We place tutors." in first["text"] or kind == "research"
    assert (first["tone"], made["best"] in (1, 2)) == ("casual", True)
    assert all(score["reason"] for score in first["scores"].values())
    assert len(made["notes"]) == 1


def test_a_brief_about_a_prospect_names_its_needs(api: Api) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "company": "Lake School"})["prospect"]["id"]
    body = {"kind": "email", "topic": "summer schools", "prospect_id": prospect, "tone": "formal"}
    made = api.post(f"{PATH}/generate", body)
    text = made["pieces"][0]["text"]
    assert ("Dear Ann Lee" in text, "Lake School" in text, "summer schools" in text) == (True, True, True)
    assert "Nothing in the vault" in made["notes"][1]


@pytest.mark.parametrize(("path", "kind"), [("research", "research"), ("micro-tool", "micro_tool"), ("prd", "prd")])
def test_the_pages_of_their_own(api: Api, item: str, path: str, kind: str) -> None:
    made = api.post(f"{PATH}/{path}", {"instructions": "Write something about tutoring places"})
    assert (made["kind"], made["topic"]) == (kind, "tutoring places")
    assert "In “Tutoring survey” I read: “Two of three schools lack tutoring places.”" in made["pieces"][0]["text"]
    assert any("cannot follow the rest" in note for note in made["notes"])
    without = api.post(f"{PATH}/{path}", {"topic": "tutoring places", "use_knowledge": False})
    assert without["pieces"][0]["sources"] == []


def test_a_model_writes_where_there_is_one(api: Api, item: str, model: Scripted) -> None:
    model.answers = [{"pieces": [{"text": "A post.", "hashtags": ["#Schools"], "knowledge_used": [1]}]}]
    made = api.post(f"{PATH}/generate", {"kind": "twitter", "topic": "tutoring places", "instructions": "Be bold."})
    (piece,) = made["pieces"]
    assert (piece["text"], piece["hashtags"], piece["generator"]) == ("A post.", ["Schools"], "llm:m")
    assert [source["id"] for source in piece["sources"]] == [item]
    assert (made["notes"], "Be bold." in model.asked()) == ([], True)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "blog"}, 422, "topic"),
        ({"kind": "blog", "topic": " ", "instructions": " "}, 422, "topic"),
        ({"kind": "song", "topic": "x"}, 422, "kind"),
        ({"topic": "x"}, 422, "kind"),
        ({"kind": "blog", "topic": "x", "persona_id": "none"}, 404, None),
        ({"kind": "blog", "topic": "x", "prospect_id": "none"}, 404, None),
        ({"kind": "blog", "topic": "x", "vault_ids": ["none"]}, 404, None),
    ],
)
def test_what_is_refused(api: Api, body: dict[str, Any], status: int, field: str | None) -> None:
    answer = api.http.post(f"{PATH}/generate", json=body)
    assert answer.status_code == status
    assert not field or [error["field"] for error in answer.json()["errors"]] == [field]


def test_links_are_words_of_the_text_that_name_a_page(api: Api) -> None:
    text = "Districts lack tutors. A summer school for mathematics helps, and tutors like it."
    pages = [
        {"title": "Mathematics in the summer school", "url": "https://x.io/summer"},
        {"title": "Tutors", "url": "https://x.io/tutors"},
        {"title": "Copper prices in autumn", "url": "https://x.io/copper"},
    ]
    answer = api.http.post(f"{PATH}/internal-linking", json={"text": text, "pages": pages})
    links = api.ok(answer)["links"]
    assert [(link["anchor"], link["url"]) for link in links] == [
        ("summer school for mathematics", "https://x.io/summer"),
        ("tutors", "https://x.io/tutors"),
    ]
    assert all(link["anchor"] in link["sentence"] and link["sentence"] in text for link in links)
    assert answer.headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    assert len(api.post(f"{PATH}/internal-linking", {"text": text, "pages": pages, "max_links": 1})["links"]) == 1


def test_without_pages_the_vault_is_linked_to(api: Api, item: str) -> None:
    (link,) = api.post(f"{PATH}/internal-linking", {"text": "We made a tutoring survey in May."})["links"]
    assert (link["anchor"], link["url"], link["coverage"]) == ("tutoring survey", f"vault:{item}", 1.0)
    assert api.post(f"{PATH}/internal-linking", {"text": "Copper."})["links"] == []
