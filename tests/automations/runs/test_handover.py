"""A runner whose time is up has done a step at least, and hands the rest over."""

import pytest

from shared.automations.engine import runner
from shared.kit import clock
from tests.automations import seed
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually


@pytest.mark.usefixtures("served")
def test_the_next_runner_goes_on(served: Served) -> None:
    message = seed.execution(seed.automation(*[{"action": "send_notification"}] * 3))
    runner.run(message, until=clock.now())
    assert seed.stored(message).position >= 1
    eventually(lambda: seed.stored(message).status == "success")
