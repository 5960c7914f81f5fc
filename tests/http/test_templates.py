"""/api/templates: storing, finding, filling and counting."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

PATH = "/api/templates"


def _made(api: Api, name: str = "Intro", **more: Any) -> dict[str, Any]:
    body = {"name": name, "category": "email", "content": "Hi {first_name}, this is {{ sender }}.", **more}
    made: dict[str, Any] = api.post(PATH, body)["template"]
    return made


def _names(api: Api, **query: Any) -> list[str]:
    answer = api.get(PATH, **query)
    assert answer["total"] == len(answer["templates"])
    return [template["name"] for template in answer["templates"]]


def test_what_was_sent_is_what_is_read(api: Api) -> None:
    content = "Hi {first_name}, {{ sender }} here. {first_name}? " + "x" * 300
    made = _made(api, content=content, description="First touch", tags=["a"], metadata={"k": {"n": 1}})
    assert api.get(f"{PATH}/{made['id']}/")["template"] == made
    assert (made["title"], made["user_id"], made["usage_count"]) == ("Intro", api.uid, 0)
    assert (made["is_favorite"], made["favorited"]) == (False, False)
    assert (made["variables"], made["content_preview"]) == (["first_name", "sender"], f"{content[:199]}…")
    assert (made["description"], made["tags"], made["metadata"]) == ("First touch", ["a"], {"k": {"n": 1}})


def test_an_update_changes_only_what_is_given(api: Api) -> None:
    made = _made(api, description="kept", tags=["kept"])
    changed = api.put(f"{PATH}/{made['id']}", {"name": "New", "content": "{x}"})["template"]
    assert changed == api.get(f"{PATH}/{made['id']}")["template"]
    new = {name: changed[name] for name in ("name", "title", "content", "content_preview", "variables", "updated_at")}
    assert changed == {**made, **new}
    assert (changed["name"], changed["variables"]) == ("New", ["x"])
    assert changed["updated_at"] > made["updated_at"]
    empty = api.http.put(f"{PATH}/{made['id']}", json={})
    assert (empty.status_code, empty.json()["detail"]) == (400, "No fields to update")


def test_an_old_version_is_refused(api: Api) -> None:
    url = f"{PATH}/{_made(api)['id']}"
    tag = {"If-Match": api.http.get(url).headers["etag"]}
    assert api.http.put(url, json={"name": "mine"}, headers=tag).status_code == 200
    assert api.http.put(url, json={"name": "yours"}, headers=tag).status_code == 412
    assert api.http.post(f"{url}/favorite", headers=tag).status_code == 412
    assert api.http.delete(url, headers=tag).status_code == 412
    assert api.get(url)["template"]["name"] == "mine"


def test_deleting(api: Api) -> None:
    url = f"{PATH}/{_made(api)['id']}"
    assert api.ok(api.http.delete(url))["message"]
    assert [api.http.get(url).status_code, api.http.delete(url).status_code] == [404, 404]


def test_all_filters_in_all_combinations(api: Api) -> None:
    marks: dict[str, tuple[str, bool, str, str]] = {}
    for number in range(16):
        category, favorite = ("email", "blog")[number & 1], bool(number & 2)
        tag, word = ("red", "blue")[number >> 2 & 1], ("schools", "clinics")[number >> 3 & 1]
        made = _made(api, f"T{number:02} {word}", category=category, tags=[tag, "all"])
        if favorite:
            api.post(f"{PATH}/{made['id']}/favorite")
        marks[made["name"]] = (category, favorite, tag, word)
    for number in range(16):
        query: dict[str, Any] = {}
        wanted = list(marks)
        for place, (name, value) in enumerate(
            (("category", "blog"), ("is_favorite", True), ("tag", "blue"), ("search", "clin"))
        ):
            if number >> place & 1:
                query[name] = str(value).lower()
                shown = "clinics" if name == "search" else value
                wanted = [found for found in wanted if marks[found][place] == shown]
        assert _names(api, **query) == wanted[::-1], query
    assert len(_names(api, is_favorite="false", search="t0 scho")) == 4


def test_search_reads_name_tags_description_and_content(api: Api) -> None:
    _made(api, "Alpha", tags=["Beta"], description="Gamma", content="Delta epsilon")
    _made(api, "Other", content="nothing")
    for search in ("alp", "BETA", "gam", "delta", "epsi alpha"):
        assert _names(api, search=search) == ["Alpha"], search
    assert _names(api, search="zzz") == []
    assert _names(api, tag="beta") == []


def test_pages_of_a_search_within_a_tag(api: Api) -> None:
    for number in range(5):
        _made(api, f"N{number}", tags=["t"], description="same")
    _made(api, "N5", tags=["t"])
    seen: list[str] = []
    cursor: Any = ""
    for _ in range(3):
        page = api.get(PATH, tag="t", search="same", limit=2, cursor=cursor)
        assert page["total"] == 5
        seen += [template["name"] for template in page["templates"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (["N4", "N3", "N2", "N1", "N0"], None)


def test_pages_of_a_search_go_on_whatever_comes_and_goes(api: Api) -> None:
    for number in range(5):
        _made(api, f"alpha beta {number}")
    page = api.get("/api/templates", limit=2, search="beta alpha")
    Api.ok(api.http.delete(f"/api/templates/{page['templates'][-1]['id']}"))
    _made(api, "alpha beta late")
    rest = api.get("/api/templates", search="beta alpha", cursor=page["next_cursor"])
    names = [template["name"] for template in page["templates"] + rest["templates"]]
    assert names == [f"alpha beta {number}" for number in (4, 3, 2, 1, 0)]
    assert (page["total"], rest["total"], rest["next_cursor"]) == (5, 5, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"category": "email", "content": "x"}, "name"),
        ({"name": "n", "category": "fax", "content": "x"}, "category"),
        ({"name": "n", "category": "email", "content": ""}, "content"),
        ({"name": "n", "category": "email", "content": "x" * 50_001}, "content"),
        ({"name": "n", "category": "email", "content": "x", "colour": 1}, "colour"),
        ({"name": "n", "category": "email", "content": "x", "tags": ["t" * 61]}, "tags.0"),
    ],
)
def test_bad_input_is_refused_by_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.http.post(PATH, json=body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


def test_a_bad_category_filter_names_the_allowed_ones(api: Api) -> None:
    answer = api.http.get(PATH, params={"category": "fax"})
    assert answer.status_code == 422
    assert "cold_email" in answer.json()["detail"]


def test_a_copy_starts_anew(api: Api) -> None:
    made = _made(api, "n" * 200, tags=["t"], description="d", metadata={"k": 1})
    api.post(f"{PATH}/{made['id']}/favorite")
    api.post(f"{PATH}/{made['id']}/use")
    copy = api.post(f"{PATH}/{made['id']}/duplicate")["template"]
    assert copy["name"] == "n" * 192 + "… (Copy)"
    assert (copy["is_favorite"], copy["usage_count"]) == (False, 0)
    for field in ("category", "content", "description", "tags", "metadata", "variables"):
        assert copy[field] == made[field]
    assert api.post(f"{PATH}/{_made(api)['id']}/duplicate")["template"]["name"] == "Intro (Copy)"


def test_using_fills_both_forms_literally_and_lists_what_is_missing(api: Api) -> None:
    made = _made(api, content="{a} {{ a }} {b} {{c}} {a} {d}")
    value = r"\1 {b} ${d} {{ c }} \g<0>"
    used = api.post(f"{PATH}/{made['id']}/use", {"variables": {"a": value, "d": "", "unused": "u"}})
    assert used["generated_content"] == f"{value} {value} {{b}} {{{{c}}}} {value} "
    assert used["missing_variables"] == ["b", "c"]
    assert (used["template_id"], used["template_name"]) == (made["id"], "Intro")
    after = api.get(f"{PATH}/{made['id']}")["template"]
    assert (after["usage_count"], after["updated_at"]) == (1, made["updated_at"])


def test_prospect_and_persona_fill_what_the_caller_left_open(api: Api) -> None:
    content = "{first_name}|{name}|{company}|{job_title}|{email}|{sender}|{tone}"
    url = f"{PATH}/{_made(api, content=content)['id']}/use"
    prospect = api.post("/api/prospects", {"name": "Ann B. Lee", "company": "Acme", "email": "a@b.io"})["prospect"]
    persona = api.post("/api/personas", {"name": "Max", "outreach_tone": "friendly"})["persona"]
    body = {"prospect_id": prospect["id"], "persona_id": persona["id"], "variables": {"company": "ACME Inc."}}
    used = api.post(url, body)
    assert used["generated_content"] == "Ann|Ann B. Lee|ACME Inc.|{job_title}|a@b.io|Max|friendly"
    assert used["missing_variables"] == ["job_title"]
    assert api.post(url, {"prospect_id": "", "persona_id": None})["missing_variables"][0] == "first_name"


def test_unknown_ids_are_not_found_and_count_nothing(api: Api) -> None:
    made = _made(api)
    url = f"{PATH}/{made['id']}/use"
    for body, noun in (({"prospect_id": "none"}, "prospect"), ({"persona_id": "none"}, "persona")):
        answer = api.http.post(url, json=body)
        assert (answer.status_code, noun in answer.json()["detail"]) == (404, True)
    for call in ("favorite", "duplicate", "use"):
        assert api.http.post(f"{PATH}/none/{call}", json={}).status_code == 404
    assert api.http.put(f"{PATH}/none", json={"name": "x"}).status_code == 404
    assert api.get(f"{PATH}/{made['id']}")["template"]["usage_count"] == 0


def test_a_result_that_would_be_huge_is_refused(api: Api) -> None:
    made = _made(api, content="{a}" * 200)
    answer = api.http.post(f"{PATH}/{made['id']}/use", json={"variables": {"a": "x" * 5_000}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "variables")


def test_generating_without_a_model_finishes_the_filled_text_with_what_is_known(api: Api) -> None:
    made = _made(api)
    prospect = api.post("/api/prospects", {"name": "Ann Lee", "tags": ["tutoring"]})["prospect"]["id"]
    persona = api.post("/api/personas", {"name": "Max", "user_positioning": "We place tutors"})["persona"]["id"]
    summary = "Schools lack tutoring. Copper fell."
    api.post("/api/vault", {"title": "Survey on tutoring", "summary": summary, "category": "c"})
    body = {"generate": True, "prospect_id": prospect, "persona_id": persona, "variants": 3}
    used = api.post(f"{PATH}/{made['id']}/use", body)
    texts = [piece["text"] for piece in used["variants"]]
    assert texts[0] == "Hi Ann, this is Max.\n\nP.S. In “Survey on tutoring” I read: “Schools lack tutoring.”"
    assert texts[1] == "Hi Ann, this is Max.\n\nP.S. We place tutors."
    assert (len(set(texts)), used["generated_content"], used["generator"]) == (3, texts[0], "local-template")
    assert used["scores"] == used["variants"][0]["scores"]
    assert used["scores"]["personalisation"]["value"] > 0
    assert api.get(f"{PATH}/{made['id']}")["template"]["usage_count"] == 1


def test_generating_without_anything_known_leaves_the_filled_text(api: Api) -> None:
    made = _made(api)
    used = api.post(f"{PATH}/{made['id']}/use", {"generate": True, "variables": {"sender": "{x}"}})
    assert used["generated_content"] == "Hi {first_name}, this is {x}."
    assert (used["missing_variables"], used["generator"]) == (["first_name"], "local-template")
    plain = api.post(f"{PATH}/{made['id']}/use", {"variables": {"sender": "Max"}})
    assert (plain["generator"], plain["variants"]) == ("template", [])


@pytest.fixture
def model(api: Api) -> Iterator[list[dict[str, Any]]]:
    """A server that speaks the chat protocol and echoes the text it was given, with one addition."""
    asked: list[dict[str, Any]] = []

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append(request)
            text = re.split(r"</?text-\w+>", request["messages"][-1]["content"])[1].strip("\n")
            pieces = {"pieces": [{"text": text + " Yours!"}]}
            answer = {"choices": [{"message": {"content": json.dumps(pieces)}}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        update = {"llm_api_key": "k", "llm_base_url": f"http://127.0.0.1:{server.server_port}"}
        replaced = settings.use(settings.current().model_copy(update=update))
        yield asked
        settings.use(replaced)
        server.shutdown()
        thread.join()


def test_generating_with_a_model(api: Api, model: list[dict[str, Any]]) -> None:
    made = _made(api)
    body = {"generate": True, "variables": {"sender": "Max"}}
    used = api.post(f"{PATH}/{made['id']}/use", body)
    assert used["generated_content"] == "Hi {first_name}, this is Max. Yours!"
    assert (used["missing_variables"], len(model)) == (["first_name"], 1)
    assert used["generator"].startswith("llm:")
    assert api.get(f"{PATH}/{made['id']}")["template"]["usage_count"] == 1


def test_fifty_toggles_and_fifty_uses_at_once_all_count(api: Api) -> None:
    made = _made(api)
    calls = [f"{PATH}/{made['id']}/{call}" for _ in range(50) for call in ("favorite", "use")]
    calls.append(f"{PATH}/{made['id']}/favorite")
    with ThreadPoolExecutor(len(calls)) as pool:
        statuses = list(pool.map(lambda url: api.http.post(url, json={}).status_code, calls))
    assert set(statuses) == {200}
    after = api.get(f"{PATH}/{made['id']}")["template"]
    assert (after["usage_count"], after["is_favorite"]) == (50, True)
    assert after["updated_at"] == made["updated_at"]


def test_the_feed_tells_of_content_only(api: Api) -> None:
    made = _made(api)
    url = f"{PATH}/{made['id']}"
    api.post(f"{url}/favorite")
    api.post(f"{url}/use")
    api.put(url, {"name": "Better"})
    api.http.delete(url)

    def told() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = api.get("/api/activity", type="content")["activities"]
        assert "Template deleted" in {row["title"] for row in rows}
        assert len(rows) >= 3
        return rows

    rows = eventually(told)
    assert sorted(row["title"] for row in rows) == ["Template created", "Template deleted", "Template updated"]
    assert {row["metadata"]["template_id"] for row in rows} == {made["id"]}
    assert {row["metadata"]["content_type"] for row in rows} == {"email"}
    assert {row["title"]: row["link"] for row in rows} == {
        "Template created": f"/templates?id={made['id']}",
        "Template updated": f"/templates?id={made['id']}",
        "Template deleted": None,
    }


def test_users_are_apart(api: Api) -> None:
    made = _made(api)
    with api.another_user() as other:
        assert other.get(PATH)["total"] == 0
        url = f"{PATH}/{made['id']}"
        assert other.http.get(url).status_code == 404
        assert other.http.put(url, json={"name": "x"}).status_code == 404
        assert other.http.post(f"{url}/use", json={}).status_code == 404
        assert other.http.delete(url).status_code == 404
    assert api.get(f"{PATH}/{made['id']}")["template"] == made


def test_costs(api: Api) -> None:
    def cost(method: str, path: str = "", body: Any = None) -> str:
        answer = api.http.request(method, f"{PATH}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.headers["x-firestore-cost"]

    id = _made(api)["id"]
    new = {"name": "n", "category": "blog", "content": "c"}
    assert cost("POST", "", new) == "rpcs=1 reads=0 writes=2 commits=1"
    assert cost("GET", f"/{id}") == "rpcs=1 reads=1 writes=0 commits=0"
    assert cost("GET") == "rpcs=3 reads=4 writes=0 commits=0"
    assert cost("PUT", f"/{id}", {"name": "m"}) == "rpcs=2 reads=1 writes=2 commits=1"
    assert cost("POST", f"/{id}/use") == "rpcs=2 reads=1 writes=2 commits=1"
    assert cost("POST", f"/{id}/favorite") == "rpcs=2 reads=1 writes=2 commits=1"
    assert cost("POST", f"/{id}/duplicate") == "rpcs=2 reads=1 writes=2 commits=1"
    assert cost("DELETE", f"/{id}") == "rpcs=1 reads=0 writes=2 commits=1"


SPELLINGS = {
    "{x}": "x",
    "{{ y }}": "y",
    "{First Name}": "First Name",
    "[[name]]": "name",
    "[Your Name]": "Your Name",
    "%%coupon%%": "coupon",
    "<<city>>": "city",
    "${price}": "price",
    "*|FNAME|*": "FNAME",
    "__COMPANY_NAME__": "COMPANY_NAME",
}


def test_a_placeholder_of_any_spelling_is_a_variable(api: Api) -> None:
    """It is listed, reported as missing, and filled by its name; links and footnotes are none."""
    content = " and ".join(SPELLINGS) + " [a link](https://acme.io) [1] [x]"
    template = _made(api, content=content)
    assert template["variables"] == list(SPELLINGS.values())
    used = api.post(f"/api/templates/{template['id']}/use", {"variables": {"x": "1", "First Name": "Ann", "name": "N"}})
    assert used["missing_variables"] == [name for name in SPELLINGS.values() if name not in ("x", "First Name", "name")]
    assert used["generated_content"].startswith("1 and {{ y }} and Ann and N and [Your Name] and")


def test_names_are_filled_as_they_are_spoken(api: Api) -> None:
    template = _made(api, content="{first_name}|{name}|{last_name}|{company}")
    for name, filled, missing in [
        ("Smith, John", "John|John Smith|Smith|{company}", ["company"]),
        ("Dr. Smith", "{first_name}|Dr. Smith|Smith|{company}", ["first_name", "company"]),
    ]:
        person = api.post("/api/prospects", {"name": name, "company": "N/A"})["prospect"]["id"]
        used = api.post(f"/api/templates/{template['id']}/use", {"prospect_id": person})
        assert (used["generated_content"], used["missing_variables"]) == (filled, missing)
