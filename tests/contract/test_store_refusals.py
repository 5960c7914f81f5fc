"""What the store refuses is a clear answer: 413 for what is too large, 503 for what may pass later."""

import pytest

from infra.local.process import listening_socket
from shared.errors import Unavailable
from shared.gcp import firestore, sizes, writes
from shared.gcp.firestore import Firestore
from shared.gcp.writes import Increment
from shared.settings import Settings
from tests.automations.played import find, reach, start
from tests.fixtures.api import Api


def test_a_document_that_becomes_too_large_is_413(api: Api) -> None:
    address = "https://example.com/in"
    made = api.post("/api/webhooks", {"url": address, "event_types": ["outreach_sent"]})["webhook"]
    path = f"users/{api.uid}/webhooks/{made['id']}"
    stored = firestore.client().get(path)
    assert stored is not None
    room = sizes.MAX_DOCUMENT - sizes.of_document(path, {**stored.data, "filler": ""}) - 50
    firestore.client().commit([writes.merge(path, {"filler": "x" * room})])
    refused = api.http.put(f"/api/webhooks/{made['id']}", json={"url": f"{address}?{'long' * 200}"})
    assert (refused.status_code, refused.json()["type"]) == (413, "urn:problem:document-too-large")
    assert "1,048,576 bytes" in refused.json()["detail"]
    assert api.get(f"/api/webhooks/{made['id']}")["webhook"]["url"] == address


def test_votes_that_a_run_has_no_room_for_are_413_and_the_run_goes_on(api: Api) -> None:
    names = [f"p{n}" for n in range(20)]
    id, run = start(api, {"action": "approval", "config": {"message": "May it?", "approvers": names, "required": 2}})
    reach(api, id, run, "waiting")
    path = f"users/{api.uid}/executions/{run}"
    stored = firestore.client().get(path)
    assert stored is not None
    room = sizes.MAX_DOCUMENT - sizes.of_document(path, {**stored.data, "filler": ""}) - 1_000
    firestore.client().commit([writes.merge(path, {"filler": "x" * room})])
    vote = f"/api/automations/{id}/executions/{run}/approve"
    refused = api.http.post(vote, json={"approver": "p1", "comment": "c" * 4_000})
    assert refused.status_code == 413
    firestore.client().commit([writes.merge(path, {"filler": "x"})])
    for name in names[:2]:
        api.post(vote, {"approver": name, "comment": "c" * 4_000})
    reach(api, id, run, "success")
    assert find(api, id, run)["results"]


def test_a_store_that_does_not_answer_in_time_is_503(local_settings: Settings) -> None:
    with listening_socket(0) as silent:  # takes connections, and says nothing
        store = Firestore(local_settings.project, f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        for call in (lambda: store.get("c/d"), lambda: store.commit([writes.merge("c/d", {"n": Increment(1)})])):
            with pytest.raises(Unavailable) as refused:
                call()
            assert (refused.value.status, refused.value.retriable) == (503, True)
