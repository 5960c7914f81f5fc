"""Why did this person get this message?"""

from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def test_from_the_message_back_to_what_started_it(api: Api) -> None:
    status = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    first = api.automation("new_prospect_added", status, name="First")
    second = api.automation("prospect_status_changed", "analyze_prospect", "generate_outreach", name="Second")
    prospect = api.post("/api/prospects", {"name": "Ann Lee"})["prospect"]["id"]
    message = eventually(lambda: api.get("/api/outreach")["outreach"])[0]
    eventually(lambda: [run["status"] for run in api.executions(second)] == ["success"])
    told = api.get(f"/api/outreach/{message['id']}/lineage")
    assert [run["automation_id"] for run in told["runs"]] == [second, first]
    assert [step["action"] for step in told["runs"][0]["steps"]] == ["analyze_prospect", "generate_outreach"]
    assert (told["origin"]["trigger"], told["origin"]["document_id"]) == ("new_prospect_added", prospect)
    assert told["why"][0] == "New prospect added about Ann Lee started “First”."
    assert told["why"][1] == "That run started “Second”."


def test_a_persons_own_message(api: Api) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    made = api.post("/api/outreach", {"prospect_id": prospect, "subject": "Hi", "body": "Hello"})["outreach"]
    told = api.get(f"/api/outreach/{made['id']}/lineage")
    assert (told["runs"], told["origin"]["kind"]) == ([], "person")
    with api.another_user() as other:
        assert other.http.get(f"/api/outreach/{made['id']}/lineage").status_code == 404
