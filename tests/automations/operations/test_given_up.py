"""What is given up after all deliveries reaches operators, and is sent again, on the real emulators."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Topic
from infra.local.cloud import LocalCloud
from infra.local.courier import Parcel
from infra.local.push import subscribe, unsubscribe
from shared.automations.runs import queue
from shared.gcp import firestore, writes
from tests.automations import seed
from tests.fixtures.api import Api
from tests.fixtures.operators import LETTERS, letters, operator, push
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

ATTEMPTS = 5  # the least that Pub/Sub takes


@pytest.fixture
def operators(api: Api) -> Iterator[Api]:
    with operator(api) as client:
        yield client


@pytest.fixture
def hasty(served: Served) -> Served:
    """The steps' subscription gives up after five attempts."""
    trigger = next(spec.trigger for spec in FUNCTIONS if spec.name == "run_execution")
    assert isinstance(trigger, Topic)
    host = served.cloud.emulators.pubsub_host
    unsubscribe(host, served.project, trigger, shards=1)
    endpoint = f"{served.internal}/run_execution/?secret={served.secret}"
    subscribe(host, served.project, replace(trigger, max_attempts=ATTEMPTS), endpoint, shards=1)
    return served


def _unreadable(message: Any) -> None:
    """An execution that its function cannot read, whenever it comes."""
    path = f"users/{message.uid}/executions/{message.execution_id}"
    firestore.client().commit([writes.update(path, {"status": "a status of tomorrow"})])


def _mend(message: Any) -> None:
    path = f"users/{message.uid}/executions/{message.execution_id}"
    firestore.client().commit([writes.update(path, {"status": "pending"})])


def test_a_poison_message_reaches_operators_delays_no_other_and_is_sent_again(hasty: Served, operators: Api) -> None:
    automation = seed.automation({"action": "send_notification"})
    poison, others = seed.execution(automation), [seed.execution(automation) for _ in range(5)]
    _unreadable(poison)
    queue.hand_over([poison, *others])
    for other in others:
        eventually(partial(_ended, other))
    assert letters(operators) == []  # all others are done before it is given up
    [letter] = eventually(lambda: letters(operators))
    assert (letter["function"], letter["source"], letter["uid"]) == ("run_execution", "message", seed.UID)
    assert (letter["status"], letter["attempts"] >= ATTEMPTS) == ("open", True)
    full = operators.get(f"{LETTERS}/{letter['id']}")["dead_letter"]
    assert full["body"]["execution_id"] == poison.execution_id

    _mend(poison)
    operators.post(f"{LETTERS}/{letter['id']}/redrive")
    eventually(lambda: _ended(poison))
    [letter] = letters(operators, status="redriven")
    assert (letter["redriven_by"], letter["returned"]) == (operators.uid, 0)


def _ended(message: Any) -> bool:
    return seed.stored(message).status == "success"


def test_what_fails_again_comes_back_as_the_same_letter(hasty: Served, operators: Api) -> None:
    poison = seed.execution(seed.automation({"action": "send_notification"}))
    _unreadable(poison)
    queue.hand_over([poison])
    [letter] = eventually(lambda: letters(operators))
    operators.post(f"{LETTERS}/{letter['id']}/redrive")
    [again] = eventually(lambda: [row for row in letters(operators) if row["returned"]])
    assert (again["id"], again["status"], again["returned"]) == (letter["id"], "open", 1)
    assert again["attempts"] >= 2 * ATTEMPTS
    _mend(poison)
    assert operators.post(f"{LETTERS}/redrive", {"limit": 10})["redriven"] == 1
    eventually(lambda: _ended(poison))


@contextmanager
def _late(cloud: LocalCloud) -> Iterator[None]:
    """Parcels are on their way for as long as the block lasts."""
    held: list[Parcel] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloud.courier, "send", lambda parcel, at=None: held.append(parcel))
        yield
        eventually(lambda: len(held) >= 2)
    for parcel in held:
        cloud.courier.send(parcel)


def test_an_event_that_is_never_taken_reaches_operators_and_is_taken_again(
    api: Api, operators: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud.events, "max_attempts", 3)
    bad = api.post("/api/prospects", {"name": "Ann", "email": "ann@acme.io"})["prospect"]["id"]
    message = {"prospect_id": bad, "subject": "Hi", "body": "Hello", "tone": "friendly"}
    outreach = api.post("/api/outreach", message)["outreach"]["id"]
    path = f"users/{api.uid}/prospects/{bad}"
    # It is deleted, and something unreadable stands in its place before the event is there: whether its messages go too
    # cannot be said.
    with _late(cloud):
        firestore.client().commit([writes.delete(path)])
        firestore.client().commit([writes.create(path, {"name": 7})])
    good = api.post("/api/prospects", {"name": "Bob"})["prospect"]["id"]
    eventually(lambda: [a for a in api.get("/api/activity")["activities"] if a["metadata"].get("prospect_id") == good])
    [letter] = eventually(lambda: letters(operators, source="event"))
    assert (letter["function"], letter["target"], letter["attempts"]) == ("prospect_written", path, 3)
    assert letter["uid"] == api.uid
    body = operators.get(f"{LETTERS}/{letter['id']}")["dead_letter"]["body"]
    assert (body["before"]["name"], body["after"]) == ("Ann", None)

    failed = operators.post(f"{LETTERS}/{letter['id']}/redrive")["dead_letter"]
    assert (failed["status"], failed["returned"]) == ("open", 1)
    assert "does not fit its model" in failed["error"]
    firestore.client().commit([writes.delete(path)])
    done = operators.post(f"{LETTERS}/{letter['id']}/redrive")["dead_letter"]
    assert (done["status"], done["returned"]) == ("redriven", 1)
    assert api.http.get(f"/api/outreach/{outreach}").status_code == 404


def test_a_task_is_kept_at_its_last_attempt_alone(served: Served, operators: Api) -> None:
    poison = seed.execution(seed.automation({"action": "send_notification"}))
    _unreadable(poison)
    task = {"X-CloudTasks-QueueName": "wake-execution", "X-CloudTasks-TaskName": "t1"}
    for retries in ("", "0", "98", "-1", "x"):
        answer = push(served, poison.model_dump(), "wake_execution", **task, **{"X-CloudTasks-TaskRetryCount": retries})
        assert answer.status_code == 500
    assert letters(operators) == []
    for _ in range(2):
        push(served, poison.model_dump(), "wake_execution", **task, **{"X-CloudTasks-TaskRetryCount": "99"})
    [letter] = letters(operators, source="task")
    assert (letter["function"], letter["target"], letter["attempts"]) == ("wake_execution", "wake-execution", 100)
    assert "does not fit its model" in letter["error"]

    _mend(poison)
    operators.post(f"{LETTERS}/{letter['id']}/redrive")
    eventually(lambda: _ended(poison))


def test_a_task_that_was_sent_again_comes_back_as_the_same_letter(
    served: Served, operators: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = seed.execution(seed.automation({"action": "send_notification"}))
    _unreadable(poison)
    push(served, poison.model_dump(), "wake_execution", **{"X-CloudTasks-TaskRetryCount": "99"})
    [letter] = letters(operators, source="task")
    operators.post(f"{LETTERS}/{letter['id']}/redrive")
    [parcel] = [each for each in cloud.courier.waiting(served.internal) if letter["id"] in each.headers.values()]
    eventually(lambda: parcel.attempts)  # else the attempt under way would be the last
    parcel.attempts = 99  # it has failed so often
    [again] = eventually(lambda: [row for row in letters(operators) if row["returned"]])
    assert (again["id"], again["status"], again["attempts"]) == (letter["id"], "open", 200)
    eventually(lambda: cloud.courier.idle(served.internal))  # and the queue has dropped it


def test_a_message_refused_for_good_is_kept_at_once(served: Served, operators: Api) -> None:
    sent = {
        "message": {"data": b64encode(b"no JSON").decode(), "messageId": "m1"},
        "subscription": "p/automation-steps",
    }
    for _ in range(2):
        answer = push(served, sent, "run_execution")
        assert (answer.status_code, "refused" in answer.json()) == (200, True)
    [letter] = letters(operators)
    assert (letter["function"], letter["attempts"]) == ("run_execution", 1)
    full = operators.get(f"{LETTERS}/{letter['id']}")["dead_letter"]
    assert (full["body"], full["shortened"]) == ("no JSON", False)
