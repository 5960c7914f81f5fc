"""The platform's calls: each function takes a token for itself, from the account that may call it, and no other."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.cloud.tasks_v2.types import cloudtasks, task

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec, Http, Queue
from infra.local import calls, plain
from shared import settings
from shared.gcp import tasks
from shared.kit import clock
from shared.kit.ids import new_id
from shared.settings import Settings
from tests.fixtures import google
from tests.fixtures.served import Served
from tests.fixtures.tokens import unsigned

ACCOUNT = "call-functions@prospects-1.iam.gserviceaccount.com"
BASE = "https://europe-west1-prospects-1.cloudfunctions.net"
PRIVATE = [spec for spec in FUNCTIONS if not isinstance(spec.trigger, Http)]
QUEUED = [spec for spec in PRIVATE if isinstance(spec.trigger, Queue)]


def _addresses(spec: FunctionSpec) -> list[str]:
    """The URLs that Google Cloud gives a function."""
    name = spec.deployed_name
    return [
        f"{BASE}/{name}",
        f"https://{name}-123456789012.europe-west1.run.app",
        f"https://{name}-abcdefghij-ew.a.run.app",
    ]


@pytest.fixture
def production(served: Served) -> Iterator[Served]:
    """The same server without the local secret: callers show Google's tokens."""
    with google.key_server(google.key_set()) as keys_url:
        _as_in_production(keys_url)
        yield served


def _as_in_production(keys_url: str, **more: Any) -> None:
    update = {
        "local_caller_secret": None,
        "caller_service_account": ACCOUNT,
        "caller_keys_url": keys_url,
        "functions_url": BASE,
        **more,
    }
    settings.use(settings.current().model_copy(update=update))


def _status(served: Served, spec: FunctionSpec, token: str | None) -> int:
    headers, body = calls.of(spec)
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return plain.post(f"{served.internal}/{spec.deployed_name}", content=body, headers=headers).status_code


def _token(audience: str, **claims: Any) -> str:
    return google.signed(google.callers_claims(audience, ACCOUNT) | claims)


@pytest.mark.parametrize("spec", PRIVATE, ids=lambda spec: spec.name)
def test_each_function_takes_a_token_for_any_of_its_addresses_and_for_no_others(
    spec: FunctionSpec, production: Served
) -> None:
    for address in _addresses(spec):
        assert _status(production, spec, _token(address)) == 200
        assert _status(production, spec, _token(f"{address}/")) == 200
        assert _status(production, spec, _token(f"{address}?__GCP_CloudEventsMode=CE_PUBSUB_BINDING")) == 200
    others = [address for other in PRIVATE if other is not spec for address in _addresses(other)]
    assert {_status(production, spec, _token(address)) for address in others[:6]} == {403}


@pytest.mark.parametrize("spec", PRIVATE, ids=lambda spec: spec.name)
def test_what_the_platform_calls_with_is_no_dead_letter(spec: FunctionSpec, served: Served) -> None:
    """Answered 200 as well, and kept: every other test of such calls would be about that."""
    headers, body = calls.of(spec)
    headers["x-caller-secret"] = served.secret
    answer = plain.post(f"{served.internal}/{spec.deployed_name}", content=body, headers=headers)
    assert answer.status_code == 200
    assert not answer.text.startswith('{"refused":')


@pytest.mark.parametrize("spec", [spec for spec in PRIVATE if spec.name in ("prospect_written", "run_execution")])
def test_nothing_but_googles_token_of_the_callers_account_is_taken(spec: FunctionSpec, production: Served) -> None:
    url, now = _addresses(spec)[0], int(time.time())
    good = google.callers_claims(url, ACCOUNT)
    refused: dict[str, str | None] = {
        "no token": None,
        "not a token": "nonsense",
        "unsigned": unsigned(production.project, "ann"),
        "symmetric": google.signed(good, "secret-secret-secret-secret-secret", "HS256"),
        "another key": google.signed(good, google.OTHER_KEY),
        "a key that Google does not publish": google.signed(good, kid="k2"),
        "another issuer": _token(url, iss="https://securetoken.google.com/prospects-1"),
        "another audience": _token("https://elsewhere.example/run-execution"),
        "an audience that begins so": _token(f"{url}-2"),
        "a host that begins so": _token(f"https://{spec.deployed_name}-abcdefghij-ew.a.run.app.evil.example"),
        "a host within a path": _token(f"https://evil.example/{_addresses(spec)[1]}"),
        "several audiences": _token(url, aud=[url, "https://elsewhere.example"]),
        "another account": _token(url, email="other@prospects-1.iam.gserviceaccount.com"),
        "an address that is not verified": _token(url, email_verified=False),
        "verified in words": _token(url, email_verified="true"),
        "expired": _token(url, exp=now - 120),
        "from the future": _token(url, iat=now + 300),
        **{f"without {claim}": _token(url, **{claim: None}) for claim in good if claim not in ("azp", "sub")},
    }
    assert {name: _status(production, spec, token) for name, token in refused.items()} == dict.fromkeys(refused, 403)
    assert _status(production, spec, _token(url, iss="accounts.google.com")) == 200


def test_no_account_may_call_a_function_that_knows_no_caller(production: Served) -> None:
    settings.use(settings.current().model_copy(update={"caller_service_account": None}))
    spec = PRIVATE[0]
    assert _status(production, spec, _token(_addresses(spec)[0])) == 403
    assert _status(production, spec, _token(_addresses(spec)[0], email=None)) == 403


def test_further_audiences_are_configured(production: Served) -> None:
    spec = PRIVATE[0]
    token = _token("https://workers.example.com/events")
    assert _status(production, spec, token) == 403
    audiences = "https://a.example, https://workers.example.com/events/"
    settings.use(settings.current().model_copy(update={"caller_audiences": audiences}))
    assert _status(production, spec, token) == 200


@pytest.mark.parametrize(
    ("status", "body"), [(503, b"busy"), (200, b"<html>not JSON</html>"), (200, b'{"keys": []}'), (None, b"")]
)
def test_without_the_keys_a_call_comes_again(served: Served, status: int | None, body: bytes) -> None:
    with google.key_server(body, status or 200) as url:
        _as_in_production(url if status else "http://127.0.0.1:9/keys")
        for spec in PRIVATE:
            assert _status(served, spec, _token(_addresses(spec)[0])) == 503


@contextmanager
def _queues() -> Iterator[tuple[str, list[Any]]]:
    """Cloud Tasks, as far as it takes tasks: its address, and what it was sent."""
    created: list[Any] = []

    def create(request: Any, context: Any) -> Any:
        created.append(request.task)
        return request.task

    method = grpc.unary_unary_rpc_method_handler(
        create,
        request_deserializer=cloudtasks.CreateTaskRequest.pb().FromString,
        response_serializer=task.Task.pb().SerializeToString,
    )
    service = grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", {"CreateTask": method})
    server = grpc.server(ThreadPoolExecutor(max_workers=1), handlers=[service])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", created
    server.stop(grace=None).wait()


@pytest.mark.parametrize("base", [BASE, f"{BASE}/", "https://{name}-123456789012.europe-west1.run.app"])
@pytest.mark.parametrize("spec", QUEUED, ids=lambda spec: spec.name)
def test_a_task_is_sent_to_the_deployed_address_with_a_token_for_it(
    spec: FunctionSpec, base: str, production: Served
) -> None:
    assert isinstance(spec.trigger, Queue)
    with _queues() as (host, created):
        update = {"functions_url": base, "tasks_service_account": ACCOUNT, "cloud_tasks_emulator_host": host}
        settings.use(settings.current().model_copy(update=update))
        tasks.create(spec.trigger.queue, name=new_id(), function=spec.name, body={}, at=clock.now())
    request = created[0].http_request
    assert request.url in _addresses(spec)
    assert request.url == request.oidc_token.audience
    assert request.oidc_token.service_account_email == ACCOUNT
    assert "x-caller-secret" not in request.headers
    assert _status(production, spec, _token(request.oidc_token.audience)) == 200


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_settings_and_manifest_agree_on_deployed_names(spec: FunctionSpec) -> None:
    assert settings.deployed_name(spec.name) == spec.deployed_name
    by_number = Settings(functions_url="https://{name}-123456789012.europe-west1.run.app")
    assert [Settings(functions_url=BASE).function_url(spec.name), by_number.function_url(spec.name)] == _addresses(
        spec
    )[:2]


def test_firebases_emulator_calls_without_a_token(served: Served) -> None:
    update = {"local_caller_secret": None, "functions_emulator": True, "cloud_run_service": "run-execution"}
    settings.use(settings.current().model_copy(update=update))
    assert {_status(served, spec, None) for spec in PRIVATE} == {200}
    settings.use(settings.current().model_copy(update={"firestore_emulator_host": "firestore.example:8080"}))
    assert _status(served, PRIVATE[0], None) == 403


def test_strangers_are_refused_where_the_secret_stands_in_for_tokens(served: Served) -> None:
    for spec in PRIVATE:
        headers, body = calls.of(spec)
        url = f"{served.internal}/{spec.name}/"
        assert plain.post(url, content=body, headers=headers).status_code == 403
        assert plain.post(url, content=body, headers=headers | {"x-caller-secret": "wrong"}).status_code == 403
        token = unsigned(served.project, "ann")
        assert plain.post(url, content=body, headers=headers | {"Authorization": f"Bearer {token}"}).status_code == 403
        assert plain.post(url, content=body, headers=headers | {"x-caller-secret": served.secret}).status_code == 200
