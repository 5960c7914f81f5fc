"""Many runs of one automation under a budget, in several runners at once, in the test's own hands."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

from infra.local.cloud import LocalCloud
from shared import context, settings
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.queue import message
from shared.context import Context
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachInput
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.errors import Unavailable
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit import clock
from tests.automations import seed
from tests.providers.fake import Provider, Reply, answer


def automation(id: str) -> Automation:
    return definition_store.automations.get(seed.UID, id)


def executions(id: str) -> list[Execution]:
    return [run for run in run_store.executions.select(seed.UID) if run.automation_id == id]


def _take_on(run: Execution) -> None:
    with context.bound(Context()), suppress(Unavailable):
        runner.run(message(run), until=clock.now() + timedelta(seconds=60))


def work(id: str, cloud: LocalCloud, *, rounds: int = 12) -> None:
    """Six runners take on whatever is not held, and again after some seconds, until nothing is left to do."""
    for _ in range(rounds):
        ready = [run for run in executions(id) if run.status not in TERMINAL and not run.paused]
        if not ready:
            return
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(_take_on, ready))
        cloud.clock.advance(timedelta(seconds=31))
    raise AssertionError(f"it does not come to rest: {[(run.status, run.wake_at) for run in executions(id)]}")


def records(id: str) -> int:
    """How many steps all runs have recorded."""
    return sum(len(run_store.step_records(seed.UID, run.id)) for run in executions(id))


def meters(kind: str, *scopes: str) -> list[int]:
    """What the meters of the days say, of automations or (`all`) of their user."""
    found = sorted(firestore.client().query(Query("meters", parent=f"users/{seed.UID}")), key=lambda row: row.path)
    return [row.data[kind] for row in found if row.path.split("/")[-1].startswith(scopes) and kind in row.data]


def draft(number: int) -> str:
    """A message to a new prospect; answers its id."""
    person = prospects.create(seed.UID, ProspectInput(name="Ann Lee", email=f"ann{number}@acme.io"))
    body = OutreachInput(prospect_id=person.id, subject="Hello", body="Hello Ann, how are you?")
    return outreach.create(seed.UID, body).id


@contextmanager
def resend(reply: Reply | None = None) -> Iterator[Provider]:
    """Resend, which takes each mail, or answers so."""
    with Provider(lambda number: reply or answer({"id": f"mail-{number}"})) as provider:
        mail = {"resend_api_key": "re_1", "resend_base_url": provider.url, "mail_from": "nora@sender.example"}
        before = settings.use(settings.current().model_copy(update=mail))
        yield provider
        settings.use(before)
