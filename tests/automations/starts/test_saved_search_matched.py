"""What a saved search finds is told of, and starts automations, which cannot go round in circles unnoticed."""

from typing import Any

from shared.automations.definitions.models import MAX_DEPTH
from shared.domains.research.models import Insight
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.kit.schema import stamp
from tests.automations.played import notify, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

SAY = notify("said", config={"title": "Found {{ search_match.title }}"})


def _save(api: Api, query: str = "pumps", **more: Any) -> str:
    body = {"name": "Pumps", "query": query, "alert": True, **more}
    return str(api.post("/api/search/saved", body)["saved_search"]["id"])


def _vault(api: Api, title: str) -> str:
    return str(api.post("/api/vault", {"title": title, "summary": "s", "category": "c"})["item"]["id"])


def _ended(api: Api, id: str, *statuses: str) -> list[dict[str, Any]]:
    eventually(lambda: [run["status"] for run in api.executions(id)] == list(statuses))
    return api.executions(id)


def test_a_match_is_a_notification_and_starts_the_automations_of_its_search(api: Api) -> None:
    search, other = _save(api), _save(api, "bread", name="Bread")
    meant = api.automation("saved_search_matched", SAY, trigger_config={"saved_search_id": search})
    every = api.automation("saved_search_matched", notify("every"))
    filtered = api.automation(
        "saved_search_matched", notify("n"), trigger_config={"filter": "after.kind == 'prospects'"}
    )
    not_meant = api.automation("saved_search_matched", notify("other"), trigger_config={"saved_search_id": other})
    item = _vault(api, "Pumps of Acme")
    [run] = _ended(api, meant, "success")
    assert run["event"]["data"]["document_id"] == item
    assert (run["triggered_by"], run["event"]["data"]["link"]) == ("saved_search_matched", f"/vault?id={item}")
    _ended(api, every, "success")
    assert titles(api) == ["Found Pumps of Acme", "New match: Pumps", "every"]
    assert [api.executions(id) for id in (not_meant, filtered)] == [[], []]


def test_a_search_without_an_alert_starts_automations_all_the_same(api: Api) -> None:
    search = _save(api, alert=False)
    listener = api.automation("saved_search_matched", SAY, trigger_config={"saved_search_id": search})
    _vault(api, "Pumps")
    _ended(api, listener, "success")
    assert titles(api) == ["Found Pumps"]


def test_a_run_about_a_prospect_has_the_prospect(api: Api) -> None:
    _save(api)
    say = notify("said", config={"title": "{{ prospect.name }} of {{ prospect.company }}"})
    listener = api.automation("saved_search_matched", say)
    prospect = api.post("/api/prospects", {"name": "Ann", "company": "Pumps & Co"})["prospect"]["id"]
    [run] = _ended(api, listener, "success")
    assert (run["subject"], titles(api)) == (prospect, ["Ann of Pumps & Co", "New match: Pumps"])
    api.ok(api.http.delete(f"/api/prospects/{prospect}"))
    eventually(lambda: titles(api) == ["Ann of Pumps & Co"] or titles(api) == [])


def test_what_the_system_writes_is_found_too(api: Api) -> None:
    _save(api, filters={"kinds": ["vault"]})
    store = {"id": "keep", "action": "store_insight", "config": {"title": "Pumps are wanted", "summary": "s"}}
    id = api.automation("manual", store)
    api.post(f"/api/automations/{id}/run")
    eventually(lambda: "New match: Pumps" in titles(api))


def test_personas_and_templates_are_found(api: Api) -> None:
    _save(api)
    api.post("/api/personas", {"name": "A seller of pumps"})
    api.post("/api/templates", {"name": "Pumps", "category": "email", "content": "c"})
    eventually(lambda: titles(api) == ["New match: Pumps"] * 2)


def test_an_automation_is_not_started_by_what_it_wrote_itself(api: Api) -> None:
    _save(api)
    store = {"id": "keep", "action": "store_insight", "config": {"title": "More pumps", "summary": "s"}}
    listener = api.automation("saved_search_matched", store, active=False)
    warned = api.post(f"/api/automations/{listener}/activate")["warnings"]
    assert any("this automation does what starts it" in sentence for sentence in warned)
    _vault(api, "Pumps")
    _ended(api, listener, "success")
    eventually(lambda: any("would have started itself" in log["message"] for log in _warnings(api)))
    assert len(api.executions(listener)) == 1
    assert titles(api) == ["New match: Pumps"] * 2


def test_automations_that_find_what_the_other_wrote_stop(api: Api) -> None:
    def store(number: int) -> dict[str, Any]:
        return {
            "id": "keep",
            "action": "store_insight",
            "config": {"title": f"pumps{number} {{{{ execution.id }}}}", "summary": "s"},
        }

    first, second = _save(api, "pumps1"), _save(api, "pumps2")
    one = api.automation("saved_search_matched", store(2), trigger_config={"saved_search_id": first})
    two = api.automation("saved_search_matched", store(1), trigger_config={"saved_search_id": second})
    _vault(api, "pumps1")
    eventually(lambda: any(f"stop at depth {MAX_DEPTH}" in log["message"] for log in _warnings(api)))
    depths = sorted(run["event"]["depth"] for id in (one, two) for run in api.executions(id))
    assert depths == list(range(MAX_DEPTH + 1))


def test_a_missing_search_is_named_when_an_automation_is_activated(api: Api) -> None:
    id = api.automation("saved_search_matched", SAY, trigger_config={"saved_search_id": "gone"}, active=False)
    assert api.post(f"/api/automations/{id}/activate")["warnings"] == [
        "Nothing will start it: there is no saved search gone (saved_search_id)."
    ]


def _warnings(api: Api) -> list[dict[str, Any]]:
    logs: list[dict[str, Any]] = api.get("/api/system/logs", level="warning", category="automation")["logs"]
    return logs


def test_a_file_is_found_by_its_passages_and_an_insight_by_its_own(api: Api) -> None:
    _save(api, "centrifugal -diesel", filters={"kinds": ["files", "insights"]})
    for name, text in [("a.txt", "Of pumps. " * 200 + "The centrifugal ones."), ("b.txt", "Centrifugal, with diesel.")]:
        api.ok(api.http.post("/api/files", content=text, params={"name": name}))
    [told] = eventually(lambda: [n for n in api.get("/api/notifications")["notifications"] if "match" in n["title"]])
    assert told["message"].startswith("a")
    firestore.client().commit([_insight(api.uid, "The centrifugal pump is in demand.")])
    eventually(lambda: titles(api) == ["New match: Pumps"] * 2)


def _insight(uid: str, summary: str) -> Write:
    insight = Insight(**stamp(uid), task_id="t", summary=summary)
    return writes.create(f"users/{uid}/insights/{insight.id}", insight.stored())
