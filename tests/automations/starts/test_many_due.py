"""More automations are due than one call starts: others take the rest, and each starts once."""

from datetime import timedelta

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from shared.automations.definitions import store as definition_store
from shared.automations.runs import store as run_store
from shared.gcp import firestore
from shared.kit import clock
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.waiting import eventually

NUMBER = 90


@pytest.fixture(autouse=True)
def _a_small_share(served: Served) -> None:
    settings.use(settings.current().model_copy(update={"sweep_share": 20}))


def _plant(api: Api, cloud: LocalCloud) -> None:
    """The same automation many times over, due each hour."""
    config = {"cron": "0 * * * *", "misfire": "catch_up"}
    id = api.automation("schedule", notify("told"), trigger_config=config)
    first = definition_store.automations.get(api.uid, id)
    copies = [first.model_copy(update={"id": f"{id}-{n}"}) for n in range(NUMBER - 1)]
    stored = [
        write
        for copy in copies
        for write in (definition_store.automations.to_create(copy), definition_store.to_keep_definition(copy))
    ]
    assert not any(firestore.client().batch_write(stored))
    now = clock.now()
    cloud.clock.advance(now.replace(minute=0, second=10, microsecond=0) + timedelta(hours=1) - now)


def _started(api: Api) -> list[str]:
    return [run.automation_id for run in run_store.executions.each(api.uid)]


def test_the_rest_is_started_by_other_calls(api: Api, served: Served, cloud: LocalCloud) -> None:
    _plant(api, cloud)
    assert served.tick("due_automations")["due"] == 25 + 20
    eventually(lambda: len(_started(api)) == NUMBER)
    assert len(set(_started(api))) == NUMBER
    assert served.tick("due_automations")["due"] == 0


def test_what_no_call_was_told_of_is_started_by_the_next_tick(api: Api, served: Served, cloud: LocalCloud) -> None:
    _plant(api, cloud)
    reachable = settings.current()
    settings.use(reachable.model_copy(update={"cloud_tasks_emulator_host": "127.0.0.1:9"}))
    assert [served.tick("due_automations")["due"] for _ in range(3)] == [45, 45, 0]
    settings.use(reachable)
    assert len(set(_started(api))) == len(_started(api)) == NUMBER


@pytest.mark.parametrize("body", [{"sweep": "odd", "after": "x"}, {"sweep": "due_automations", "after": "forged"}])
def test_a_message_that_leads_nowhere_is_refused_for_good(served: Served, body: dict[str, str]) -> None:
    with plain.client(headers={"x-caller-secret": served.secret}) as client:
        answer = client.post(f"{served.internal}/continue_sweep/", json=body)
        assert (answer.status_code, list(answer.json())) == (200, ["refused"])
        client.headers["x-caller-secret"] = "of a stranger"
        assert client.post(f"{served.internal}/continue_sweep/", json=body).status_code == 403
