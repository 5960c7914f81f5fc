"""Which events a backtest finds, whom they come from, and how a report ends whatever it meets."""

from datetime import timedelta
from typing import Any

import pytest

from shared.automations.authoring import service as automations
from shared.automations.authoring.validation import AutomationInput
from shared.automations.backtest import judging
from shared.automations.backtest import report as reports
from shared.automations.backtest.models import BacktestInput, BacktestReport, JudgedEvent
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.batch import service
from shared.batch.models import BatchRetry, Job
from shared.batch.operations import backtest
from shared.domains.activity import feed
from shared.domains.activity import service as activity
from shared.domains.contacts import service as contacts
from shared.domains.contacts.models import ContactPolicy
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.domains.suppression import service as suppression
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.errors import Conflict, DocumentTooLarge, Invalid
from shared.gcp import firestore, writes
from shared.kit import mailboxes
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.kit.schema import Cause
from shared.store.changes import Change
from tests.batch.conftest import Make, ended

_STEP = {"action": "send_notification", "config": {"title": "T", "message": "M"}}
_HOUR = timedelta(hours=1)


def _made(uid: str, trigger: str = "new_prospect_added", **more: Any) -> Automation:
    body = {"name": "A", "trigger": trigger, "steps": [_STEP], **more}
    return automations.create(uid, AutomationInput.model_validate(body))


def _begun(time: VirtualClock, uid: str, automation: Automation, **period: Any) -> Job:
    data = BacktestInput.model_validate({"from": time.now() - _HOUR, **period})
    body = backtest.body_of(uid, automation.id, data)
    return service.begin(uid, backtest.OPERATION, body, subject=automation.id)


def _report(time: VirtualClock, uid: str, automation: Automation, **period: Any) -> BacktestReport:
    job = ended(uid, _begun(time, uid, automation, **period))
    assert job.report, job.error
    return job.report


def _unmatched(report: BacktestReport) -> dict[str, int]:
    return {row.reason: row.events for row in report.unmatched}


def _by(automation: Automation) -> dict[str, Any]:
    return {"automation_id": automation.id, "execution_id": "e", "step": "s", "depth": 0}


def _told(time: VirtualClock, uid: str, prospect: str, title: str = "Prospect status changed", **about: Any) -> None:
    metadata = {"prospect_id": prospect, **about}
    activity.repository.create(activity.build(uid, "prospect", title, "M", metadata=metadata, at=time.now()))


def test_who_changed_a_document_later_has_not_made_it(time: VirtualClock, uid: str, people: Make) -> None:
    [id] = people(1)
    automation = _made(uid)
    prospects.repository.edit(uid, id, lambda _: {"status": "contacted", "cause": _by(automation)})
    assert _report(time, uid, automation).matched == 1


def test_what_an_automation_has_done_itself_does_not_start_it(time: VirtualClock, uid: str, people: Make) -> None:
    [id] = people(1)
    saved, moved = _made(uid, "vault_item_added"), _made(uid, "prospect_status_changed")
    item = vault.build(uid, VaultInput(title="A thing", summary="Of note", category="insight"))
    vault.repository.create(item.model_copy(update={"cause": Cause(**_by(saved))}))
    assert _unmatched(_report(time, uid, saved)) == {"loop": 1}
    by = {"automation_id": moved.id, "execution_id": "e"}
    _told(time, uid, id, status_before="new", status="contacted", **by)
    _told(time, uid, id, status_before="contacted", status="replied")
    report = _report(time, uid, moved)
    assert (report.matched, _unmatched(report)) == (1, {"loop": 1})


def test_entries_that_are_no_events_are_left_out(time: VirtualClock, uid: str, people: Make) -> None:
    [id] = people(1)
    automation = _made(uid, "prospect_status_changed")
    _told(time, uid, id, status_before="new")
    _told(time, uid, id, status_before="new", status="contacted")
    report = _report(time, uid, automation)
    assert (report.events, report.unfinished_items) == (1, 0)


def test_who_fits_from_the_beginning_is_an_event(time: VirtualClock, uid: str, people: Make) -> None:
    ann, bob = people(2)
    automation = _made(uid, "high_fit_prospect_detected", trigger_config={"threshold": 0.8})
    _told(time, uid, ann, "New prospect", fit_score=0.9)
    _told(time, uid, bob, "New prospect", fit_score=0.0)
    report = _report(time, uid, automation)
    assert (report.events, report.matched) == (1, 1)


def test_one_change_is_one_event_whatever_else_it_changed(time: VirtualClock) -> None:
    before = {"name": "Ann", "status": "new", "approval_status": "pending"}
    after = {"name": "Ann", "status": "contacted", "approval_status": "approved"}
    entries = feed.describe(Change("e", "u", "prospects", "p", before, after, time.now()))
    assert len(entries) == 2
    assert sum("status_before" in entry.metadata for entry in entries) == 1


def test_both_ends_of_a_time_belong_to_it_and_it_may_begin_in_the_year_one(time: VirtualClock, uid: str) -> None:
    hourly = _made(uid, "schedule", trigger_config={"cron": "0 * * * *", "timezone": "America/New_York"})
    to = time.now().replace(minute=0, second=0, microsecond=0)
    assert _begun(time, uid, hourly, **{"from": to - 2 * _HOUR, "to": to}).total == 3
    with pytest.raises(Invalid, match="more than 10,000"):
        _begun(time, uid, hourly, **{"from": "0001-01-01T00:00:00Z"})


@pytest.mark.parametrize("fields", [{"trigger": "of_tomorrow"}, {"trigger_config": {"odd": 1}}])
def test_a_trigger_that_cannot_be_read_is_refused(
    time: VirtualClock, uid: str, people: Make, fields: dict[str, Any]
) -> None:
    people(1)
    automation = _made(uid)
    path = definition_store.automations.path(uid, automation.id)
    firestore.client().commit([writes.update(path, fields)])
    with pytest.raises(Conflict, match="cannot be read"):
        _begun(time, uid, automation)


def test_failures_that_are_tried_again_are_summed_up_with_the_rest(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(3)
    automation = _made(uid)
    real, asked = judging.judge, iter([1, 2, 3])

    def fail_once(*args: Any) -> JudgedEvent:
        assert next(asked) != 2
        return real(*args)

    with monkeypatch.context() as planted:
        planted.setattr(judging, "judge", fail_once)
        first = ended(uid, _begun(time, uid, automation))
    assert first.report
    assert (first.report.matched, first.report.unfinished_items) == (2, 1)
    time.advance(_HOUR / 60)
    again = ended(uid, service.retry(uid, first.id, BatchRetry()))
    assert again.report
    assert (again.report.matched, again.report.events, again.report.unfinished_items) == (3, 3, 0)
    assert again.report.earlier is None
    time.advance(_HOUR / 60)
    third = _report(time, uid, automation)
    assert third.earlier
    assert (third.earlier.job_id, third.earlier.matched) == (again.id, 3)


@pytest.mark.parametrize(("error", "words"), [(KeyError("x"), "our side"), (DocumentTooLarge("It is large."), "large")])
def test_a_report_that_cannot_be_made_ends_its_job(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: Any, **__: Any) -> BacktestReport:
        raise error

    people(1)
    job = _begun(time, uid, _made(uid))
    monkeypatch.setattr(reports, "report", fail)
    failed = ended(uid, job)
    assert (failed.status, failed.report) == ("failed", None)
    assert words in str(failed.error)


def test_a_report_that_the_store_does_not_take_ends_its_job(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(1)
    job = _begun(time, uid, _made(uid))
    real = reports.report

    def large(*args: Any, **more: Any) -> BacktestReport:
        return real(*args, **more).model_copy(update={"name": "x" * 1_100_000})

    monkeypatch.setattr(reports, "report", large)
    failed = ended(uid, job)
    assert (failed.status, failed.report) == ("failed", None)
    assert failed.error


def test_what_came_later_holds_nothing_up(time: VirtualClock, uid: str) -> None:
    """Neither an answer nor a message of later than the event."""
    person = prospects.create(uid, ProspectInput(name="Ann", company="Acme", email=f"{new_id().lower()}@acme.io"))
    contacts.set_policy(uid, ContactPolicy(max_per_contact=1, per_days=7))
    steps = [{"action": "generate_outreach", "config": {"use_knowledge": False}}, {"action": "send_outreach"}]
    automation = _made(uid, steps=steps)
    time.advance(_HOUR / 6)
    box = mailboxes.parse(str(person.email))
    firestore.client().commit([suppression.to_count_send(uid, box, None, time.now(), keep=50)])
    time.advance(_HOUR / 6)
    prospects.repository.edit(uid, person.id, lambda _: {"replied_at": time.now()})
    report = _report(time, uid, automation)
    assert (report.messages, report.held_back, report.statuses) == (1, [], {"success": 1})


def test_texts_that_have_no_room_in_memory_count_all_the_same(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(5)
    step = {"action": "call_webhook", "config": {"url": "https://example.com/x", "body": "Hello"}}
    automation = _made(uid, steps=[step])
    monkeypatch.setattr(backtest, "_TEXTS", 200)
    report = _report(time, uid, automation)
    assert report.messages == 5
    assert 0 < len(report.samples) < 5
    assert all(sample.preview for sample in report.samples)
