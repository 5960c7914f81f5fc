"""/api/playbooks and /api/playbook: the library, favourites, runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PATH = "/api/playbooks"
LIBRARY = {
    "ai_advantage_jumpstart": ("AI Advantage Jumpstart", "AI"),
    "linkedin_growth": ("LinkedIn Growth", "Social Media"),
    "b2b_prospecting": ("B2B Prospecting", "Sales"),
    "newsletter_writing": ("Newsletter Writing", "Content"),
    "competitor_analysis": ("Competitor Analysis", "Research"),
    "seo_pillar_content": ("SEO Pillar Content", "Content"),
}


def _ids(api: Api, path: str = PATH, **query: Any) -> list[str]:
    answer = api.get(path, **query)
    assert answer["total"] == len(answer["playbooks"])
    return [playbook["id"] for playbook in answer["playbooks"]]


def test_the_library(api: Api) -> None:
    rows = api.get(f"{PATH}/")["playbooks"]
    assert {row["id"]: (row["name"], row["category"]) for row in rows} == LIBRARY
    for row in rows:
        assert row["title"] == row["name"]
        assert (row["is_favorite"], row["favorited"], row["usage_count"], row["metadata"]) == (False, False, 0, {})
        assert 3 <= len(row["prompts"]) <= 6
        assert len({prompt["id"] for prompt in row["prompts"]}) == len(row["prompts"])
        assert all(len(prompt["prompt"]) > 200 for prompt in row["prompts"])
        assert "input" in row["variables"]
        assert row["icon"]
        assert row["tags"]
        assert row["created_at"].endswith("Z")
        assert api.get(f"{PATH}/{row['id']}")["playbook"] == row


def test_filters(api: Api) -> None:
    api.post(f"{PATH}/newsletter_writing/favorite")
    assert _ids(api, category="Content") == ["newsletter_writing", "seo_pillar_content"]
    assert _ids(api, category="sales") == ["b2b_prospecting"]
    assert _ids(api, category="Cooking") == []
    assert _ids(api, is_favorite="true") == ["newsletter_writing"]
    assert len(_ids(api, is_favorite="false")) == 5
    assert _ids(api, is_favorite="false", category="Content") == ["seo_pillar_content"]
    assert _ids(api, search="linke") == ["linkedin_growth"]
    assert _ids(api, search="PILLAR seo") == ["seo_pillar_content"]
    assert _ids(api, search="seo newsletter") == []
    assert _ids(api, search="seo", is_favorite="true") == []
    assert len(_ids(api, search="", category="undefined")) == 6


def test_pages(api: Api) -> None:
    first = api.get(PATH, limit=4)
    rest = api.get(PATH, limit=4, cursor=first["next_cursor"])
    seen = [playbook["id"] for page in (first, rest) for playbook in page["playbooks"]]
    assert (seen, first["total"], rest["next_cursor"]) == (list(LIBRARY), 6, None)
    assert api.http.get(PATH, params={"cursor": "x"}).status_code == 400


def test_favorites(api: Api) -> None:
    before = api.get(f"{PATH}/b2b_prospecting")["playbook"]
    marked = api.post(f"{PATH}/b2b_prospecting/favorite")["playbook"]
    assert marked == {**before, "is_favorite": True, "favorited": True}
    assert _ids(api, f"{PATH}/favorites") == _ids(api, f"{PATH}/favorites/list/") == ["b2b_prospecting"]
    with api.another_user() as other:
        assert _ids(other, f"{PATH}/favorites") == []
    assert api.post(f"{PATH}/b2b_prospecting/favorite")["playbook"] == before
    assert _ids(api, f"{PATH}/favorites") == []


def test_an_unknown_playbook_is_not_found_and_nothing_is_written(api: Api) -> None:
    for method, path in (("GET", ""), ("POST", "/favorite"), ("POST", "/run"), ("GET", "/executions")):
        answer = api.http.request(method, f"{PATH}/none{path}", json={"input": "x"} if path == "/run" else None)
        assert (answer.status_code, "writes=0" in answer.headers["x-firestore-cost"]) == (404, True)
        assert "b2b_prospecting" in answer.json()["detail"]


def test_toggles_and_runs_at_once_all_count(api: Api) -> None:
    calls = ["favorite", "run"] * 25
    with ThreadPoolExecutor(len(calls)) as pool:
        post = lambda call: api.http.post(f"{PATH}/linkedin_growth/{call}", json=_body(call)).status_code  # noqa: E731
        assert set(pool.map(post, calls)) == {200}
    after = api.get(f"{PATH}/linkedin_growth")["playbook"]
    assert (after["is_favorite"], after["usage_count"]) == (True, 25)
    assert api.get(f"{PATH}/linkedin_growth/executions", limit=1)["total"] == 25


def _body(call: str) -> dict[str, str] | None:
    return {"input": "x"} if call == "run" else None


def test_an_old_version_is_refused(api: Api) -> None:
    url = f"{PATH}/linkedin_growth"
    tag = api.http.post(f"{url}/favorite").headers["etag"]
    assert api.http.get(url).headers["etag"] == tag
    assert api.http.post(f"{url}/favorite", headers={"If-Match": tag}).status_code == 200
    assert api.http.post(f"{url}/favorite", headers={"If-Match": tag}).status_code == 412
    assert api.http.post(f"{PATH}/b2b_prospecting/favorite", headers={"If-Match": tag}).status_code == 412
    assert _ids(api, f"{PATH}/favorites") == []


@pytest.mark.parametrize("id", LIBRARY)
def test_a_run_is_the_prompts_filled_with_the_input(api: Api, id: str) -> None:
    given = r"Tutoring for schools {tone} \1"
    answer = api.post(f"{PATH}/{id}/run", {"input": f" {given} "})
    playbook = api.get(f"{PATH}/{id}")["playbook"]
    assert (answer["playbook_id"], answer["playbook_name"]) == (id, playbook["name"])
    assert "local generator" in answer["output"]
    assert "not a language model's answers" in answer["output"]
    for number, prompt in enumerate(playbook["prompts"], start=1):
        filled = prompt["prompt"].replace("{input}", given)
        assert f"{number}. {prompt['title']}\n\n{filled}" in answer["output"]
    assert answer["missing_variables"] == [name for name in playbook["variables"] if name != "input"]
    assert all(f"{{{name}}}" in answer["output"].split("Still to fill in")[1] for name in answer["missing_variables"])
    assert playbook["usage_count"] == 1


def test_lines_and_metadata_fill_further_placeholders(api: Api) -> None:
    body = {"input": "We teach.\nOffer: AI tutoring: live\nTone = dry", "metadata": {"tone": "warm", "n": 1}}
    answer = api.post(f"{PATH}/b2b_prospecting/run", body)
    assert answer["missing_variables"] == []
    assert "Still to fill in" not in answer["output"]
    assert "decide on AI tutoring: live." in answer["output"]
    assert "Tone: warm." in answer["output"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "input"),
        ({"input": "  "}, "input"),
        ({"input": "x" * 5_001}, "input"),
        ({"input": "x", "metadata": {"competitors": "y" * 31_000}}, "input"),
        ({"input": "x", "more": 1}, "more"),
    ],
)
def test_a_bad_input_is_refused_by_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.http.post(f"{PATH}/competitor_analysis/run", json=body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert api.get(f"{PATH}/competitor_analysis")["playbook"]["usage_count"] == 0


def test_executions_are_newest_first_and_of_one_playbook(api: Api) -> None:
    made = [api.post(f"{PATH}/seo_pillar_content/run", {"input": f"i{n}", "metadata": {"n": n}}) for n in range(3)]
    api.post(f"{PATH}/b2b_prospecting/run", {"input": "another"})
    page = api.get(f"{PATH}/seo_pillar_content/executions", limit=2)
    rest = api.get(f"{PATH}/seo_pillar_content/executions", limit=2, cursor=page["next_cursor"])
    rows = [*page["executions"], *rest["executions"]]
    assert (page["total"], rest["next_cursor"]) == (3, None)
    assert [row["input"] for row in rows] == ["i2", "i1", "i0"]
    assert [row["id"] for row in rows] == [answer["execution_id"] for answer in reversed(made)]
    first = rows[0]
    assert (first["playbook_id"], first["user_id"], first["metadata"]) == ("seo_pillar_content", api.uid, {"n": 2})
    assert (first["output"], first["executed_at"][-1]) == (made[2]["output"], "Z")
    with api.another_user() as other:
        assert other.get(f"{PATH}/seo_pillar_content/executions")["total"] == 0


def test_a_run_appears_in_the_feed_and_a_favorite_does_not(api: Api) -> None:
    api.post(f"{PATH}/b2b_prospecting/favorite")
    answer = api.post(f"{PATH}/b2b_prospecting/run", {"input": "x"})
    rows = eventually(lambda: api.get("/api/activity", type="content")["activities"])
    assert [(row["title"], row["link"]) for row in rows] == [("Playbook run", "/playbooks?id=b2b_prospecting")]
    assert rows[0]["metadata"]["playbook_run_id"] == answer["execution_id"]
    assert "B2B Prospecting" in rows[0]["message"]


def test_the_guide(api: Api) -> None:
    summary = api.get("/api/playbook/summary")
    assert summary["movement"]
    assert summary["audience"]
    assert all(isinstance(principle, str) for principle in summary["principles"])
    assert len(summary["principles"]) >= 3
    assert "{input}" in api.get("/api/playbook/onboarding/")["prompt"]
    prompts = api.get("/api/playbook/prompts")["prompts"]
    assert len(prompts) == sum(len(playbook["prompts"]) for playbook in api.get(PATH)["playbooks"])
    assert len({prompt["id"] for prompt in prompts}) == len(prompts)
    assert set(prompts[0]) == {"id", "title", "description", "prompt"}
    assert api.http.get("/api/playbook/nothing").status_code == 404


def test_costs(api: Api) -> None:
    def cost(method: str, path: str = "", **more: Any) -> str:
        answer = api.http.request(method, f"{PATH}{path}", **more)
        assert answer.is_success, answer.text
        return answer.headers["x-firestore-cost"]

    assert cost("GET") == "rpcs=2 reads=2 writes=0 commits=0"
    assert cost("GET", "/b2b_prospecting") == "rpcs=1 reads=1 writes=0 commits=0"
    assert cost("POST", "/b2b_prospecting/run", json={"input": "x"}) == "rpcs=1 reads=0 writes=3 commits=1"
    assert cost("POST", "/b2b_prospecting/favorite") == "rpcs=2 reads=1 writes=2 commits=1"
    assert cost("GET", "/b2b_prospecting/executions") == "rpcs=3 reads=3 writes=0 commits=0"
