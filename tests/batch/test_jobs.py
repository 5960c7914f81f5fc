"""A job does each of its items, and says what became of each."""

from typing import Any

import pytest

from shared.batch import selection, service
from shared.batch.models import BatchRetry, Job, OutcomeQuery
from shared.batch.operations import OPERATIONS
from shared.batch.repository import jobs, outcomes
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachQuery
from shared.domains.prospects import service as prospects
from shared.errors import BadRequest, Conflict, Invalid
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.clock import VirtualClock
from tests.batch.conftest import Make, begin, ended, serve
from tests.providers.fake import answer
from tests.providers.scripted import scripted


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
    assert _finished(uid, "delete", kind="prospects", ids=ids[1:]).done == 4
    assert [id for id in ids if prospects.repository.find(uid, id)] == [ids[0]]


def test_each_record_says_which_item_it_is_of(time: VirtualClock, uid: str, people: Make) -> None:
    """By its place in the call and by its id, those of failures too; a job of failures alone ends like any other."""
    ids = people(30)
    mixed = [id if n % 3 else f"gone{n}" for n, id in enumerate(ids)]
    job = begin(uid, "update_prospects", ids=mixed, changes={"tags": ["a"]})
    assert ended(uid, job).failed == 10
    rows = service.items(uid, job.id, OutcomeQuery(limit=500)).items
    assert [(row.number, row.target) for row in rows] == [*enumerate(mixed)]
    assert [row.status == "failed" for row in rows] == [n % 3 == 0 for n in range(30)]
    lost = begin(uid, "update_prospects", ids=[f"gone{n}" for n in range(60)], changes={"tags": ["a"]})
    done = ended(uid, lost)
    assert (done.status, done.done, done.failed) == ("done", 0, 60)


_ODD = ["a/b", "..", ".", "__x__", "\U0001f600", "é", "e\u0301", "a b", "x" * 128]
_ODD += ["50%", "#?&=", '"', "\\", "0", "null"]


@pytest.mark.parametrize("kind", ["prospects", "outreach", "templates", "research_tasks", "automations"])
def test_ids_of_odd_characters_fail_one_by_one_and_lead_nowhere_else(time: VirtualClock, uid: str, kind: str) -> None:
    job = begin(uid, "delete", kind=kind, ids=[*_ODD, *_ODD])
    assert (job.total, job.duplicates) == (len(_ODD), len(_ODD))
    assert ended(uid, job).failed == len(_ODD)
    rows = service.items(uid, job.id, OutcomeQuery()).items
    assert [row.target for row in rows] == _ODD
    assert {row.code for row in rows} == {"not-found"}


def test_only_so_many_jobs_are_under_way_and_a_place_is_free_again_behind_one(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(1)
    under_way = [begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]}) for _ in range(service.MAX_UNDER_WAY)]
    for _ in range(2):
        with pytest.raises(Conflict, match="20 batch jobs are under way already"):
            begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]})
    assert jobs.count(uid) == service.MAX_UNDER_WAY
    service.cancel(uid, under_way[0].id)
    begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]})
    for job in under_way[1:]:
        assert ended(uid, job).done == 1


@pytest.mark.parametrize(("people_of_it", "is_taken"), [(0, False), (1, True), (3, True), (4, False)])
def test_a_filter_takes_as_many_as_a_job_may_have(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch, people_of_it: int, is_taken: bool
) -> None:
    monkeypatch.setattr(selection, "MAX_ITEMS", 3)
    people(people_of_it)
    sent = {"filter": {"q": "Ann"}, "changes": {"tags": ["a"]}}
    if is_taken:
        assert ended(uid, begin(uid, "update_prospects", **sent)).done == people_of_it
        return
    with pytest.raises(Invalid, match="finds nothing" if not people_of_it else "it finds 4 in prospects; a job takes"):
        begin(uid, "update_prospects", **sent)
    assert jobs.count(uid) == 0


def test_a_dry_run_has_no_effect_at_all(time: VirtualClock, uid: str, people: Make) -> None:
    ids = people(12)
    parent = f"users/{uid}"
    before = {row.path: row.version for row in firestore.client().query(Query("", parent=parent, group=True))}
    cases: dict[str, dict[str, Any]] = {
        "update_prospects": {"changes": {"tags": ["a"]}},
        "analyze_prospects": {},
        "generate_outreach": {},
        "delete": {"kind": "prospects"},
    }
    for name, more in cases.items():
        operation = OPERATIONS[name]
        body = operation.body.model_validate({"ids": [*ids, "nobody", ids[0]], **more})
        plan = service.start(uid, operation, body, dry_run=True).plan
        assert plan
        assert (plan.count, plan.duplicates, [row.target for row in plan.sample]) == (13, 1, ids[:10])
        assert plan.cost.writes >= 13
    assert {row.path: row.version for row in firestore.client().query(Query("", parent=parent, group=True))} == before


def test_what_is_refused_amid_a_job_is_told_and_tried_again(time: VirtualClock, uid: str, people: Make) -> None:
    """A model whose account has no credit any more, and then has."""
    [analysis] = [{"summary": "S", "fit_score": 0.5, "fit_likelihood": "low", "suggested_outreach_angle": "x"}]
    whole = {**analysis, "reasoning": ["r"], "pain_points": []}
    with scripted() as model:
        model.answers = [whole, whole, answer({"error": {"message": "no credit"}}, 402)]
        job = begin(uid, "analyze_prospects", ids=people(8))
        spent = ended(uid, job)
        assert (spent.status, spent.done, spent.failed) == ("done", 2, 6)
        rows = service.items(uid, job.id, OutcomeQuery(status="failed")).items
        assert {row.error for row in rows} == {
            "The language model's account has no credit; top it up or remove LLM_API_KEY."
        }
        model.answers = [whole]
        assert ended(uid, service.retry(uid, job.id, BatchRetry())).done == 6
