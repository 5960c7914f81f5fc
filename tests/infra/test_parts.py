"""The local stack's processes: one answers people, the other does what events, messages and schedules bring."""

import os
import signal

import pytest

from infra.local import plain
from infra.local.parts import INTERNAL, PARTS
from infra.local.stack import Stack
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


@pytest.mark.slow
def test_people_are_answered_while_the_other_work_stands_still(stack: Stack) -> None:
    with Api(stack.url, stack.project) as api:
        id = api.automation("new_prospect_added", {"action": "send_notification"})
        working = stack.process(INTERNAL)
        os.kill(working, signal.SIGSTOP)
        try:
            api.post("/api/prospects", {"name": "Ann"})
            assert api.get("/api/prospects")["total"] == 1
            assert api.executions(id) == []
        finally:
            os.kill(working, signal.SIGCONT)
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["success"])


@pytest.mark.slow
def test_one_that_dies_is_followed_by_one_that_serves_the_same(stack: Stack) -> None:
    for deaths, part in enumerate((*PARTS, *reversed(PARTS)), start=1):
        before = {each: stack.process(each) for each in PARTS}
        os.kill(before[part], signal.SIGKILL)
        eventually(lambda: stack.process(part) != before[part])  # noqa: B023
        assert [each for each in PARTS if stack.process(each) != before[each]] == [part]
        assert len(stack.processes) == len(PARTS) + deaths
        _answers(stack)


@pytest.mark.slow
def test_a_kill_ends_both(stack: Stack) -> None:
    before = {*stack.processes}
    stack.kill()
    eventually(lambda: not before & {stack.process(part) for part in PARTS})
    _answers(stack)


def _answers(stack: Stack) -> None:
    assert plain.get(f"{stack.url}/api/health").status_code == 200
    swept = plain.post(f"{stack.internal}/overdue_executions/", headers={"x-caller-secret": stack.secret})
    assert swept.status_code == 200, swept.text
