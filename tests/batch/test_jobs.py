"""A job does each of its items, and says what became of each."""

import pytest

from shared.batch import service
from shared.batch.models import BatchRetry, Job, OutcomeQuery
from shared.batch.repository import jobs, outcomes
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachQuery
from shared.domains.prospects import service as prospects
from shared.errors import BadRequest, Conflict
from shared.kit.clock import VirtualClock
from tests.batch.conftest import Make, begin, ended, serve


def _tags(uid: str, ids: list[str]) -> list[list[str]]:
    return [prospects.get(uid, id).tags for id in ids]


def test_a_job_does_each_item_and_tells_what_failed(time: VirtualClock, uid: str, people: Make) -> None:
    ids = people(60)
    job = begin(uid, "update_prospects", ids=[*ids, "nobody"], changes={"tags": ["spring"]})
    assert (job.status, job.total, job.done) == ("queued", 61, 0)
    done = ended(uid, job)
    assert (done.status, done.done, done.failed, bool(done.completed_at)) == ("done", 60, 1, True)
    assert _tags(uid, ids) == [["spring"]] * 60
    [failed] = service.items(uid, job.id, OutcomeQuery(status="failed")).items
    assert (failed.number, failed.target, failed.code) == (60, "nobody", "not-found")
    assert failed.error == "There is no prospect with this id."
    page = service.items(uid, job.id, OutcomeQuery(limit=50))
    assert [each.number for each in page.items] == list(range(50))
    assert page.total == 61


def test_what_failed_is_tried_again_by_a_job_of_its_own(time: VirtualClock, uid: str, people: Make) -> None:
    [kept, gone, late] = people(3)
    prospects.delete(uid, gone, None)
    job = begin(uid, "generate_outreach", ids=[kept, gone, "late"])
    with pytest.raises(Conflict):
        service.retry(uid, job.id, BatchRetry())
    assert ended(uid, job).failed == 2
    again = service.retry(uid, job.id, BatchRetry())
    assert service.retry(uid, job.id, BatchRetry()).id == again.id
    assert (again.total, again.retry_of) == (2, job.id)
    assert ended(uid, again).failed == 2
    one = service.retry(uid, job.id, BatchRetry(numbers=[1]))
    assert (one.total, one.id != again.id) == (1, True)
    assert outreach.list_page(uid, OutreachQuery()).total == 1
    healthy = begin(uid, "update_prospects", ids=[late], changes={"tags": ["a"]})
    ended(uid, healthy)
    with pytest.raises(BadRequest):
        service.retry(uid, healthy.id, BatchRetry())


def test_a_paused_job_loses_nothing_and_a_cancelled_one_does_nothing_more(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(40)
    job = begin(uid, "update_prospects", ids=ids, changes={"tags": ["spring"]})
    service.pause(uid, job.id)
    serve(uid)
    assert _tags(uid, ids) == [[]] * 40
    assert service.resume(uid, job.id).status == "queued"
    assert ended(uid, job).done == 40
    other = begin(uid, "update_prospects", ids=ids, changes={"tags": ["autumn"]})
    assert service.cancel(uid, other.id).status == "cancelled"
    assert ended(uid, other).done == 0
    assert _tags(uid, ids) == [["spring"]] * 40
    for refused in (service.pause, service.resume, service.cancel):
        with pytest.raises(Conflict):
            refused(uid, other.id)


def test_a_deleted_job_leaves_nothing(time: VirtualClock, uid: str, people: Make) -> None:
    ids = people(30)
    job = begin(uid, "update_prospects", ids=ids, changes={"tags": ["spring"]})
    service.delete(uid, job.id)
    serve(uid)
    assert _tags(uid, ids) == [[]] * 30
    assert jobs.find(uid, job.id) is None
    assert outcomes.select(uid) == []


def _finished(uid: str, operation: str, **sent: object) -> Job:
    return ended(uid, begin(uid, operation, **sent))


def test_every_operation_does_what_the_single_call_does(time: VirtualClock, uid: str, people: Make) -> None:
    ids = people(5)
    assert _finished(uid, "analyze_prospects", ids=ids).done == 5
    assert {prospects.get(uid, id).status for id in ids} == {"analyzed"}
    assert _finished(uid, "generate_outreach", ids=ids, tone="friendly").done == 5
    messages = outreach.list_page(uid, OutreachQuery()).items
    assert sorted(message.prospect_id for message in messages) == sorted(ids)
    said_no = [{"id": ids[0], "changes": {"status": "do_not_contact"}}]
    assert _finished(uid, "update_prospects", items=said_no).done == 1
    deleted = _finished(uid, "delete", kind="prospects", ids=ids[1:])
    assert (deleted.done, outreach.list_page(uid, OutreachQuery()).total) == (4, 1)
