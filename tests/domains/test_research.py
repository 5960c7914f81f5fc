"""Research runs without the event function in the way: started once, ended once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domains.changes import Change
from shared.domains.research import service
from shared.domains.research.models import ResearchTask, TaskInput
from shared.errors import BadRequest
from shared.kit import clock

pytestmark = pytest.mark.usefixtures("local_settings")


def queued() -> ResearchTask:
    task = {"title": "T", "input_source": "S", "source_type": "urls", "research_engine": "firecrawl"}
    return service.create("user", TaskInput.model_validate(task))


def started(task: ResearchTask) -> Change:
    """The document event of the task's start."""
    before = {**task.stored(), "status": "queued"}
    return Change("event", "user", "research_tasks", task.id, before, task.stored(), clock.now())


def test_a_running_task_is_not_started_again() -> None:
    task = queued()
    service.run("user", task.id)
    with pytest.raises(BadRequest, match=r"^Task is already running$"):
        service.run("user", task.id)


def test_of_many_starts_at_once_one_counts() -> None:
    task = queued()

    def start(_: int) -> bool:
        try:
            service.run("user", task.id)
        except BadRequest:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(start, range(8))) == 1
    assert service.get("user", task.id).runs == 1


def test_an_event_told_twice_or_late_ends_only_its_own_run() -> None:
    task = queued()
    first = service.run("user", task.id)
    service.follow(started(first))
    ended = service.get("user", task.id)
    assert (ended.status, ended.runs) == ("failed", 1)
    service.follow(started(first))
    assert service.get("user", task.id).version == ended.version
    second = service.run("user", task.id)
    service.follow(started(first))
    assert service.get("user", task.id).status == "running"
    service.follow(started(second))
    assert service.get("user", task.id).status == "failed"


def test_the_event_of_a_task_deleted_meanwhile_is_done() -> None:
    task = service.run("user", queued().id)
    service.delete("user", task.id, None)
    service.follow(started(task))
    assert service.repository.find("user", task.id) is None
