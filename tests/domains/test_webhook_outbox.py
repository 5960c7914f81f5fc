"""Deliveries in the test's own hands: derived twice, sent by two at once, lost, died half-way, out of order."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.automations.starts import document_events
from shared.automations.triggers import TRIGGERS
from shared.domains.webhooks import delivering, listing, overdue, repository, service
from shared.domains.webhooks.models import Delivery, Webhook, WebhookEvent, WebhookInput
from shared.domains.webhooks.outbox import DeliveryMessage
from shared.domains.webhooks.repository import deliveries
from shared.errors import Unavailable
from shared.gcp import firestore, writes
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from shared.store import renewals
from shared.store.changes import Change
from tests.automations.scenario import standing_clock
from tests.providers.web.site import Asked, Site, response

LISTED = renewals.of_model(repository.webhooks, listing.to_list)


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


def _webhook(uid: str, site: Site, *events: WebhookEvent) -> Webhook:
    return service.create(uid, WebhookInput(url=f"{site.url}/in", event_types=list(events or ("prospect_added",))))


def _added(uid: str, id: str = "p1", **more: Any) -> Change:
    fields = {"name": "Ann", "created_at": clock.now(), "updated_at": clock.now(), **more}
    return Change(f"event-{id}", uid, "prospects", id, None, fields, clock.now())


def _completed(uid: str, event: str) -> Change:
    fields = {"scheduled_date": "2999-12-31", "created_at": clock.now(), "updated_at": clock.now()}
    after = {**fields, "completed": True}
    return Change(event, uid, "calendar_events", "c1", {**fields, "completed": False}, after, clock.now())


def _stored(uid: str) -> list[Delivery]:
    return deliveries.select(uid, order=[("created_at", "asc")])


def _message(delivery: Delivery) -> DeliveryMessage:
    return DeliveryMessage(uid=delivery.user_id, webhook_id=delivery.webhook_id, delivery_id=delivery.id)


def _deliver(uid: str) -> None:
    for delivery in _stored(uid):
        with suppress(Unavailable):  # a few seconds early, as the wait is random: its queue would send it again
            delivering.serve(_message(delivery))


def test_an_event_that_comes_twice_is_delivered_once(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response()) as site:
        first, second = _webhook(uid, site), _webhook(uid, site)
        for _ in range(3):
            document_events.take(_added(uid))
        for _ in range(3):
            _deliver(uid)
    assert {delivery.webhook_id for delivery in _stored(uid)} == {first.id, second.id}
    assert len(site.asked) == len({asked.headers["webhook-id"] for asked in site.asked}) == 2


def test_of_two_workers_at_once_one_sends(time: VirtualClock, uid: str) -> None:
    gate = threading.Barrier(8)

    def attempt(message: DeliveryMessage) -> None:
        gate.wait(10)
        delivering.serve(message)

    with Site(lambda asked: response()) as site:
        _webhook(uid, site)
        document_events.take(_added(uid))
        [delivery] = _stored(uid)
        with ThreadPoolExecutor(8) as pool:
            copies = [copy_context() for _ in range(8)]
            done = [pool.submit(copy.run, attempt, _message(delivery)) for copy in copies]
            for future in done:
                future.result()
    assert len(site.asked) == 1
    assert [(found.status, len(found.attempts)) for found in _stored(uid)] == [("delivered", 1)]


@pytest.mark.parametrize("boundary", [1, 2, 3, 4])
def test_a_worker_that_dies_is_followed_by_another(time: VirtualClock, uid: str, boundary: int) -> None:
    """Before its claim, after it, before its record, after it: the receiver gets it, always under one id."""
    with Site(lambda asked: response()) as site:
        _webhook(uid, site)
        document_events.take(_added(uid))
        failpoint.arm(boundary)
        with pytest.raises(failpoint.Crash):
            _deliver(uid)
        failpoint.arm(None)
        time.advance(timedelta(seconds=61))
        overdue.sweep()
        _deliver(uid)
    assert [delivery.status for delivery in _stored(uid)] == ["delivered"]
    assert len({asked.headers["webhook-id"] for asked in site.asked}) == 1
    assert len(site.asked) == (2 if boundary == 3 else 1)


def test_one_that_dies_at_every_attempt_is_given_up(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response()) as site:
        _webhook(uid, site)
        document_events.take(_added(uid))
        for _ in range(30):
            if _stored(uid)[0].status != "pending":
                break
            failpoint.arm(3)  # its record is never made
            with suppress(failpoint.Crash):
                _deliver(uid)
            failpoint.arm(None)
            time.advance(timedelta(seconds=61))
            overdue.sweep()
    assert [delivery.status for delivery in _stored(uid)] == ["failed"]
    assert len(site.asked) == 10


def test_a_task_that_got_lost_is_sent_again_by_the_sweep(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response()) as site:
        _webhook(uid, site)
        document_events.take(_added(uid))
        assert overdue.sweep()["overdue"] == 0
        time.advance(timedelta(seconds=61))
        assert overdue.sweep() == {"overdue": 1, "sent": 1}
        assert overdue.sweep()["overdue"] == 0
        _deliver(uid)
        time.advance(timedelta(days=1))
        assert overdue.sweep()["overdue"] == 0
    assert len(site.asked) == 1


def test_an_early_message_does_nothing(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response(status=500)) as site:
        _webhook(uid, site)
        document_events.take(_added(uid))
        _deliver(uid)
        time.advance(timedelta(seconds=7))
        _deliver(uid)
        for _ in range(3):
            _deliver(uid)
    assert len(site.asked) == 2


def test_events_of_one_document_are_delivered_in_their_order(time: VirtualClock, uid: str) -> None:
    """Derived out of order, and while the first is refused; events of other documents do not wait."""

    def answer(asked: Asked) -> list[bytes]:
        return response(status=503 if b'"c1"' in asked.body and len(site.asked) < 4 else 200)

    with Site(answer) as site:
        _webhook(uid, site, "prospect_added", "task_completed")
        first = _completed(uid, "event-1")
        time.advance(timedelta(seconds=10))
        later = _completed(uid, "event-2")
        document_events.take(later)
        document_events.take(first)
        document_events.take(_added(uid))
        for _ in range(40):
            _deliver(uid)
            time.advance(timedelta(seconds=60))
            if all(delivery.status == "delivered" for delivery in _stored(uid)):
                break
    stamps = [asked.headers["webhook-id"] for asked in site.asked if b'"c1"' in asked.body]
    by_id = {delivery.id: delivery for delivery in _stored(uid)}
    assert {delivery.status for delivery in by_id.values()} == {"delivered"}
    times = [by_id[id].event_at for id in stamps]
    assert times == sorted(times)
    assert len(set(times)) == 2
    assert len(times) > 2, "the first was refused, else nothing is shown"
    assert len(site.asked) - len(times) == 1


def test_webhooks_that_were_stored_before_are_listed(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response()) as site:
        old = {"url": f"{site.url}/in", "event_types": ["prospect_added"], "status": "active", "schema_version": 1}
        more = {"created_at": clock.now(), "updated_at": clock.now(), "failure_count": 0, "last_triggered": None}
        off = {**old, **more, "status": "inactive"}
        secret = {"user_id": uid, "webhook_id": "old", "secret": "a-secret-of-my-own"}
        path = f"users/{uid}/webhooks"
        from shared.domains.webhooks import secrets

        kept = [writes.create(f"{path}/old", {**old, **more}), writes.create(f"{path}/off", off)]
        firestore.client().commit([*kept, writes.create(secrets.path(uid, "old"), secret)])
        assert [renewals.go_on([LISTED])["changed"] for _ in range(2)] == [2, 0]
        document_events.take(_added(uid))
        _deliver(uid)
    assert [delivery.webhook_id for delivery in _stored(uid)] == ["old"]
    assert len(site.asked) == 1


def test_a_document_that_cannot_be_shown_holds_nothing_up(time: VirtualClock, uid: str) -> None:
    with Site(lambda asked: response()) as site:
        _webhook(uid, site)
        document_events.take(_added(uid, tags="odd"))
        _deliver(uid)
    assert b'"prospect":null' in site.asked[0].body


def test_every_trigger_s_subscription_lists_webhooks(time: VirtualClock, uid: str) -> None:
    """Whatever starts an automation is an event."""
    with Site(lambda asked: response()) as site:
        webhook = _webhook(uid, site, "automation_triggered")
    subscriptions = firestore.client().get_all([f"users/{uid}/subscriptions/{trigger}" for trigger in TRIGGERS])
    assert [each and each.data["webhooks"] for each in subscriptions] == len(TRIGGERS) * [
        {webhook.id: ["automation_triggered"]}
    ]
    service.delete(uid, webhook.id, None)
    subscriptions = firestore.client().get_all([f"users/{uid}/subscriptions/{trigger}" for trigger in TRIGGERS])
    assert [each and each.data["webhooks"] for each in subscriptions] == len(TRIGGERS) * [{}]


def test_no_webhook_is_listed_before_the_triggers_are_declared(root: Path) -> None:
    code = """
from shared.domains.webhooks import listing
from shared.domains.webhooks.triggers import Undeclared
try:
    print(listing.to_unlist("u", "w"))
except Undeclared as error:
    print("refused:", error)
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert answer == "refused: Import shared.automations.triggers before webhooks are listed.\n"


def test_without_webhooks_an_event_costs_what_it_did(time: VirtualClock, uid: str) -> None:
    from shared import context
    from shared.context import Context

    costs = []
    for change in (_added(uid), _added(uid, "p2")):
        with context.bound(Context()) as call:
            document_events.take(change)
        costs.append(str(call.meter.cost))
        with Site(lambda asked: response()) as site:
            _webhook(uid, site)
    assert costs == ["rpcs=2 reads=1 writes=3 commits=1", "rpcs=2 reads=1 writes=4 commits=1"]
