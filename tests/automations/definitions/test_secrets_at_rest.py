"""What a step calls secret is encrypted in every document that its user's own client may read."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared import sealing, settings
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Step
from shared.errors import Unavailable
from shared.gcp import firestore
from tests.automations import played
from tests.contract.test_two_users import stored
from tests.fixtures.api import Api
from tests.providers.web.site import Asked, Site, response

SECRET = "whsec_" + "QUJD" * 11
HEADERS = {"Authorization": "Bearer hush-hush", "X-Key": "hush-{{ input.n }}"}
KEYS = [urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2)]


@pytest.fixture
def site() -> Iterator[Site]:
    def answer(asked: Asked) -> Iterable[bytes]:
        return response(b"{}", content_type="application/json")

    with Site(answer) as serving:
        yield serving


@contextmanager
def _keys(keys: str | None, **more: Any) -> Iterator[None]:
    replaced = settings.use(settings.current().model_copy(update={"secrets_key": keys, **more}))
    try:
        yield
    finally:
        settings.use(replaced)


def _call(url: str) -> dict[str, Any]:
    return {"action": "call_webhook", "config": {"url": url, "secret": SECRET, "headers": HEADERS}}


def test_no_document_of_a_user_holds_a_secret_in_clear_and_the_call_does(api: Api, site: Site) -> None:
    branch = {"action": "branch", "config": {"cases": [{"when": "true", "steps": [_call(f"{site.url}/inner")]}]}}
    id, run = played.start(api, _call(f"{site.url}/outer"), branch, n=7)
    played.reach(api, id, run, "success")
    api.ok(api.http.put(f"/api/automations/{id}", json={"steps": [_call(f"{site.url}/changed")]}))
    kept = {path: str(data) for path, (data, _) in stored(api.uid).items()}
    assert [path for path, text in kept.items() if "hush" in text or "QUJDQUJD" in text] == []
    assert sum("sealed:1:" in text for text in kept.values()) == 3  # the automation and its two definitions
    assert [asked.headers["authorization"] for asked in site.asked] == ["Bearer hush-hush"] * 2
    assert [asked.headers["x-key"] for asked in site.asked] == ["hush-7"] * 2
    assert all(asked.headers["webhook-signature"] for asked in site.asked)


def test_secrets_of_before_are_used_as_they_lie_there(api: Api, site: Site) -> None:
    id = api.automation("manual", _call(f"{site.url}/old"), active=False)
    plain = [Step(id="call_webhook", **_call(f"{site.url}/old")).model_dump()]
    changes = [definition_store.automations.to_update(api.uid, id, {"steps": plain})]
    firestore.client().commit(changes)
    run = api.post(f"/api/automations/{id}/run", {"input": {"n": 1}})["execution"]["id"]
    played.reach(api, id, run, "success")
    assert site.asked[0].headers["authorization"] == "Bearer hush-hush"


def test_a_secret_whose_key_is_gone_is_not_sent_as_it_lies_there(api: Api, site: Site) -> None:
    id = api.automation("manual", _call(f"{site.url}/x"), active=False)
    with _keys(KEYS[0]):
        assert api.get(f"/api/automations/{id}")["automation"]["steps"][0]["config"]["secret"] == "•••"
        run = api.post(f"/api/automations/{id}/run", {"input": {"n": 1}})["execution"]["id"]
        ended = played.reach(api, id, run, "failed")
    assert "enter it again" in ended["error"]
    assert site.asked == []


def test_keys_change_without_loss_and_a_secret_is_of_no_use_to_another_user() -> None:
    with _keys(KEYS[0]):
        sealed = sealing.seal("ann", "hush")
        assert sealing.seal("ann", sealed) == sealed
    with _keys(f"{KEYS[1]}, {KEYS[0]}"):
        assert sealing.unseal("ann", sealed) == "hush"
        assert sealing.unseal("bob", sealed) == sealed
        fresh = sealing.seal("ann", "hush")
    with _keys(KEYS[1]):
        assert sealing.unseal("ann", fresh) == "hush"
        assert sealing.unseal("ann", sealed) == sealed
    assert sealing.unseal("ann", "sealed:1:not a token") == "sealed:1:not a token"


def test_a_secret_is_sealed_anew_by_the_newest_key_and_then_needs_no_other() -> None:
    with _keys(KEYS[0]):
        sealed, name = sealing.seal("ann", "hush"), sealing.newest_key()
        assert sealing.renewed("ann", sealed) == sealed
    with _keys(KEYS[1]):
        assert sealing.renewed("ann", sealed) == sealed  # no key opens it
    with _keys(f"{KEYS[1]}, {KEYS[0]}"):
        anew = sealing.renewed("ann", sealed)
        assert sealing.renewed("ann", anew) == anew
        assert sealing.newest_key() not in ("", name, KEYS[1])
        plain = sealing.renewed("ann", "stored before secrets were sealed")
    with _keys(KEYS[1]):
        assert sealing.unseal("ann", anew) == "hush"
        assert sealing.unseal("bob", anew) == anew
        assert sealing.unseal("ann", plain) == "stored before secrets were sealed"


def test_without_a_key_no_secret_is_taken_in_production() -> None:
    with _keys(None, firestore_emulator_host=None), pytest.raises(Unavailable, match="SECRETS_KEY"):
        sealing.seal("ann", "hush")


@pytest.mark.parametrize("key", ["short", "not base64!", f"{KEYS[0]},oops"])
def test_a_key_that_is_none_refuses_to_start(key: str) -> None:
    with pytest.raises(ValueError, match="SECRETS_KEY must be Fernet keys"):
        settings.Settings(secrets_key=key)


@pytest.mark.parametrize("odd", [["a"], {"b": 1}, 7, None])
def test_steps_come_back_with_any_object_in_their_settings(api: Api, odd: Any) -> None:
    step = {"action": "call_webhook", "config": {"url": "https://example.com/", "body": {"id": odd, "action": odd}}}
    id = api.automation("manual", step, active=False)
    steps = api.get(f"/api/automations/{id}")["automation"]["steps"]
    steps[0]["config"]["body"] = {"deep": [{"id": odd, "config": {"x": 1}}]}
    answer = api.http.put(f"/api/automations/{id}", json={"steps": steps})
    assert answer.status_code == 200, answer.text
