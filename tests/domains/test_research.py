"""Research runs without the event function in the way: started once, ended once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domains.research import service
from shared.domains.research.models import ResearchTask, TaskInput
from shared.errors import BadRequest

pytestmark = pytest.mark.usefixtures("local_settings")


def queued() -> ResearchTask:
    task = {"title": "T", "input_source": "S", "source_type": "urls", "research_engine": "firecrawl"}
    return service.create("user", TaskInput.model_validate(task))


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
