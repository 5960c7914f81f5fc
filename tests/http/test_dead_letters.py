"""/api/system/dead-letters: what was given up reaches operators, once each, and is sent again once by one of them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.domains.dead_letters import arrivals, service
from shared.errors import Conflict, Unavailable
from shared.gcp import firestore, pubsub, writes
from shared.gcp.queries import Query
from shared.kit import clock
from shared.kit.undelivered import Undelivered
from tests.fixtures.accounts import traces
from tests.fixtures.api import Api
from tests.fixtures.operators import LETTERS, forwarded, letters, operator, push
from tests.fixtures.served import Served
from tests.fixtures.tokens import unsigned
from tests.fixtures.waiting import eventually

# Halves of characters, and what is deeper than Python or an answer's JSON can be.
_ODD = [b'{"uid": "\\ud800", "a": ["\\udfff"]}', b'{"\\udfff": 1}', b'"\\ud800"', b'{"a": NaN, "b": 1e999}']
_ODD += [b'{"a":' * depth + b"1" + b"}" * depth for depth in (200, 400, 900)]
_ODD += [b"[" * 960 + b"]" * 960]


@pytest.fixture
def operators(api: Api) -> Iterator[Api]:
    with operator(api) as client:
        yield client


def test_a_letter_that_arrives_twice_is_one(served: Served, operators: Api) -> None:
    """Delivered again, or forwarded again under another id; two like messages of different times are two."""
    body = json.dumps({"uid": "ann", "execution_id": "e"}).encode()
    for number in (0, 0, 0, 1):
        assert push(served, forwarded(body, number=number)).status_code == 200
    assert len(letters(operators)) == 2


def test_a_thousand_at_once_are_all_kept(served: Served, operators: Api) -> None:
    def forward(number: int) -> int:
        return push(served, forwarded(json.dumps({"number": number}).encode(), number=number)).status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(forward, range(1_000))) == {200}
    page = operators.get(LETTERS, limit=500)
    second = operators.get(LETTERS, limit=500, cursor=page["next_cursor"])
    ids = {row["id"] for row in (*page["dead_letters"], *second["dead_letters"])}
    assert (page["total"], len(ids), second["next_cursor"]) == (1_000, 1_000, None)


@pytest.mark.parametrize("body", [b"", b"\xff\x00\xfe", b"[1, 2]", b"null", b'{"a":' * 5_000, b"7" * 5_000, *_ODD])
def test_any_body_is_kept_and_shown(served: Served, operators: Api, body: bytes) -> None:
    assert push(served, forwarded(body)).status_code == 200
    [letter] = letters(operators)
    assert letter["size"] == len(body)
    assert operators.http.get(f"{LETTERS}/{letter['id']}").status_code == 200


def test_a_body_larger_than_a_document_is_kept_whole_and_deleted_whole(served: Served, operators: Api) -> None:
    body = json.dumps({"uid": "ann", "text": "x" * 9_900_000}).encode()
    assert push(served, forwarded(body)).status_code == 200
    [letter] = letters(operators)
    assert (letter["size"], letter["uid"]) == (len(body), "ann")
    full = operators.get(f"{LETTERS}/{letter['id']}")["dead_letter"]
    assert (full["shortened"], len(json.dumps(full)) < 20_000) == (True, True)
    sent: list[bytes] = []
    service.redrive(letter["id"], "somebody", lambda _, whole: sent.append(whole))
    assert sent == [body]
    operators.ok(operators.http.delete(f"{LETTERS}/{letter['id']}"))
    assert firestore.client().get(f"dead_letters/{letter['id']}/pieces/3") is None
    assert letters(operators) == []


def test_a_letter_of_a_function_that_is_gone_says_so(served: Served, operators: Api) -> None:
    push(served, forwarded(b"{}", subscription="a-topic-of-old-0"))
    push(served, forwarded(b"x", own={"ce-id": "1", "ce-document": "users/ann/notes/n1"}))
    rows = letters(operators)
    assert [letter["function"] for letter in rows] == [None, None]
    for letter in rows:
        answer = operators.http.post(f"{LETTERS}/{letter['id']}/redrive")
        assert (answer.status_code, "delete the letter" in answer.json()["detail"]) == (409, True)
    done = operators.post(f"{LETTERS}/redrive", {})
    assert (done["redriven"], len(done["refused"])) == (0, 2)
    assert {letter["status"] for letter in letters(operators)} == {"open"}


def test_an_event_whose_body_is_none_is_refused_and_stays(served: Served, operators: Api) -> None:
    push(served, forwarded(b"\xff\xff", own={"ce-id": "1", "ce-document": "users/ann/prospects/p1"}))
    [letter] = letters(operators)
    answer = operators.http.post(f"{LETTERS}/{letter['id']}/redrive")
    assert (answer.status_code, letters(operators)[0]["status"]) == (422, "open")


def _stored(**more: Any) -> str:
    letter = arrivals.keep(Undelivered("message", "run_execution", "s", str(more), b"{}", **more))
    assert letter
    return letter.id


def test_of_two_operators_one_sends_it_again(served: Served) -> None:
    id = _stored()
    sent: list[bytes] = []

    def redrive(number: int) -> bool:
        try:
            service.redrive(id, f"operator {number}", lambda _, body: sent.append(body))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(redrive, range(8))) == [False] * 7 + [True]
    assert sent == [b"{}"]


def test_what_cannot_be_sent_stays_open_and_a_dead_operators_claim_ends(served: Served, cloud: LocalCloud) -> None:
    id = _stored()

    def refuse(*_: object) -> None:
        raise Unavailable("The message queue did not answer; try again.")

    with pytest.raises(Unavailable):
        service.redrive(id, "ann", refuse)
    assert service.get_full(id).status == "open"
    firestore.client().commit(
        [writes.update(f"dead_letters/{id}", {"status": "redriving", "redriven_at": clock.now()})]
    )
    with pytest.raises(Conflict):
        service.redrive(id, "bob", lambda *_: None)
    cloud.clock.advance(timedelta(minutes=3))
    assert service.redrive(id, "bob", lambda *_: None).status == "redriven"


def test_many_are_redriven_page_by_page(served: Served, operators: Api) -> None:
    for number in range(5):
        _stored(attributes={"n": str(number)})
    counts, cursor = [], None
    for _ in range(3):
        done = operators.post(f"{LETTERS}/redrive", {"limit": 2, "cursor": cursor, "function": "run_execution"})
        counts.append(done["redriven"])
        cursor = done["next_cursor"]
    assert (counts, cursor) == ([2, 2, 1], None)
    # The messages name no execution: they are refused at once and come back, each as the same letter.
    back = eventually(lambda: (rows := letters(operators, status="open"))[4:] and rows)
    assert [row["returned"] for row in back] == [1] * 5


def test_a_redrive_of_many_ends_in_time_and_names_the_rest(
    served: Served, operators: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter takes more than half the time: two a call, whatever the limit."""
    for number in range(5):
        _stored(attributes={"n": str(number)})
    send = pubsub.publish_raw

    def slowly(*message: Any) -> None:
        cloud.clock.advance(timedelta(seconds=0.6 * settings.current().sweep_seconds))
        send(*message)

    monkeypatch.setattr(pubsub, "publish_raw", slowly)
    counts, cursor = [], None
    for _ in range(3):
        done = operators.post(f"{LETTERS}/redrive", {"limit": 4, "cursor": cursor})
        counts.append((done["redriven"], done["refused"]))
        cursor = done["next_cursor"]
        assert len([row for row in letters(operators) if row["redriven_at"]]) == sum(sent for sent, _ in counts)
    assert (counts, cursor) == ([(2, []), (2, []), (1, [])], None)


@pytest.mark.parametrize("filters", [{}, {"source": "message"}, {"source": "message", "function": "run_execution"}])
def test_of_many_redriven_those_are_again_whose_redrive_has_died(
    served: Served, operators: Api, cloud: LocalCloud, filters: dict[str, str]
) -> None:
    ids = [_stored(attributes={"n": str(number)}) for number in range(3)]
    claimed = {"status": "redriving", "redriven_at": clock.now(), "redriven_by": "bob"}
    firestore.client().commit([writes.update(f"dead_letters/{ids[0]}", claimed)])
    at_work = operators.post(f"{LETTERS}/redrive", {"limit": 1, **filters})
    assert (at_work["redriven"], at_work["refused"]) == (0, [])
    assert operators.post(f"{LETTERS}/redrive", {"cursor": at_work["next_cursor"], **filters})["redriven"] == 2
    eventually(lambda: len(letters(operators, status="open")) == 2)  # they are refused, and come back
    cloud.clock.advance(timedelta(minutes=3))
    done = operators.post(f"{LETTERS}/redrive", {"limit": 1, **filters})
    assert (done["redriven"], done["refused"]) == (1, [])
    [back] = eventually(lambda: [row for row in letters(operators) if row["id"] == ids[0] and row["returned"]])
    assert back["status"] == "open"


def test_users_are_no_operators_and_nobody_is_by_saying_so(api: Api, operators: Api, served: Served) -> None:
    id = _stored()
    for claims in ({}, {"operator": "true"}, {"operator": 1}, {"role": "operator"}):
        headers = {"Authorization": f"Bearer {unsigned(api.project, api.uid, **claims)}"}
        for method, path in (
            ("GET", ""),
            ("GET", f"/{id}"),
            ("POST", f"/{id}/redrive"),
            ("POST", "/redrive"),
            ("DELETE", f"/{id}"),
        ):
            answer = api.http.request(method, f"{LETTERS}{path}", headers=headers)
            assert answer.status_code == 403, f"{method} {path} {claims}"
    assert len(letters(operators)) == 1
    with plain.client(base_url=api.url) as nobody:  # the development user of the local stack
        assert nobody.get(LETTERS).json()["total"] == 1


def test_secrets_in_bodies_are_not_shown(served: Served, operators: Api) -> None:
    body = {
        "url": "https://x.io/api/hooks/abc123",
        "headers": {"Authorization": "Bearer s3cret"},
        "list": [{"api_key": "k1"}],
    }
    push(served, forwarded(json.dumps(body).encode()))
    [letter] = letters(operators)
    shown = json.dumps(operators.get(f"{LETTERS}/{letter['id']}"))
    assert [word for word in ("abc123", "s3cret", "k1") if word in shown] == []


@pytest.mark.parametrize("depth", [900, 50_000])
def test_secrets_in_bodies_of_any_depth_are_not_shown(served: Served, operators: Api, depth: int) -> None:
    push(served, forwarded(b'{"token": "s3cret", "url": "/api/hooks/abc123", "a":' + b"[" * depth))
    push(served, forwarded(b'{"token": "s3cret", "a":' + b"[" * depth + b"]" * depth + b"}", number=1))
    for letter in letters(operators):
        shown = json.dumps(operators.get(f"{LETTERS}/{letter['id']}"))
        assert [word for word in ("abc123", "s3cret") if word in shown] == []


@pytest.mark.parametrize("named", ["a/b", "..", "x" * 600])
def test_a_message_that_names_no_letter_of_ours_is_kept_as_its_own(served: Served, operators: Api, named: str) -> None:
    for _ in range(2):
        assert push(served, forwarded(b"{}", own={"dead_letter": named})).status_code == 200
    assert len(letters(operators)) == 1


@pytest.mark.parametrize("count", ["9" * 5_000, "\u0663", "-1", "1e3", ""])
def test_any_number_of_deliveries_is_kept(served: Served, operators: Api, count: str) -> None:
    message = forwarded(b"{}")
    message["message"]["attributes"]["CloudPubSubDeadLetterSourceDeliveryCount"] = count
    assert push(served, message).status_code == 200
    assert [letter["attempts"] for letter in letters(operators)] == [1]
    refused = push(served, [], "continue_sweep", **{"X-CloudTasks-TaskRetryCount": count.replace("\u0663", "-")})
    assert refused.status_code == 200
    assert [letter["attempts"] for letter in letters(operators, source="task")] == [1]


def test_a_deleted_account_leaves_no_letter_and_gets_none(served: Served, api: Api) -> None:
    bodies = [
        json.dumps({"uid": uid, "text": "x" * size}).encode() for uid in (api.uid, "bob") for size in (1, 900_000)
    ]
    for number, body in enumerate(bodies):
        assert push(served, forwarded(body, number=number)).status_code == 200
    event = {"ce-id": "1", "ce-document": f"users/{api.uid}/prospects/p"}
    assert push(served, forwarded(b"", own=event)).status_code == 200
    api.ok(api.http.request("DELETE", "/api/account", json={"confirm": "delete my account"}))
    assert traces(api.uid) == [path for path in traces(api.uid) if path.startswith("deleted_accounts/")]
    for number, body in enumerate(bodies, 10):
        assert push(served, forwarded(body, number=number)).status_code == 200
    assert push(served, forwarded(b"", own={**event, "ce-id": "2"})).status_code == 200
    left = firestore.client().query(Query("dead_letters"))
    assert {row.data["uid"] for row in left} == {"bob"}
    assert len(left) == 4


def test_letters_go_after_thirty_days(served: Served) -> None:
    stored = firestore.client().get(f"dead_letters/{_stored()}")
    assert stored
    assert stored.data["expires_at"] - stored.data["died_at"] == timedelta(days=30)


def test_each_arrival_is_one_line_of_alarm(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    body = forwarded(b"{}")
    for _ in range(3):
        push(served, body)
    lines = [record for record in caplog.records if record.message == "dead letter"]
    assert [(line.levelname, line.fields["dead_function"]) for line in lines] == [("ERROR", "run_execution")]  # type: ignore[attr-defined]
