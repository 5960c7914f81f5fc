"""Nobody waits for somebody else's job, or for a larger one: by the order in which items are done, not by seconds."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from itertools import groupby
from threading import Lock
from time import sleep
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import context, settings
from shared.batch import pieces, running, service
from shared.batch.lanes import LANES, LaneMessage
from shared.batch.models import Job, Piece
from shared.batch.repository import jobs
from shared.context import Context, Principal
from shared.domains.content.analysis import service as analysis
from shared.domains.content.analysis.models import ScoreInput
from shared.domains.prospects import service as prospects
from shared.errors import NotYet
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from tests.batch.conftest import Make, begin, ended, serve
from tests.providers.scripted import scripted

_HANDFUL = timedelta(seconds=4)  # so long each takes here
_ANALYSIS = {
    "summary": "A fit.",
    "fit_score": 0.5,
    "fit_likelihood": "medium",
    "suggested_outreach_angle": "Pumps",
    "reasoning": ["They pump."],
    "pain_points": [],
}
Handfuls = list[Piece]


@pytest.fixture
def handfuls(time: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> Handfuls:
    """The pieces of which handfuls were done, in their order."""
    done: Handfuls = []
    original = pieces.handful

    def handful(piece: Piece, *how: Any) -> Piece:
        done.append(piece)
        time.advance(_HANDFUL)
        return original(piece, *how)

    monkeypatch.setattr(pieces, "handful", handful)
    return done


def _nobody(number: int) -> list[str]:
    """Ids of prospects that there are not: each item costs little, and is told as failed."""
    return [f"nobody{n}" for n in range(number)]


def _job(uid: str, number: int) -> Job:
    return begin(uid, "update_prospects", ids=_nobody(number), changes={"tags": ["a"]})


def test_jobs_of_a_user_take_turns_however_large_they_are(handfuls: Handfuls, uid: str) -> None:
    large = _job(uid, 2_000)  # 16 pieces of 125
    small = [_job(uid, 100) for _ in range(2)]  # 4 pieces of 25 each: one a lane
    serve(uid)
    assert [jobs.get(uid, job.id).status for job in (large, *small)] == ["running", "done", "done"]
    for lane in range(LANES):
        turns = [job for job, _ in groupby(piece.job_id for piece in handfuls if piece.lane == lane)]
        assert {*turns[:3]} == {large.id, small[0].id, small[1].id}
    first = [piece.job_id for piece in handfuls if piece.lane == 0]
    assert first.index(small[1].id) <= 4  # handfuls: a turn at a job is over after ten seconds


@pytest.mark.parametrize(("asks", "most"), [(False, 1), (True, 4)])
def test_a_lane_does_several_items_at_once_only_where_they_wait_for_a_model(
    time: VirtualClock, uid: str, people: Make, monkeypatch: pytest.MonkeyPatch, asks: bool, most: int
) -> None:
    """The store has so much to do with jobs as there are lanes, whoever else asks it for something."""
    under_way, seen, lock = [0], [0], Lock()
    original = prospects.change

    def change(*values: Any, **more: Any) -> Any:
        with lock:
            under_way[0] += 1
            seen.append(under_way[0])
        try:
            sleep(0.02)
            return original(*values, **more)
        finally:
            with lock:
                under_way[0] -= 1

    monkeypatch.setattr(prospects, "change", change)
    job = begin(uid, "analyze_prospects", ids=people(12))
    with scripted() if asks else nullcontext() as model:
        if model:
            model.answers = [_ANALYSIS]
        assert ended(uid, job).done == 12
    assert max(seen) == most


class _OneWorker:
    """Serves the lanes in the order in which their tasks came to the queue, one after the other, each for its turn."""

    def __init__(self, cloud: LocalCloud, url: str) -> None:
        self._cloud, self._url = cloud, url
        self._served: set[int] = set()

    def work(self, until: Callable[[], bool]) -> None:
        while not until():
            waiting = [each for each in self._cloud.courier.waiting(self._url) if id(each) not in self._served]
            assert waiting, "no task is left"
            self._served.add(id(waiting[0]))
            with context.bound(Context()):
                running.serve(LaneMessage.model_validate(json.loads(waiting[0].body)))


@pytest.fixture
def worker(cloud: LocalCloud, local_settings: settings.Settings) -> Iterator[_OneWorker]:
    url = f"http://127.0.0.1:9/{new_id()}"  # nobody listens: the test does what the queue's worker does
    replaced = settings.use(local_settings.model_copy(update={"functions_url": url}))
    yield _OneWorker(cloud, url)
    cloud.courier.forget(url)
    settings.use(replaced)


def test_users_take_turns_however_much_one_of_them_has_to_do(handfuls: Handfuls, worker: _OneWorker) -> None:
    greedy, modest, late = (f"{name}-{new_id()}" for name in ("greedy", "modest", "late"))
    for _ in range(3):
        _job(greedy, 2_000)
    wanted = _job(modest, 100)
    worker.work(lambda: jobs.get(modest, wanted.id).status == "done")
    turn = int(timedelta(seconds=60) / _HANDFUL)
    before = Counter(piece.user_id for piece in handfuls)
    assert before[modest] == LANES
    assert before[greedy] <= LANES * turn  # each of its lanes has had one turn
    other = _job(late, 100)
    so_far = len(handfuls)
    worker.work(lambda: jobs.get(late, other.id).status == "done")
    since = Counter(piece.user_id for piece in handfuls[so_far:])
    assert since[late] == LANES
    assert since[greedy] <= LANES * turn


def test_a_job_leaves_half_of_what_a_model_may_be_asked(time: VirtualClock, uid: str, people: Make) -> None:
    """Of sixteen items at once each would have taken a turn ahead: whoever waits at a screen came behind them."""
    [person, *ids] = people(31)
    with scripted() as model:
        model.answers = [_ANALYSIS]
        settings.use(settings.current().model_copy(update={"provider_calls_per_minute": 10}))
        job = begin(uid, "analyze_prospects", ids=ids)
        others = [begin(uid, "analyze_prospects", ids=ids) for _ in range(4)]
        serve(uid)
        asked = model.calls
        assert 0 < asked <= 5
        with context.bound(Context(principal=Principal(uid))):
            try:
                assert analysis.score_prospects(uid, ScoreInput(prospect_ids=[person])).scored_count == 1
            except NotYet as wait:
                pytest.fail(f"a person waits for a job: {wait.retry_after} s")
        for other in others:
            service.cancel(uid, other.id)
        for _ in range(20):
            asked = model.calls
            time.advance(timedelta(minutes=1))
            serve(uid)
            assert model.calls - asked <= 5
        done = jobs.get(uid, job.id)
        assert (done.status, done.done) == ("done", 30)
