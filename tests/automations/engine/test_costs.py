"""n internal steps cost n commits at most, and the start one more; light ones in a row share one."""

from datetime import timedelta

import pytest

from shared.automations.engine import runner
from shared.context import Context, bound
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.kit import clock
from tests.automations import seed

pytestmark = pytest.mark.usefixtures("local_settings")
NOTIFY = {"action": "send_notification"}


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_light_steps_share_a_commit(steps: int) -> None:
    message = seed.execution(seed.automation(*[NOTIFY] * steps))
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(message).status == "success"
    assert call.meter.cost.commits == 1
    assert call.meter.cost.reads == 2  # the execution and its automation
    assert call.meter.cost.rpcs == 2


def test_a_step_that_reads_what_another_changed_comes_after_its_commit() -> None:
    status = {"action": "update_prospect_status", "config": {"status": "contacted"}}
    prospect = prospects.create(seed.UID, ProspectInput(name="Ann"))
    message = seed.execution(seed.automation(NOTIFY, status, status, NOTIFY), prospect_id=prospect.id)
    with bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(seconds=60))
    assert seed.stored(message).status == "success"
    assert call.meter.cost.commits == 2
