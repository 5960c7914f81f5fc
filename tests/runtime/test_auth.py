"""Who may call: ID tokens of every kind, and the development principal only where it belongs."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from shared import settings
from shared.settings import Settings
from tests.fixtures.api import Api
from tests.fixtures.served import Served
from tests.fixtures.tokens import unsigned

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PATH = "/api/prospects"


@pytest.fixture(scope="module")
def keys_url() -> Iterator[str]:
    """A key server that answers as Google's does."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    body = json.dumps({"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def production(served: Served, keys_url: str) -> Iterator[Served]:
    """The same server, told that it is not local: the emulator is reached, its privileges are gone."""
    config = settings.current()
    values = config.model_dump() | {"token_keys_url": keys_url}
    hidden = _Production.model_validate(values)
    replaced = settings.use(hidden)
    yield served
    settings.use(replaced)


class _Production(Settings):
    @property
    def local(self) -> bool:
        return False


def _claims(project: str, **claims: Any) -> dict[str, Any]:
    now = int(time.time())
    issuer = f"https://securetoken.google.com/{project}"
    return {"iss": issuer, "aud": project, "sub": "ann", "iat": now, "exp": now + 3600, "auth_time": now} | claims


def _signed(claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str = "k1") -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


def _status(url: str, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": token if " " in token else f"Bearer {token}"}
    return httpx.get(url + PATH, headers=headers).status_code


def test_a_token_of_google_is_accepted_in_production(production: Served) -> None:
    assert _status(production.url, _signed(_claims(production.project))) == 200


def test_nothing_else_is(production: Served) -> None:
    project = production.project
    refused = {
        "no token": None,
        "unsigned": unsigned(project, "ann"),
        "another key": _signed(_claims(project), OTHER_KEY),
        "another key id": _signed(_claims(project), kid="k2"),
        "symmetric": _signed(_claims(project), "secret-secret-secret-secret-secret", "HS256"),
        "expired": _signed(_claims(project, exp=int(time.time()) - 120)),
        "from the future": _signed(_claims(project, iat=int(time.time()) + 300)),
        "another project": _signed(_claims("other")),
        "another audience": _signed(_claims(project, aud="other")),
        "no subject": _signed(_claims(project, sub="")),
        "a subject that is a path": _signed(_claims(project, sub="ann/../bob")),
        "too long a subject": _signed(_claims(project, sub="x" * 129)),
        "not a token": "nonsense",
        "another scheme": "Basic YTpi",
    }
    assert {name: _status(production.url, token) for name, token in refused.items()} == dict.fromkeys(refused, 401)


def test_locally_unsigned_tokens_and_the_development_principal(served: Served) -> None:
    assert _status(served.url, unsigned(served.project, "ann")) == 200
    assert _status(served.url, None) == 200
    assert _status(served.url, unsigned("other", "ann")) == 401
    assert _status(served.url, unsigned(served.project, "ann", exp=int(time.time()) - 120)) == 401
    assert _status(served.url, "nonsense") == 401


def test_a_refusal_says_how_to_sign_in(served: Served) -> None:
    answer = httpx.get(served.url + PATH, headers={"Authorization": "Bearer x"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "sign in" in answer.json()["detail"]


def test_another_users_document_is_not_found(api: Api) -> None:
    id = api.post(PATH, {"name": "Ann"})["prospect"]["id"]
    with api.another_user() as other:
        assert other.http.get(f"{PATH}/{id}").status_code == 404
        assert other.get(PATH)["total"] == 0


def test_user_id_must_be_the_principal(api: Api) -> None:
    assert api.http.get(PATH, params={"user_id": api.uid}).status_code == 200
    assert api.http.get(PATH, params={"user_id": "somebody"}).status_code == 403
    assert api.http.post(PATH, json={"name": "x", "user_id": "somebody"}).status_code == 403
    assert api.http.post(PATH, json={"name": "x", "user_id": api.uid}).status_code == 201


def test_start_up_fails_with_an_emulator_variable_on_cloud_run() -> None:
    for variable in ("firestore_emulator_host", "firebase_auth_emulator_host", "local_caller_secret"):
        with pytest.raises(ValidationError, match="must not be set on Cloud Run"):
            Settings.model_validate({"cloud_run_service": "prospects", variable: "127.0.0.1:1"})


def test_start_up_fails_without_a_signing_key_on_cloud_run() -> None:
    for given in ({}, {"signing_key": "short"}, {"signing_key": "k" * 32 + ",short"}, {"signing_key": "k" * 32 + ","}):
        with pytest.raises(ValidationError, match=r"SIGNING_KEY|at least 32"):
            Settings.model_validate({"cloud_run_service": "prospects", **given})
    config = Settings.model_validate({"cloud_run_service": "prospects", "signing_key": f"{'n' * 32}, {'k' * 32}"})
    assert config.server_keys == ["n" * 32, "k" * 32]


class TestCallers:
    def test_workers_and_schedules_refuse_strangers(self, served: Served) -> None:
        for name in ("run_execution", "wake_execution", "follow_ups_due", "prospect_written"):
            url = f"{served.internal}/{name}/"
            assert httpx.post(url, json={}).status_code == 403
            assert httpx.post(url, json={}, headers={"x-caller-secret": "wrong"}).status_code == 403
            token = unsigned(served.project, "ann")
            assert httpx.post(url, json={}, headers={"Authorization": f"Bearer {token}"}).status_code == 403

    def test_the_platforms_oidc_token_is_checked(self, served: Served, keys_url: str) -> None:
        account = "runner@project.iam.gserviceaccount.com"
        update = {"local_caller_secret": None, "caller_service_account": account, "caller_keys_url": keys_url}
        config = settings.current().model_copy(update=update)
        settings.use(config)
        url = f"{served.internal}/follow_ups_due/"
        now = int(time.time())
        good = {"aud": url, "email": account, "email_verified": True, "iat": now, "exp": now + 60}

        def status(**claims: Any) -> int:
            headers = {"Authorization": f"Bearer {_signed(good | claims)}"}
            return httpx.post(url, headers=headers).status_code

        assert status() == 200
        assert status(aud="https://elsewhere") == 403
        assert status(email="other@project.iam.gserviceaccount.com") == 403
        assert status(email_verified=False) == 403
        assert status(exp=now - 120) == 403
