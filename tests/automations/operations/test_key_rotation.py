"""A new key seals all secrets anew; then the former key is dropped, and every secret still opens."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from shared import settings
from shared.automations.operations import renewals
from shared.gcp import firestore
from shared.gcp.writes import update
from shared.store import renewals as store_renewals
from tests.automations import played
from tests.fixtures.accounts import below
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.providers.web.site import Asked, Site, response

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@contextmanager
def _keys(keys: str) -> Iterator[None]:
    replaced = settings.use(settings.current().model_copy(update={"secrets_key": keys}))
    try:
        yield
    finally:
        settings.use(replaced)


@pytest.fixture
def site() -> Iterator[Site]:
    def answer(asked: Asked) -> Iterable[bytes]:
        return response(b"{}", content_type="application/json")

    with Site(answer) as serving:
        yield serving


def test_keys_are_rotated_from_end_to_end(api: Api, served: Served, site: Site) -> None:
    def call(name: str) -> dict[str, Any]:
        secret = {"headers": {"Authorization": f"hush-{name}"}}
        return {"id": name, "action": "call_webhook", "config": {"url": f"{site.url}/{name}", **secret}}

    with _keys(OLD):
        id = api.automation("manual", call("one"), active=False)
        other = api.automation(
            "manual", {"action": "branch", "config": {"cases": [{"when": "true", "steps": [call("two")]}]}}
        )
    with _keys(f"{NEW},{OLD}"):
        plain = {"steps": [{**call("one"), "on_error": "stop"}]}  # stored before secrets were sealed
        path = f"users/{api.uid}/automations/{id}/definitions/1"
        firestore.client().commit([update(path, plain)])
        first = served.tick("outdated_documents")
        assert first["changed"] >= 4  # two automations, and a definition of each
        served.cloud.clock.advance(store_renewals.ROLLED_OUT + timedelta(seconds=1))
        assert served.tick("outdated_documents")["changed"] == 0
        states = {renewal.name: store_renewals.state_of(renewal)["finished_at"] for renewal in renewals.every()}
        assert None not in states.values(), states
    texts = str([data for data, _ in below(api.uid).values()])
    assert "hush" not in texts
    with _keys(NEW):
        for automation in (id, other):
            run = api.post(f"/api/automations/{automation}/run", {"input": {}})["execution"]["id"]
            played.reach(api, automation, run, "success")
    assert sorted(asked.headers["authorization"] for asked in site.asked) == ["hush-one", "hush-two"]
