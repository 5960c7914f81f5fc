"""A user, some prospects of theirs, and lanes in the test's own hands."""

from collections.abc import Callable, Iterator

import pytest

from shared.batch import running, service
from shared.batch.lanes import LANES, LaneMessage
from shared.batch.models import Chosen, Job
from shared.batch.operations import OPERATIONS
from shared.batch.repository import jobs
from shared.domains.prospects import creation
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect, ProspectInput
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.settings import Settings
from tests.automations.scenario import standing_clock

Make = Callable[[int], list[str]]


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


@pytest.fixture
def uid() -> str:
    return f"user-{new_id()}"


@pytest.fixture
def people(uid: str) -> Make:
    """Stores so many prospects; answers their ids."""

    def make(number: int) -> list[str]:
        rows = [ProspectInput(name=f"Ann {n}", email=f"ann{n}.{new_id().lower()}@acme.io") for n in range(number)]
        made = creation.create_each([prospects.build(uid, row, prospects.prospect_id(row)) for row in rows])
        return [each.id for each in made if isinstance(each, Prospect)]

    return make


def begin(uid: str, operation: str, **sent: object) -> Job:
    """A job as a call makes it."""
    chosen = OPERATIONS[operation]
    body: Chosen = chosen.body.model_validate(sent)
    job = service.start(uid, chosen, body).job
    assert job
    return job


def serve(uid: str) -> None:
    """Every lane once, one after the other."""
    for lane in range(LANES):
        running.serve(LaneMessage(uid=uid, lane=lane))


def ended(uid: str, job: Job) -> Job:
    """The job once all lanes were served."""
    serve(uid)
    return jobs.get(uid, job.id)
