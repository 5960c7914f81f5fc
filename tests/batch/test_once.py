"""Each item takes effect once: whoever dies at whatever write, comes twice, or works beside another."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest

from shared.batch import lanes, overdue, pieces, running, service
from shared.batch.lanes import LANES, LaneMessage
from shared.batch.models import Job, Piece
from shared.batch.operations import OPERATIONS
from shared.batch.repository import jobs, outcomes
from shared.batch.repository import pieces as stored_pieces
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachQuery
from shared.domains.prospects import service as prospects
from shared.domains.templates import service as templates
from shared.domains.templates.models import TemplateInput
from shared.errors import NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit.clock import VirtualClock
from shared.runtime import accounts
from tests.batch.conftest import Make, begin, ended, serve
from tests.fixtures.crashes import crashes


def _pieces(uid: str, job: Job) -> list[Piece]:
    return stored_pieces.select(uid, where=[("job_id", "==", job.id)])


def _starts(uid: str) -> Counter[str]:
    """How often each document of a user was announced as created."""
    rows = [
        f"{row['collection']}/{row['id']}"
        for entry in firestore.client().query(Query("stream", parent=f"users/{uid}"))
        for row in entry.data.get("rows", ())
        if row["change"] == "created"
    ]
    return Counter(rows)


def _lane_of(uid: str, job: Job) -> int:
    [piece] = _pieces(uid, job)
    return piece.lane


def test_a_worker_that_dies_at_any_write_leaves_nothing_undone_or_done_twice(
    time: VirtualClock, uid: str, people: Make
) -> None:
    """A template counts its uses in the commit that stores the message, so it tells of a second effect."""
    ids = people(3)
    deaths = 0
    for boundary in range(1, 80):
        template = templates.create(uid, TemplateInput(name="T", category="email", content="Hello {first_name}"))
        job = begin(uid, "generate_outreach", ids=[*ids, "nobody"], template_id=template.id, use_knowledge=False)
        lane = _lane_of(uid, job)
        died = crashes(boundary, lambda: running.serve(LaneMessage(uid=uid, lane=lane)))  # noqa: B023
        before = jobs.get(uid, job.id)
        time.advance(timedelta(minutes=2))
        assert before.status == "done" or overdue.sweep()["sent"] == 1, boundary
        time.advance(timedelta(minutes=2))  # the lease of whoever died
        done = ended(uid, job)
        assert (done.status, done.done, done.failed) == ("done", 3, 1), boundary
        assert (before.done, before.failed) <= (done.done, done.failed)
        assert templates.get(uid, template.id).usage_count == 3, boundary
        assert len(outcomes.select(uid, where=[("job_id", "==", job.id)])) == 4
        deaths += died
        if not died:
            break
    assert outreach.list_page(uid, OutreachQuery()).total == 3 * (boundary)
    assert set(_starts(uid).values()) == {1}
    assert deaths == boundary - 1 > 15


def test_a_call_that_dies_while_it_makes_a_job_has_made_all_of_it_or_none(
    time: VirtualClock, uid: str, people: Make
) -> None:
    ids = people(60)
    for boundary in range(1, 40):
        died = crashes(boundary, lambda: begin(uid, "update_prospects", ids=ids, changes={"tags": ["a"]}))
        under_way = jobs.under_way(uid, 50)
        time.advance(timedelta(minutes=2))
        overdue.sweep()
        serve(uid)
        assert jobs.under_way(uid, 50) == []
        for job in under_way:
            assert jobs.get(uid, job.id).done == 60
        if not died:
            break
    assert boundary > 5


def test_two_workers_at_one_piece_do_each_item_once(time: VirtualClock, uid: str, people: Make) -> None:
    """As when the lease of one that is only slow runs out: here without any lease at all."""
    ids = people(25)
    template = templates.create(uid, TemplateInput(name="T", category="email", content="Hello {first_name}"))
    job = begin(uid, "generate_outreach", ids=ids, template_id=template.id, use_knowledge=False)
    [piece] = _pieces(uid, job)
    operation = OPERATIONS[job.operation]

    def work(_: int) -> str:
        perform = operation.begin(uid, operation.body_of(job.options))
        try:
            return str(pieces.handful(piece, perform).done)
        except PreconditionFailed:
            return "lost"

    with ThreadPoolExecutor(4) as pool:
        results = [each.result() for each in [pool.submit(copy_context().run, work, n) for n in range(4)]]
    assert sorted(results) == ["25", "lost", "lost", "lost"]
    assert templates.get(uid, template.id).usage_count == 25
    assert outreach.list_page(uid, OutreachQuery()).total == 25
    assert ended(uid, job).done == 25


def test_tasks_that_come_four_times_at_once_and_out_of_order(time: VirtualClock, uid: str, people: Make) -> None:
    template = templates.create(uid, TemplateInput(name="T", category="email", content="Hello {first_name}"))
    job = begin(uid, "generate_outreach", ids=people(120), template_id=template.id, use_knowledge=False)
    messages = [LaneMessage(uid=uid, lane=lane) for lane in range(LANES)] * 4
    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(copy_context().run, running.serve, message) for message in reversed(messages)]:
            each.result()
    assert ended(uid, job).done == 120
    assert templates.get(uid, template.id).usage_count == 120


def test_jobs_that_overlap_do_not_corrupt_each_other(time: VirtualClock, uid: str, people: Make) -> None:
    """Two change different fields of the same prospects, a third deletes some of them meanwhile."""
    ids = people(50)
    first = begin(uid, "update_prospects", ids=ids, changes={"tags": ["spring"]})
    second = begin(uid, "update_prospects", ids=ids, changes={"company": "Acme"})
    third = begin(uid, "delete", kind="prospects", ids=ids[::5])
    with ThreadPoolExecutor(LANES) as pool:
        lanes_at_once = [
            pool.submit(copy_context().run, running.serve, LaneMessage(uid=uid, lane=lane)) for lane in range(LANES)
        ]
        for each in lanes_at_once:
            each.result()
    jobs_now = [ended(uid, job) for job in (first, second, third)]
    assert [job.done + job.failed for job in jobs_now] == [50, 50, 10]
    assert jobs_now[2].done == 10
    left = [prospects.get(uid, id) for n, id in enumerate(ids) if n % 5]
    assert {(person.company, *person.tags) for person in left} == {("Acme", "spring")}
    assert not any(prospects.find(uid, id) for id in ids[::5])


def _then(call: Callable[[], Any]) -> Callable[..., Any]:
    """A handful, after which something else happens, once."""
    original, called = pieces.handful, list[int]()

    def handful(piece: Piece, *how: Any) -> Piece:
        changed = original(piece, *how)
        if not called:
            called.append(1)
            call()
        return changed

    return handful


@pytest.mark.parametrize("what", ["cancel", "pause", "delete"])
def test_a_job_that_is_stopped_stops_within_a_handful(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    ids = people(100)
    job = begin(uid, "update_prospects", ids=ids, changes={"tags": ["spring"]})
    monkeypatch.setattr(pieces, "handful", _then(lambda: getattr(service, what)(uid, job.id)))
    serve(uid)
    changed = sum(prospects.get(uid, id).tags == ["spring"] for id in ids)
    assert changed == pieces.HANDFUL
    if what == "delete":
        with pytest.raises(NotFound):
            jobs.get(uid, job.id)
        return
    assert jobs.get(uid, job.id).done == changed
    if what == "pause":
        service.resume(uid, job.id)
        assert ended(uid, job).done == 100


def test_what_a_dead_worker_had_done_is_counted_though_its_job_was_cancelled(
    time: VirtualClock, uid: str, people: Make
) -> None:
    job = begin(uid, "update_prospects", ids=people(5), changes={"tags": ["spring"]})
    lane = _lane_of(uid, job)
    boundary = 1
    while not outcomes.select(uid):  # until it dies behind the first effects
        assert crashes(boundary, lambda: running.serve(LaneMessage(uid=uid, lane=lane)))
        time.advance(timedelta(minutes=2))
        boundary += 1
    service.cancel(uid, job.id)
    serve(uid)
    counted = jobs.get(uid, job.id)
    assert (counted.status, counted.done) == ("cancelled", len(outcomes.select(uid)))


def test_an_item_at_which_workers_die_is_given_up(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = people(5)
    job = begin(uid, "update_prospects", ids=ids, changes={"tags": ["spring"]})
    lane = _lane_of(uid, job)
    original = prospects.apply

    class Death(BaseException):
        pass

    def deadly(uid: str, id: str, *values: Any, **more: Any) -> Any:
        if id == ids[2]:
            raise Death
        return original(uid, id, *values, **more)

    monkeypatch.setattr(prospects, "apply", deadly)
    deaths = 0
    while jobs.get(uid, job.id).status != "done" and deaths < 30:
        try:
            running.serve(LaneMessage(uid=uid, lane=lane))
        except Death:
            deaths += 1
        time.advance(timedelta(minutes=2))
    done = jobs.get(uid, job.id)
    assert (done.done, done.failed) == (4, 1)
    [failed] = outcomes.failed(uid, job.id)
    assert (failed.target, failed.code) == (ids[2], "given-up")
    assert 5 < deaths < 20


def test_a_lane_is_held_by_one_worker_and_comes_back_after_its_death(
    time: VirtualClock, uid: str, people: Make
) -> None:
    job = begin(uid, "update_prospects", ids=people(3), changes={"tags": ["spring"]})
    lane = LaneMessage(uid=uid, lane=_lane_of(uid, job))
    held = lanes.take(lane)
    assert held
    assert lanes.take(lane) is None
    time.advance(timedelta(minutes=2))
    other = lanes.take(lane)
    assert other
    with pytest.raises(lanes.Lost):
        held.keep(job, "piece")
    other.keep(job, "piece")


def test_nothing_more_is_done_for_an_account_that_is_closed_amid_a_handful(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written behind the deletion's first pass would stay until a later one."""
    original, calls = prospects.apply, list[str]()

    def apply(uid: str, id: str, *values: Any, **more: Any) -> Any:
        calls.append(id)
        if len(calls) == 3:
            accounts.close(uid)
        return original(uid, id, *values, **more)

    begin(uid, "update_prospects", ids=people(20), changes={"tags": ["a"]})
    monkeypatch.setattr(prospects, "apply", apply)
    serve(uid)
    assert len(calls) == 3
