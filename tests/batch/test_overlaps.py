"""Jobs on documents that others change, switch or delete meanwhile, and calls that race with the workers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from random import Random
from typing import Any

import pytest

from shared.automations.authoring import service as automations
from shared.automations.authoring.validation import AutomationInput
from shared.batch import running, service
from shared.batch.lanes import LANES, LaneMessage
from shared.batch.models import ENDED, BatchRetry, Job
from shared.batch.repository import jobs, outcomes
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachQuery
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectUpdate
from shared.domains.templates import service as templates
from shared.domains.templates.models import TemplateInput
from shared.errors import Conflict
from shared.kit.clock import VirtualClock
from tests.batch.conftest import Make, begin, ended, serve


def _at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(copy_context().run, call) for call in calls]]


def _lanes(uid: str) -> list[Callable[[], Any]]:
    return [lambda lane=lane: running.serve(LaneMessage(uid=uid, lane=lane)) for lane in range(LANES)]  # type: ignore[misc]


def _statuses(uid: str, job: Job) -> dict[str, str]:
    rows = outcomes.select(uid, where=[("job_id", "==", job.id)])
    assert len(rows) == len({row.number for row in rows}) == job.total
    return {str(row.target): row.status for row in rows}


def test_two_jobs_that_change_the_same_field_leave_what_one_of_them_said(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(60)
    both = [begin(uid, "update_prospects", ids=ids, changes={"tags": [tag], "company": tag}) for tag in ("a", "b")]
    _at_once(_lanes(uid))
    assert [ended(uid, job).done for job in both] == [60, 60]
    now = [prospects.get(uid, id) for id in ids]
    assert all(person.tags == [person.company] for person in now)
    assert {person.company for person in now} <= {"a", "b"}


def test_what_is_changed_and_deleted_at_once_is_told_as_it_was(time: VirtualClock, uid: str, people: Make) -> None:
    ids = people(60)
    change = begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]})
    delete = begin(uid, "delete", kind="prospects", ids=[*reversed(ids)])
    again = begin(uid, "delete", kind="prospects", ids=ids)
    _at_once(_lanes(uid))
    changed, deleted, twice = (ended(uid, job) for job in (change, delete, again))
    assert not any(prospects.find(uid, id) for id in ids)
    assert deleted.done + twice.done == 60  # each is deleted by one of the two
    assert changed.done + changed.failed == 60
    for job in (changed, deleted, twice):
        statuses = _statuses(uid, job)
        assert [*statuses.values()].count("done") == job.done
    assert {row.code for row in outcomes.select(uid) if row.status == "failed"} <= {"not-found"}


def test_people_who_change_and_delete_beside_a_job_are_not_overwritten(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(40)
    job = begin(uid, "analyze_prospects", ids=ids)

    def edit() -> None:
        for id in ids[::2]:
            prospects.update(uid, id, ProspectUpdate(company="Mine"), None)
        for id in ids[1::4]:
            prospects.delete(uid, id, None)

    _at_once([*_lanes(uid), edit])
    done = ended(uid, job)
    statuses = _statuses(uid, done)
    assert {prospects.get(uid, id).company for id in ids[::2]} == {"Mine"}
    assert {prospects.get(uid, id).status for id in ids[::2]} == {"analyzed"}
    assert not any(prospects.find(uid, id) for id in ids[1::4])
    assert all(statuses[id] == "done" for id in ids if id not in ids[1::4])


def _automations(uid: str, number: int) -> list[str]:
    steps = [{"action": "set_variables", "config": {"variables": {"a": "1"}}}]
    data = AutomationInput.model_validate({"name": "A", "trigger": "new_prospect_added", "steps": steps})
    return [automations.create(uid, data).id for _ in range(number)]


def test_automations_that_are_edited_paused_and_deleted_while_a_job_switches_them(time: VirtualClock, uid: str) -> None:
    ids = _automations(uid, 24)
    switch = begin(uid, "update_automations", ids=ids, status="active")
    limit = begin(uid, "update_automations", ids=ids, changes={"limits": {"concurrency": 2}})

    def edit() -> None:
        for id in ids[::3]:
            automations.update(uid, id, {"description": "Mine"}, None)
        for id in ids[1::3]:
            automations.update(uid, id, {"status": "paused"}, None)
        for id in ids[2::3]:
            automations.delete(uid, id, None)

    _at_once([*_lanes(uid), edit])
    assert ended(uid, switch).status == ended(uid, limit).status == "done"
    statuses = _statuses(uid, jobs.get(uid, switch.id))
    for id in ids[::3]:
        now = automations.get(uid, id)
        assert (now.description, now.status, statuses[id]) == ("Mine", "active", "done")
        assert now.limits.concurrency == 2
    assert {automations.get(uid, id).status for id in ids[1::3]} <= {"active", "paused"}
    failed = [row for row in outcomes.select(uid) if row.status == "failed"]
    assert {row.code for row in failed} <= {"not-found"}
    assert {row.target for row in failed} <= {*ids[2::3]}


@pytest.mark.parametrize("seed", range(3))
def test_calls_that_race_with_workers_lose_and_double_nothing(
    time: VirtualClock, uid: str, people: Make, seed: int
) -> None:
    dice = Random(seed)
    template = templates.create(uid, TemplateInput(name="T", category="email", content="Hello {first_name}"))
    job = begin(uid, "generate_outreach", ids=people(80), template_id=template.id, use_knowledge=False)

    def hold_up() -> list[int]:
        seen = [0]
        for _ in range(12):
            with suppress(Conflict):
                dice.choice((service.pause, service.resume))(uid, job.id)
            seen.append(jobs.get(uid, job.id).done)
        return seen

    for seen in _at_once([*_lanes(uid), hold_up, *_lanes(uid), hold_up]):
        assert (seen or []) == sorted(seen or [])  # how far it is never goes back
    with suppress(Conflict):
        service.resume(uid, job.id)
    done = ended(uid, job)
    assert (done.status, done.done, done.failed) == ("done", 80, 0)
    assert templates.get(uid, template.id).usage_count == 80
    assert outreach.list_page(uid, OutreachQuery()).total == 80


def test_a_job_that_is_cancelled_amid_its_items_counts_what_took_effect(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(100)
    job = begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]})
    _at_once([*_lanes(uid), lambda: service.cancel(uid, job.id)])
    serve(uid)
    ended_job = jobs.get(uid, job.id)
    changed = sum(prospects.get(uid, id).tags == ["a"] for id in ids)
    assert ended_job.status in ENDED
    assert ended_job.done == changed == len(outcomes.select(uid))


def test_failures_that_are_tried_again_by_two_at_once_are_tried_once(
    time: VirtualClock, uid: str, people: Make
) -> None:
    [person] = people(1)
    job = begin(uid, "update_prospects", ids=["gone", person, "lost"], changes={"tags": ["a"]})
    assert ended(uid, job).failed == 2
    calls: list[Callable[[], Any]] = [lambda: service.retry(uid, job.id, BatchRetry())] * 3
    calls += [lambda: service.retry(uid, job.id, BatchRetry(numbers=[2, 0, 0]))]
    again = {each.id for each in _at_once(calls)}
    assert len(again) == 1
    serve(uid)
    assert jobs.get(uid, again.pop()).failed == 2
    assert len(outcomes.select(uid)) == 5


def test_what_failed_since_an_earlier_retry_is_tried_too(time: VirtualClock, uid: str) -> None:
    job = begin(uid, "update_prospects", ids=["gone", "lost"], changes={"tags": ["a"]})
    assert ended(uid, job).failed == 2
    first = service.retry(uid, job.id, BatchRetry(numbers=[0]))
    both = service.retry(uid, job.id, BatchRetry())
    assert (first.total, both.total) == (1, 2)
