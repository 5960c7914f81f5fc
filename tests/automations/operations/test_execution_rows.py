"""Light rows: what a list of runs shows, in 400 bytes each, read from Firestore alone."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from shared.automations.runs import rows
from shared.automations.runs.models import Attempt, StepResult, Waiting
from shared.gcp import firestore
from shared.gcp.queries import Query
from tests.automations.listed import ALL, NOW, execution, light, store
from tests.automations.played import notify, play, reach, start
from tests.automations.runs.test_waits import STATES
from tests.fixtures.api import Api

HOSTILE = 'A "very"\nlong \\ name \U0001f600 ' * 40


def _bytes(row: dict[str, Any]) -> int:
    return len(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode())


def test_a_row_says_what_a_list_shows(api: Api) -> None:
    prospect = api.post("/api/prospects", {"name": "Ann Lee"})["prospect"]["id"]
    id = api.automation(
        "manual", notify("n"), {"id": "call", "action": "use_template", "config": {"template_id": "none"}}
    )
    run = api.post(f"/api/automations/{id}/run", {"document_id": prospect})["execution"]["id"]
    whole = reach(api, id, run, "failed")
    [row] = light(api)
    assert row == {
        "id": run,
        "automation_id": id,
        "automation_name": "Test",
        "subject": prospect,
        "subject_name": "Ann Lee",
        "triggered_by": "manual",
        "status": "failed",
        "started_at": whole["started_at"][:19] + "Z",
        "duration_seconds": whole["duration_seconds"],
        "failed_step": "call",
        "error": row["error"],
    }
    assert whole["duration_seconds"] > 0
    assert row["error"].startswith("Step call failed: ")
    assert (whole["failed_step"], whole["subject_name"]) == ("call", "Ann Lee")
    assert light(api, f"/api/automations/{id}/executions") == [row]


def test_what_there_is_none_of_is_left_out(api: Api) -> None:
    play(api, notify("n"))
    [row] = light(api)
    assert row.keys() == {
        *("id", "automation_id", "automation_name", "triggered_by", "status", "started_at", "duration_seconds")
    }


def test_a_run_that_is_taken_up_again_has_failed_at_no_step(api: Api) -> None:
    id, run = start(api, notify("n"), {"id": "bad", "action": "analyze_prospect"})
    reach(api, id, run, "failed")
    assert [row["failed_step"] for row in light(api)] == ["bad"]
    api.put(f"/api/automations/{id}", {"steps": [notify("n"), notify("bad")]})
    api.post(f"/api/automations/{id}/executions/{run}/retry", {"version": "current"})
    reach(api, id, run, "success")
    assert "failed_step" not in light(api)[0]


def test_a_row_never_has_more_than_400_bytes(api: Api) -> None:
    """Whatever is long: each text is cut where it can be seen, ids of ours stay whole."""
    texts: dict[str, Any] = {"name": HOSTILE, "data": {"name": HOSTILE, "more": HOSTILE * 50}}
    failed: dict[str, Any] = {
        "status": "failed",
        "error": HOSTILE,
        "failed_step": "s" * 60,
        "completed_at": NOW + timedelta(days=89.9),
    }
    waiting: dict[str, Any] = {
        "status": "waiting",
        "waiting": Waiting(kind="approval", key="k", message=HOSTILE, until=NOW),
    }
    results = {"big": StepResult(status="success", message="m", output={"text": HOSTILE * 50})}
    subject: dict[str, Any] = {"subject": "p" * 20, "triggered_by": "high_fit_prospect_detected"}
    store(
        execution(api.uid, 1, **texts, **failed, **subject, results=results),
        execution(api.uid, 2, **texts, **waiting, **subject, results=results),
        execution(api.uid, 3, **texts, **failed, subject="p" * 5_000),
    )
    found = light(api)
    assert [_bytes(row) <= rows.MOST_BYTES for row in found] == [True] * 3
    assert min(map(_bytes, found)) > 380  # the room is used
    for row in found:
        assert row["automation_name"].endswith("…")
        assert row["subject_name"].startswith('A "')
    assert found[1]["waiting_for"]["what"].startswith("Waits for ")
    assert found[2]["error"].startswith('A "very" lo')
    assert (found[2]["subject"], found[0]["subject"][-2:]) == ("p" * 20, "p…")
    assert len(api.get(ALL)["executions"]) == 3


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=500)
_statuses = st.sampled_from(["failed", "cancelled", "waiting", "running"])


@given(_texts, _texts, _texts, _texts, _statuses, st.booleans())
def test_no_text_makes_a_row_too_large(name: str, person: str, error: str, id: str, status: str, pauses: bool) -> None:
    subject = id.replace("/", "") or None
    fields: dict[str, Any] = {
        "data": {"name": person},
        "error": error,
        "failed_step": error[:60],
        "paused": pauses,
        "subject": subject,
    }
    waiting = Waiting(kind="automation", key=name, message=error, until=NOW) if status == "waiting" else None
    run = execution("ann", **fields, name=name, status=status, completed_at=NOW, waiting=waiting)
    assert len(to_json(rows.ExecutionRow.of(run))) <= rows.MOST_BYTES


def test_of_each_document_the_fields_of_a_row_are_read_alone(api: Api) -> None:
    """A hundred large runs are some kilobytes."""
    results = {"big": StepResult(status="success", message="m", output={"text": "x" * 100_000})}
    store(*(execution(api.uid, n, results=results, data={"name": "Ann", "more": "y" * 5_000}) for n in range(30)))
    query = Query("executions", parent=f"users/{api.uid}", fields=rows.FIELDS)
    sizes = [len(str(row.data)) for row in firestore.client().query(query)]
    assert (len(sizes), max(sizes) < 1_000) == (30, True)
    answer = api.http.get(ALL, params={"view": "row"})
    assert len(answer.content) < 30 * rows.MOST_BYTES + 100
    assert answer.headers["x-firestore-cost"].startswith("rpcs=3 ")


def test_a_row_waits_for_what_the_whole_run_waits_for(api: Api) -> None:
    """In every state that a run can wait in: the fields that are read tell it."""
    states = [{"status": "waiting", **fields} for fields, _ in STATES.values()]
    store(*(execution(api.uid, n, **fields) for n, fields in enumerate(states)))
    whole = [run["waiting_for"] for run in api.get(ALL)["executions"]]
    found = [row.get("waiting_for") for row in light(api)]
    assert [wait and (wait["kind"], wait["what"]) for wait in found] == [
        wait and (wait["kind"], wait["what"]) for wait in whole
    ]
    assert len({wait["kind"] for wait in whole if wait}) > 6


def test_a_row_tells_why_its_run_waits(api: Api) -> None:
    """Also where a step waits for what it needs, which its result alone tells."""
    ask = {"id": "ask", "action": "approval", "config": {"message": "May it leave?"}}
    reach(api, *start(api, ask), "waiting")
    [row] = light(api)
    assert row["waiting_for"] == {
        "kind": "approval",
        "until": row["waiting_for"]["until"],
        "what": "Waits for an approval: May it leave?",
    }
    postponed = {"send": StepResult(status="waiting", message="Waits until “Hello” is approved.")}
    store(
        execution(api.uid, 10_000_001, status="waiting", wake_at=NOW, results=postponed),
        execution(api.uid, 10_000_000, status="waiting", wake_at=NOW, attempts=[Attempt(at=NOW, error="It broke.")]),
    )
    found = [row["waiting_for"] for row in light(api)[:2]]
    assert [each["what"].rpartition("UTC: ")[2] for each in found] == ["Waits until “Hello” is approved.", "It broke."]
    assert [run["waiting_for"]["what"] for run in api.get(ALL)["executions"][:2]] == [each["what"] for each in found]
