"""Runs that an earlier version has left in the middle of their way are finished by this one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared.automations.operations import control
from shared.automations.operations.control import Resume, Vote
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from shared.domains import notifications
from shared.domains.research import service as research
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.clock import VirtualClock
from tests.automations import frozen, seed
from tests.fixtures.served import Served

# The notifications there are in the end, and what became of each step of the run.
EXPECTED: dict[str, tuple[list[str], dict[str, str]]] = {
    "not_begun": (["One", "Two"], {"one": "success", "two": "success"}),
    "in_a_delay": (["After *", "Before"], dict.fromkeys(["before", "pause", "after"], "success")),
    "in_an_approval_within_a_loop": (
        ["0 Ann", "1 Bob", "2 Cy", "End", *["Your approval is needed"] * 3],
        dict.fromkeys(["each", "ask", "told", "z"], "success"),
    ),
    "with_a_pending_intent": (
        ["After", "Before", "Please check whether this took place"],
        dict.fromkeys(["before", "call", "after"], "success"),
    ),
    "paused": (["After"], {"pause": "success", "after": "success"}),
    "half_way_through_a_loop": (["End"], dict.fromkeys(["each", "move", "z"], "success")),
    "with_a_spilled_payload": (["9000 short"], dict.fromkeys(["big", "pause", "after"], "success")),
    "waiting_to_try_again": (["After"], {"call": "failed", "after": "success"}),
    "waiting_for_an_event_that_came_early": (["Hello"], dict.fromkeys(["pause", "reply", "after"], "success")),
    "with_another_automation_under_way": (["After", "For Ann"], {"sub": "success", "after": "success"}),
    "after_a_failure_that_takes_its_own_way": (
        ["Yes"],
        {"bad": "failed", "pause": "success", "choice": "success", "yes": "success"},
    ),
    "research_in_mid_stage": (
        [],
        dict.fromkeys(["plan", "search", "read", "synthesise", "verify", "store"], "success"),
    ),
}


@pytest.fixture
def thawing(served: Served) -> Iterator[VirtualClock]:
    """The time at which a history was frozen goes on."""
    standing = VirtualClock(clock.now())
    replaced = clock.install(standing)
    yield standing
    clock.install(replaced)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_is_finished(name: str, cloud: LocalCloud, served: Served, thawing: VirtualClock) -> None:
    at, documents = frozen.thawed(name)
    thawing.advance(at - thawing.now())
    store = frozen.Store(cloud.emulators.firestore_host, served.project)
    store.load(documents)
    run = _begun_first()
    for _ in range(40):
        if not (left := frozen.unfinished()):
            break
        for execution in left:
            _answer(execution)
            frozen.run_on(queue.message(execution))
        thawing.advance(timedelta(hours=1))
    ended = run_store.executions.get(seed.UID, run.id)
    titles, steps = EXPECTED[name]
    told = sorted(one.title for one in notifications.repository.select(seed.UID))
    assert [_shortened(title) for title in told] == titles
    assert (ended.status, {id: result.status for id, result in ended.results.items()}) == ("success", steps)
    records = run_store.step_records(seed.UID, run.id)
    assert [record.sequence for record in records] == list(range(len(records)))
    assert {record.status for record in records} <= {"success", "failed"}
    if name == "research_in_mid_stage":
        assert [task.status for task in research.repository.select(seed.UID)] == ["done"]
        assert len(research.insights.select(seed.UID)) == 1
    assert firestore.client().get(f"users/{seed.UID}/executions/{run.id}") is not None


def _begun_first() -> Execution:
    return min(run_store.executions.select(seed.UID), key=lambda execution: execution.created_at)


def _answer(execution: Execution) -> None:
    """What a person would say."""
    about = (seed.UID, execution.automation_id, execution.id)
    kind = execution.waiting.kind if execution.waiting else None
    if execution.paused:
        control.resume(*about, Resume())
    elif kind == "approval":
        control.vote(*about, Vote(), approved=True)
    elif kind == "review":
        control.resume(*about, Resume(outcome="sent"))


def _shortened(title: str) -> str:
    """Without the id that is in one of them."""
    return "After *" if title.startswith("After ") else title


def test_there_is_one_of_each_kind(root: Any) -> None:
    assert {file.stem for file in frozen.FOLDER.glob("*.jsonl")} == set(EXPECTED) == set(frozen.SCENES)
