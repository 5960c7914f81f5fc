"""A step that takes longer than the sweeper waits: it is done once, and its runner is not given up."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.engine import leases, runner
from shared.automations.operations import overdue
from shared.automations.runs.queue import STEPS_TOPIC
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.gcp import firestore, writes
from shared.kit import clock
from tests.automations import seed
from tests.providers.fake import Provider, Reply, completion

DRAFT = {"pieces": [{"subject": "Hello", "text": "From a model"}]}
pytestmark = pytest.mark.usefixtures("topic")


@pytest.fixture
def topic(local_settings: settings.Settings) -> None:
    """A topic that nobody reads: every message gets lost."""
    base = f"http://{local_settings.pubsub_emulator_host}/v1/projects/{local_settings.project}"
    plain.request("PUT", f"{base}/topics/{STEPS_TOPIC}", json={}).raise_for_status()


@pytest.fixture
def model(local_settings: settings.Settings) -> Iterator[Provider]:
    with Provider() as provider:
        settings.use(local_settings.model_copy(update={"llm_api_key": "k", "llm_base_url": provider.url}))
        yield provider


def test_the_sweeper_and_early_events_do_not_have_it_done_again(model: Provider, cloud: LocalCloud) -> None:
    prospect = prospects.create(seed.UID, ProspectInput(name="Ann"))
    message = seed.execution(seed.automation({"action": "generate_outreach"}), prospect_id=prospect.id)

    def meanwhile(number: int) -> Reply:
        cloud.clock.advance(timedelta(seconds=150))
        with bound(Context()):
            assert overdue.sweep() == {"overdue": 1, "sent": 1}
            path = f"users/{seed.UID}/executions/{message.execution_id}"
            firestore.client().commit([writes.update(path, {"signals.later.event1": {"data": {}}})])
        return completion(DRAFT)

    model.reply = meanwhile
    runner.run(message, until=clock.now() + timedelta(hours=1))
    done = seed.stored(message)
    assert (done.status, len(model.requests), list(done.signals)) == ("success", 1, ["later"])


def test_only_runners_that_took_it_up_and_died_count(cloud: LocalCloud) -> None:
    """However often the message got lost, the run itself has done nothing wrong."""
    lost = seed.execution(seed.automation({"action": "send_notification"}))
    for _ in range(leases.MAX_STALLS + 3):
        cloud.clock.advance(timedelta(minutes=3))
        assert overdue.sweep()["sent"] == 1
    assert runner.run(lost.model_copy(update={"swept": True}), until=clock.now() + timedelta(seconds=60)) == "ended"
    assert (seed.stored(lost).status, seed.stored(lost).stalls) == ("success", 0)


def test_a_run_whose_runners_die_at_the_same_place_is_given_up_with_a_reason() -> None:
    message = seed.execution(seed.automation({"action": "send_notification"}))
    path = f"users/{seed.UID}/executions/{message.execution_id}"
    firestore.client().commit([writes.update(path, {"stalls": leases.MAX_STALLS})])
    runner.run(message.model_copy(update={"swept": True}), until=clock.now() + timedelta(seconds=60))
    ended = seed.stored(message)
    assert (ended.status, "died again and again" in str(ended.error)) == ("failed", True)
