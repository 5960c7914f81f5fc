"""Two runners at the same execution: one goes on, the other leaves it to him."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.automations.engine import runner
from shared.automations.engine.decisions import Verdict
from shared.automations.runs import store as run_store
from shared.domains import notifications
from shared.kit import clock
from tests.automations import seed

pytestmark = pytest.mark.usefixtures("local_settings")


def test_each_step_is_done_once() -> None:
    message = seed.execution(seed.automation(*[{"action": "send_notification"}] * 5))
    until = clock.now() + timedelta(seconds=60)
    with ThreadPoolExecutor(6) as pool:
        verdicts = list(pool.map(lambda _: runner.run(message, until=until), range(6)))
    assert seed.stored(message).status == "success"
    assert verdicts.count(Verdict.ENDED) == 1
    assert notifications.repository.count(seed.UID) == 5
    assert [record.status for record in run_store.step_records(seed.UID, message.execution_id)] == ["success"] * 5
