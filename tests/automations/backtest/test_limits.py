"""Limits played over the runs of a backtest: what would not have begun, and what only later."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest

from shared.automations.backtest import limits, report
from shared.automations.backtest.models import JudgedEvent, OtherRuns, RehearsedMessage
from shared.automations.definitions.models import Automation
from shared.automations.operations.rehearsed import Held
from shared.domains.contacts.models import ContactPolicy
from shared.gcp import sizes
from shared.kit.schema import stamp

_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_TEXT = {"body": "Hello"}
_POLICY = ContactPolicy(daily_quota=100_000, max_per_contact=50)


def _automation(**more: Any) -> Automation:
    return Automation(**stamp("u", "a"), name="A", trigger="new_prospect_added", steps=[], **more)


def _event(minutes: float, subject: str = "ann", mails: Sequence[str] = (), **more: Any) -> JudgedEvent:
    at = _NOON + timedelta(minutes=minutes)
    messages = [RehearsedMessage(step="send", channel="mail", recipient=to, at=at, preview=_TEXT) for to in mails]
    return JudgedEvent(at=at, subject=subject, matched=True, status="success", messages=messages, **more)


def _held(automation: Automation, events: Sequence[JudgedEvent], policy: ContactPolicy = _POLICY) -> dict[str, Any]:
    played = limits.play(automation, policy, events)
    return {row.rule: (row.times, row.longest_seconds) for row in played.held_back()}


def test_without_limits_nothing_is_held_back() -> None:
    assert _held(_automation(), [_event(n, mails=["a@x.io"]) for n in range(20)]) == {}


@pytest.mark.parametrize(
    ("reentry", "entered_at", "kept_out"),
    [
        ("always", _NOON - timedelta(days=1), 0),
        ("never", None, 2),
        ("never", _NOON - timedelta(days=400), 3),
        ({"after_days": 1}, None, 1),
        ({"after_days": 30}, _NOON - timedelta(days=1), 3),
    ],
)
def test_a_contact_enters_as_often_as_it_may(reentry: Any, entered_at: Any, kept_out: int) -> None:
    days = [0, 0.5, 1]
    events = [_event(24 * 60 * day, entered_at=entered_at) for day in days]
    held = _held(_automation(reentry=reentry), events)
    assert held == ({"reentry": (kept_out, None)} if kept_out else {})


def test_of_a_flurry_the_last_begins_whatever_the_order_of_the_items() -> None:
    automation = _automation(limits={"debounce_seconds": 120})
    events = [_event(0), _event(1), _event(2), _event(30), _event(1, "bob")]
    for order in (events, [*reversed(events)]):
        played = limits.play(automation, _POLICY, order)
        assert sorted(event.at for event in played.begun) == [events[n].at for n in (4, 2, 3)]
        assert len(played.debounced) == 2


def test_a_rate_lets_runs_begin_one_after_the_other() -> None:
    automation = _automation(limits={"rate": {"count": 2, "seconds": 60}})
    held = _held(automation, [_event(0, str(n)) for n in range(6)])
    assert held == {"rate": (4, 120.0)}


def test_a_days_budget_puts_runs_off_to_the_days_that_have_room() -> None:
    automation = _automation(limits={"daily": {"mails": 2, "time_zone": "Europe/Berlin"}})
    held = _held(automation, [_event(n, str(n), [f"{n}@x.io"]) for n in range(5)])
    assert held["daily_mails"][0] == 3
    to_the_day_after = timedelta(days=2) - timedelta(hours=13, minutes=4)  # from 13:04 in Berlin
    assert held["daily_mails"][1] == to_the_day_after.total_seconds()
    steps = _automation(user_limits={"daily": {"steps": 10}})
    assert _held(steps, [_event(n, str(n), steps=4) for n in range(5)])["daily_steps"][0] == 3
    large = [_event(n, str(n), steps=40) for n in range(2)]
    assert _held(steps, large)["daily_steps"][0] == 1  # each larger than a whole day's: a day of its own, not for ever


def test_the_contact_policy_holds_messages_up() -> None:
    policy = ContactPolicy(max_per_contact=2, per_days=7, daily_quota=3)
    events = [_event(n, "ann", ["ann@x.io"]) for n in range(3)] + [_event(n, str(n), [f"{n}@x.io"]) for n in range(3)]
    held = _held(_automation(), events, policy)
    assert held["per_contact"] == (1, 7 * 86_400 - 120)
    assert held["daily_quota"][0] == 2
    assert held["daily_quota"][1] < 12 * 3_600


def test_where_a_run_waits_for_the_next_day_those_behind_it_do_too() -> None:
    automation = _automation(limits={"daily": {"steps": 10}})
    events = [_event(0, "a", steps=8), _event(1, "b", steps=8), _event(2, "c", steps=1)]
    assert _held(automation, events)["daily_steps"][0] == 2


def test_a_run_begins_when_debounce_lets_it() -> None:
    automation = _automation(limits={"debounce_seconds": 12 * 3_600, "daily": {"steps": 1}})
    at_midnight = _event(0, "a", steps=1), _event(12 * 60, "b", steps=1)  # b: begins at noon of the next day
    assert _held(automation, at_midnight)["daily_steps"][0] == 1


@pytest.mark.parametrize(
    ("limits_", "policy", "subject"),
    [
        ({}, {"daily_quota": 1, "max_per_contact": 50}, "{}"),
        ({"daily": {"steps": 1}}, {"daily_quota": 100_000, "max_per_contact": 50}, "{}"),
        ({}, {"daily_quota": 100_000, "max_per_contact": 1, "per_days": 365}, "ann"),  # to the year 12,000
    ],
    ids=["quota", "steps", "per contact"],
)
def test_the_most_events_under_the_tightest_limits_take_no_time_to_speak_of(
    limits_: dict[str, Any], policy: dict[str, Any], subject: str
) -> None:
    events = [_event(n / 100, subject.format(n), [f"{subject.format(n)}@x.io"], steps=1) for n in range(10_000)]
    began = process_time()
    held = _held(_automation(limits=limits_), events, ContactPolicy(**policy))
    assert process_time() - began < 5
    [(times, longest)] = held.values()
    assert times == 9_999
    assert longest
    assert longest > 9 * 365 * 86_400


def test_what_a_rule_says_to_steps_and_to_all_together_is_one_row() -> None:
    policy = ContactPolicy(max_per_contact=1, per_days=7, daily_quota=100)
    events = [_event(n, "ann", ["ann@x.io"]) for n in range(2)]
    held = Held(step="send", rule="per_contact", reason="R", since=_NOON, until=_NOON + timedelta(minutes=1))
    events[0].held = [held]
    period = (_NOON - timedelta(days=1), _NOON + timedelta(days=1))
    summed = report.report(_automation(), period, policy, events, unfinished_items=0, earlier=None)
    assert [(row.rule, row.times, row.longest_seconds) for row in summed.held_back] == [
        ("per_contact", 2, 7 * 86_400 - 60)
    ]


def test_samples_leave_room_in_the_job_and_all_messages_count() -> None:
    events = [_event(n, str(n), [f"{n}@x.io"] * 2) for n in range(20)]
    for event in events:
        event.messages[0].preview = {"body": "é" * 45_000}
    period = (_NOON - timedelta(days=1), _NOON + timedelta(days=1))
    summed = report.report(_automation(), period, _POLICY, events, unfinished_items=0, earlier=None)
    assert summed.messages == 40
    assert len(summed.samples) == 10
    assert sizes.of_value(summed.model_dump()) < 300_000


def test_what_cannot_be_played_is_named() -> None:
    automation = _automation(limits={"concurrency": 3, "daily": {"tokens": 10}})
    assert [sentence.partition(":")[0] for sentence in limits.not_played(automation)] == ["concurrency", "daily.tokens"]


def test_the_report_sums_up_what_would_have_begun_alone() -> None:
    other = OtherRuns(automation_id="b", name="B", runs=2)
    events = [
        _event(0, "ann", ["ann@x.io"], steps=2, commits=3, others=[other]),
        _event(1, "ann", ["ann@x.io"], steps=2, commits=3, others=[other]),  # enters no more
        _event(2, "bob", others=[other]).model_copy(
            update={"status": "failed", "step": "send", "action": "send_outreach", "code": "invalid", "error": "no"}
        ),
        JudgedEvent(at=_NOON, matched=False, reason="filter", why="The filter leaves it out: x"),
    ]
    period = (_NOON - timedelta(days=1), _NOON + timedelta(days=1))
    summed = report.report(_automation(reentry="never"), period, _POLICY, events, unfinished_items=0, earlier=None)
    assert (summed.events, summed.matched, summed.messages, summed.cost.steps, summed.cost.commits) == (4, 2, 1, 2, 3)
    assert [(row.reason, row.events) for row in summed.unmatched] == [("filter", 1), ("reentry", 1)]
    assert summed.statuses == {"success": 1, "failed": 1}
    assert [(row.step, row.code, row.runs) for row in summed.failures] == [("send", "invalid", 1)]
    assert [(row.name, row.people, row.runs) for row in summed.overlap] == [("B", 2, 4)]
    assert [sample.recipient for sample in summed.samples] == ["ann@x.io"]
