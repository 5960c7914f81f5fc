"""Whatever the store answers, no message is acknowledged, no schedule succeeds and no client is misled: every function
against every status of Google's, whichever of the store's methods it is that fails.

A route meets a third of them, and each of them a third of the routes; STORE_FAULTS=all has every route meet all.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import grpc
import httpx
import pytest

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec, Http, Schedule
from infra.local import calls, plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.definitions import store as definition_store
from shared.automations.runs import store as run_store
from shared.domains import calendar
from shared.domains.webhooks.models import Delivery
from shared.domains.webhooks.repository import deliveries
from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.gcp.writes import Increment
from shared.kit import clock
from shared.kit.schema import stamp
from shared.settings import Settings
from tests.automations import seed
from tests.contract.entities import Ids, made
from tests.contract.operations import Operation, operations
from tests.contract.operations import served as served_operations
from tests.fixtures.api import Api
from tests.fixtures.faulty_store import METHODS, Fault, FaultyStore
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

Code = grpc.StatusCode
# Google's own words, some of which decide what a status means.
DATABASE = (
    "The database (default) does not exist for project prospects-1 Please visit"
    " https://console.cloud.google.com/datastore/setup?project=prospects-1 to add a Cloud Datastore or Cloud Firestore"
    " database."
)
INDEX = (
    "The query requires an index. That index is currently building and cannot be used yet. See its status here:"
    " https://console.firebase.google.com/v1/r/project/prospects-1/firestore/indexes?create_composite=Cl"
)
DATASTORE = (
    "The Cloud Firestore API is not available for Firestore in Datastore Mode database"
    " projects/prospects-1/databases/(default)."
)
QUERIES = ("ListDocuments", "RunQuery", "RunAggregationQuery")
OTHERS = tuple(method for method in METHODS if method not in QUERIES)
FAULTS = {
    "cancelled": Fault(Code.CANCELLED, "The operation was cancelled."),
    "unknown": Fault(Code.UNKNOWN, "Stream removed"),
    "too late": Fault(Code.DEADLINE_EXCEEDED, "Deadline Exceeded"),
    "no database": Fault(Code.NOT_FOUND, DATABASE),
    "no right": Fault(Code.PERMISSION_DENIED, "Missing or insufficient permissions."),
    "no account": Fault(Code.UNAUTHENTICATED, "Request had invalid authentication credentials."),
    "quota": Fault(Code.RESOURCE_EXHAUSTED, "Quota exceeded for quota metric 'Read requests'"),
    "no index": Fault(Code.FAILED_PRECONDITION, INDEX, QUERIES),
    "other words": Fault(Code.FAILED_PRECONDITION, "Eine Vorbedingung ist nicht erfüllt.", QUERIES),
    "datastore": Fault(Code.FAILED_PRECONDITION, DATASTORE, OTHERS),
    "contention": Fault(Code.ABORTED, "Too much contention on these documents. Please try again."),
    "internal": Fault(Code.INTERNAL, "Internal error encountered."),
    "unavailable": Fault(Code.UNAVAILABLE, "The service is temporarily unavailable."),
    "data loss": Fault(Code.DATA_LOSS, "Unrecoverable data loss or corruption."),
    "unimplemented": Fault(Code.UNIMPLEMENTED, "Operation is not implemented, or supported, or enabled."),
}
REPEATED = (Code.ABORTED, Code.UNAVAILABLE, Code.INTERNAL)  # reads with these are made again, after a while
SETUP_CODES = (Code.NOT_FOUND, Code.PERMISSION_DENIED, Code.UNAUTHENTICATED)
PRIVATE = [spec for spec in FUNCTIONS if not isinstance(spec.trigger, Http)]
NOBODY = "127.0.0.1:9"  # no port that anybody listens at


@pytest.fixture
def store(cloud: LocalCloud) -> Iterator[FaultyStore]:
    with FaultyStore(cloud.emulators.firestore_host) as faulty:
        yield faulty


@pytest.fixture
def functions(cloud: LocalCloud, local_settings: Settings, store: FaultyStore) -> Iterator[Served]:
    """All functions on that store. Nobody sends them events, messages or tasks but these tests."""
    with Served(cloud, local_settings, events=False) as server:
        update = {
            "firestore_emulator_host": store.host,
            "pubsub_emulator_host": NOBODY,
            "cloud_tasks_emulator_host": NOBODY,
        }
        settings.use(settings.current().model_copy(update=update))
        yield server


def _call(functions: Served, spec: FunctionSpec) -> httpx.Response:
    headers, body = calls.of(spec, seed.UID)
    return plain.post(
        f"{functions.internal}/{spec.deployed_name}",
        content=body,
        headers=headers | {"x-caller-secret": functions.secret},
        timeout=60,
    )


def _refused(answer: httpx.Response, fault: Fault) -> None:
    """The caller is to try again, and reads nothing of ours."""
    assert answer.status_code in (500, 503), answer.text
    for internal in (fault.message, "firestore", "google", "Traceback", "prospects-1", "grpc"):
        assert not internal or internal not in answer.text


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_that_the_platform_calls_succeeds_while_the_store_fails(
    name: str, functions: Served, store: FaultyStore
) -> None:
    fault = FAULTS[name]
    with store.failing(fault), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda spec: _call(functions, spec), PRIVATE))
    for spec, answer in zip(PRIVATE, answers, strict=True):
        queries = isinstance(spec.trigger, Schedule) or spec.name == "continue_sweep"  # what they begin with
        if fault.methods == METHODS or (fault.methods == QUERIES) is queries:
            _refused(answer, fault)


@pytest.fixture
def due(functions: Served) -> None:
    """Something to do for each schedule and worker, and for the event of a new prospect."""
    past, uid = clock.now() - timedelta(minutes=30), seed.UID
    with Api(functions.url, functions.project, uid) as api:
        step = {"action": "send_notification", "config": {"title": "t", "message": "m"}}
        for trigger, config in (("new_prospect_added", {}), ("schedule", {"cron": "* * * * *"})):
            body = {"name": "A", "trigger": trigger, "trigger_config": config, "steps": [step]}
            id = api.post("/api/automations", body)["automation"]["id"]
            api.post(f"/api/automations/{id}/activate")
        api.post("/api/calendar", {"scheduled_date": "2026-01-01", "type": "follow_up", "notes": "n"})
    automations = definition_store.automations.select(uid)
    update = definition_store.automations.to_update
    scheduled = next(each for each in automations if each.trigger == "schedule")
    held = seed.automation(step)
    runs = [seed.execution(held).execution_id for _ in range(3)]
    delivery = Delivery(
        **stamp(uid, "d1"), webhook_id="w1", event_type="test", event_at=past, body="{}", due_at=past, begun_at=past
    )
    firestore.client().commit(
        [
            update(uid, scheduled.id, {"next_run_at": past}),
            update(uid, held, {"status": "paused", "paused_from": "active", "paused_until": past}),
            run_store.executions.to_update(uid, runs[0], {"due_at": past}),
            run_store.executions.to_update(uid, runs[1], {"status": "success", "expire_at": past}),
            writes.merge(f"users/{uid}/executions/e1", run_store.executions.get(uid, runs[2]).stored()),
            deliveries.to_create(delivery),
        ]
    )


# Whose definition cannot be read does not begin in the event's own commit, and is begun by a message.
_DOES_WITHOUT = {("GetDocument", "prospect_written")}


@pytest.mark.parametrize("name", ["no database", "no right", "other words", "datastore", "quota", "unavailable"])
@pytest.mark.usefixtures("due")
def test_work_that_fails_half_way_is_not_done_either(name: str, functions: Served, store: FaultyStore) -> None:
    whole = FAULTS[name]
    met, done = set(), []
    for method in METHODS:
        if method not in whole.methods:
            continue
        for spec in PRIVATE:
            with store.failing(replace(whole, methods=(method,))) as faults:
                answer = _call(functions, spec)
            if faults:
                met.add(method)
                if answer.status_code < 500 and (method, spec.name) not in _DOES_WITHOUT:
                    done.append((method, spec.name, answer.status_code, dict(faults), answer.text[:200]))
    assert not done, "\n".join(map(str, done))
    assert met


@pytest.mark.parametrize("code", [Code.PERMISSION_DENIED, Code.RESOURCE_EXHAUSTED, Code.INTERNAL, Code.ABORTED])
@pytest.mark.usefixtures("due")
def test_a_row_that_a_schedule_cannot_write_makes_it_fail_and_the_others_are_written(
    code: Code, functions: Served, store: FaultyStore
) -> None:
    spec = next(spec for spec in PRIVATE if spec.name == "follow_ups_due")
    with Api(functions.url, functions.project, seed.UID) as api:
        for _ in range(3):
            api.post("/api/calendar", {"scheduled_date": "2026-01-01", "type": "follow_up", "notes": "n"})
    with store.failing(Fault(code, "Some words.", rows=lambda number: number == 0)) as faults:
        answer = _call(functions, spec)
    assert faults["BatchWrite"]
    assert answer.status_code == 503
    assert sum(not event.announced for event in calendar.repository.select(seed.UID)) == 1
    assert _call(functions, spec).status_code == 200
    assert all(event.announced for event in calendar.repository.select(seed.UID))


def test_rows_that_fail_for_the_moment_are_written_in_the_end(functions: Served, store: FaultyStore) -> None:
    busy = iter([True, True, True, False, True] + [False] * 9)  # of three rows the first two, then the second
    changes = [writes.merge(f"c/{n}", {"n": Increment(1)}) for n in range(3)]
    with store.failing(Fault(Code.ABORTED, "Too much contention", rows=lambda number: next(busy))) as faults:
        assert firestore.client().batch_write(changes) == [None] * 3
    assert faults["BatchWrite"] == 3
    assert [document.data for document in firestore.client().get_all(["c/0", "c/1", "c/2"]) if document] == [
        {"n": 1}
    ] * 3


def test_a_row_of_unknown_outcome_is_not_repeated_where_it_would_count_twice(
    functions: Served, store: FaultyStore
) -> None:
    changes = [writes.merge("c/0", {"n": Increment(1)}), writes.merge("c/1", {"n": 1})]
    with store.failing(Fault(Code.UNAVAILABLE, "gone", rows=lambda number: True)) as faults:
        outcomes = firestore.client().batch_write(changes)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 2
    assert faults["BatchWrite"] == 4


def test_a_stream_that_breaks_is_read_anew_or_not_at_all(functions: Served, store: FaultyStore) -> None:
    paths = [f"users/ann/notifications/n{n}" for n in range(5)]
    firestore.client().commit([writes.create(path, {"n": 1}) for path in paths])
    reads = (
        lambda: firestore.client().query(Query("notifications", parent="users/ann")),
        lambda: firestore.client().get_all(paths),
    )
    for code in (Code.UNAVAILABLE, Code.INTERNAL, Code.DATA_LOSS):
        for read in reads:
            broken = Fault(code, "Connection reset by peer", after=2)
            with store.failing(broken) as faults, pytest.raises(Unavailable):
                read()
            assert faults.total() == (1 if code is Code.DATA_LOSS else 4)


def test_a_store_that_says_nothing_holds_nobody_longer_than_its_deadline(functions: Served, cloud: LocalCloud) -> None:
    with FaultyStore(cloud.emulators.firestore_host) as mute:
        settings.use(settings.current().model_copy(update={"firestore_emulator_host": mute.host, "rpc_seconds": 0.5}))
        with mute.failing(Fault(Code.UNAVAILABLE, "late", silent=30.0)) as faults:
            for spec in PRIVATE:
                if spec.name in ("follow_ups_due", "prospect_written", "run_execution", "deliver_webhook"):
                    _refused(_call(functions, spec), FAULTS["too late"])
    assert faults.total() >= 4


@pytest.fixture
def user(cloud: LocalCloud, local_settings: Settings, store: FaultyStore) -> Iterator[tuple[Api, Ids]]:
    """Somebody who has one of everything that is needed for a call; what that has caused is done."""
    with Served(cloud, local_settings) as server:
        settings.use(settings.current().model_copy(update={"firestore_emulator_host": store.host}))
        with Api(server.url, server.project) as api:
            ids = made(api, served_operations())
            eventually(lambda: cloud.courier.idle(server.url))
            yield api, ids


def test_every_route_says_that_it_cannot_be_served_now(user: tuple[Api, Ids], store: FaultyStore) -> None:
    api, ids = user
    needing: list[Operation] = []
    whole = FAULTS["no right"]
    for operation in operations():
        with store.failing(whole) as faults:
            answer = operation.call(api, ids)
        if faults:
            needing.append(operation)
            _unavailable(operation, answer, whole)
        else:
            assert answer.status_code < 500, (operation.name, answer.text)
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} == {operation.method for operation in needing}
    assert len(needing) > len(operations()) * 0.7
    once = [fault for fault in FAULTS.values() if fault.methods == METHODS and fault.code not in REPEATED]
    step = 1 if os.environ.get("STORE_FAULTS") == "all" else 3
    for number, fault in enumerate(once):
        some = needing[number % step :: step]
        with store.failing(fault), ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda operation: operation.call(api, ids), some))
        for operation, answer in zip(some, answers, strict=True):
            _unavailable(operation, answer, fault)


def _unavailable(operation: Operation, answer: httpx.Response, fault: Fault) -> None:
    assert answer.status_code == 503, (operation.name, fault, answer.text)
    assert answer.headers["content-type"] == "application/problem+json", operation.name
    if operation.path == "/api/ready":  # which says itself what does not answer
        return
    kind = {**dict.fromkeys(SETUP_CODES, "misconfigured"), Code.RESOURCE_EXHAUSTED: "quota-exhausted"}
    assert answer.json()["type"] == f"urn:problem:{kind.get(fault.code, 'unavailable')}", (operation.name, answer.text)
    assert ("Retry-After" in answer.headers) is (fault.code in kind), operation.name
    _refused(answer, fault)
