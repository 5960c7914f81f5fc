"""n internal steps cost n commits, and the start one more."""

from datetime import timedelta

import pytest

from shared.automations import engine
from shared.context import Context, bound
from shared.kit import clock
from tests.automations import runs

pytestmark = pytest.mark.usefixtures("local_settings")
NOTIFY = {"action": "send_notification"}


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_commits_and_reads(steps: int) -> None:
    message = runs.execution(runs.automation(*[NOTIFY] * steps))
    with bound(Context()) as call:
        engine.run(message, until=clock.now() + timedelta(seconds=60))
    assert runs.stored(message).status == "success"
    assert call.cost.commits == steps
    assert call.cost.reads == 2  # the execution and its automation
    assert call.cost.rpcs == steps + 1
