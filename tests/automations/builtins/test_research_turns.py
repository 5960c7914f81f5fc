"""Many tasks at once and few turns a minute: all are done, none fails for having waited, and no runner waits."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.runs import store as runs
from shared.kit import clock
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, answer

LIMIT, TASKS = 10, 20
SNIPPET = "Agencies charge 95 dollars an hour for a mathematics tutor, more than ever before."


def _found(n: int) -> Reply:
    """A result whose page nobody can read: what the search says of it is all there is."""
    return answer({"results": [{"title": "Prices", "url": f"http://192.0.2.{n}:9/p", "snippet": SNIPPET}]})


def _start(api: Api, words: str, **more: Any) -> str:
    task = {"title": "Tutor prices", "source_type": "keywords", "research_engine": "perplexity", "input_source": words}
    id: str = api.post("/api/research-tasks", task | more)["task"]["id"]
    api.post(f"/api/research-tasks/{id}/run")
    return id


def _done(api: Api) -> int:
    tasks = api.get("/api/research-tasks")["tasks"]
    assert all(task["status"] in ("running", "done") for task in tasks), tasks
    return sum(task["status"] == "done" for task in tasks)


@pytest.mark.timeout(150)
def test_a_burst_waits_for_its_turns(api: Api, cloud: LocalCloud) -> None:
    asked: list[datetime] = []

    def reply(n: int) -> Reply:
        asked.append(clock.now())
        return _found(n)

    with Provider(reply) as provider:
        update = {"perplexity_api_key": "k", "perplexity_base_url": provider.url, "provider_calls_per_minute": LIMIT}
        settings.use(settings.current().model_copy(update=update))
        for n in range(TASKS):
            _start(api, f"price of tutor {n}")
        eventually(lambda: _done(api) >= LIMIT // 2)
        resting = eventually(lambda: runs.executions.select(api.uid, where=[("status", "==", "waiting")]))
        assert all(run.due_at and run.wake_at and not run.attempts for run in resting)
        eventually(lambda: _all_done(api, cloud), patience=90)
    assert len(provider.requests) == TASKS
    times = sorted(asked)
    for first, beyond in zip(times, times[LIMIT:], strict=False):
        assert beyond - first > timedelta(seconds=58)  # a wake-up that comes late is a second late at most
    assert any(later - earlier > timedelta(seconds=8) for earlier, later in pairwise(times))
    found = runs.executions.select(api.uid, limit=TASKS)
    records = [record for run in found[:5] for record in runs.step_records(api.uid, run.id)]
    assert {len(record.attempts) for record in records} == {0}


def _all_done(api: Api, cloud: LocalCloud) -> bool:
    """While nobody is at work, time passes until the next turn."""
    resting = runs.executions.select(api.uid, where=[("status", "==", "waiting")])
    done = _done(api)
    if resting and done + len(resting) == TASKS:
        next_turn = min(run.wake_at for run in resting if run.wake_at)
        cloud.clock.advance(max(timedelta(), next_turn - clock.now()) + timedelta(milliseconds=100))
    return done == TASKS


def test_one_task_with_more_questions_than_attempts_waits_for_each(api: Api, cloud: LocalCloud) -> None:
    """Five questions at one a minute: four waits, which are no failures."""
    with Provider(_found) as provider:
        update = {"perplexity_api_key": "k", "perplexity_base_url": provider.url, "provider_calls_per_minute": 1}
        settings.use(settings.current().model_copy(update=update))
        id = _start(api, "\n".join(f"price of tutor {n}" for n in range(5)))

        def done() -> bool:
            task = api.get(f"/api/research-tasks/{id}")["task"]
            assert task["status"] in ("running", "done"), task
            cloud.clock.advance(timedelta(seconds=10))
            return bool(task["status"] == "done")

        eventually(done, patience=60)
    assert len(provider.requests) == 5
