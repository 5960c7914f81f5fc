"""Who may call: ID tokens of every kind, and the development principal only where it belongs."""

import time
from collections.abc import Iterator

import pytest

from infra.local import plain
from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.google import OTHER_KEY, key_server, key_set, signed, users_claims
from tests.fixtures.production import Production
from tests.fixtures.served import Served
from tests.fixtures.tokens import unsigned

PATH = "/api/prospects"


@pytest.fixture(scope="module")
def keys_url() -> Iterator[str]:
    with key_server(key_set()) as url:
        yield url


@pytest.fixture
def production(served: Served, keys_url: str) -> Iterator[Served]:
    """The same server, told that it is not local: the emulator is reached, its privileges are gone."""
    config = settings.current()
    values = config.model_dump() | {"token_keys_url": keys_url}
    hidden = Production.model_validate(values)
    replaced = settings.use(hidden)
    yield served
    settings.use(replaced)


def _status(url: str, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": token if " " in token else f"Bearer {token}"}
    return plain.get(url + PATH, headers=headers).status_code


def test_a_token_of_google_is_accepted_in_production(production: Served) -> None:
    assert _status(production.url, signed(users_claims(production.project))) == 200


def test_nothing_else_is(production: Served) -> None:
    project = production.project
    refused = {
        "no token": None,
        "unsigned": unsigned(project, "ann"),
        "another key": signed(users_claims(project), OTHER_KEY),
        "another key id": signed(users_claims(project), kid="k2"),
        "symmetric": signed(users_claims(project), "secret-secret-secret-secret-secret", "HS256"),
        "expired": signed(users_claims(project, exp=int(time.time()) - 120)),
        "from the future": signed(users_claims(project, iat=int(time.time()) + 300)),
        "another project": signed(users_claims("other")),
        "another audience": signed(users_claims(project, aud="other")),
        "no subject": signed(users_claims(project, sub="")),
        "a subject that is a path": signed(users_claims(project, sub="ann/../bob")),
        "too long a subject": signed(users_claims(project, sub="x" * 129)),
        "not a token": "nonsense",
        "another scheme": "Basic YTpi",
    }
    assert {name: _status(production.url, token) for name, token in refused.items()} == dict.fromkeys(refused, 401)


def test_what_was_accepted_once_is_neither_good_for_longer_nor_for_others(production: Served) -> None:
    claims = users_claims(production.project, exp=int(time.time()) - 54)  # a minute's skew is allowed
    token = signed(claims)
    assert [_status(production.url, token) for _ in range(2)] == [200, 200]
    head, _, signature = token.rpartition(".")
    other = signature[::-1]
    assert _status(production.url, f"{head}.{other}") == 401
    assert _status(production.url, signed(claims, OTHER_KEY)) == 401
    time.sleep(max(0, claims["exp"] + 61 - time.time()))
    assert _status(production.url, token) == 401


def test_an_unsigned_token_that_was_good_locally_is_not_in_production(served: Served, keys_url: str) -> None:
    token = unsigned(served.project, "ann")
    assert _status(served.url, token) == 200
    hidden = Production.model_validate(settings.current().model_dump() | {"token_keys_url": keys_url})
    replaced = settings.use(hidden)
    assert _status(served.url, token) == 401
    settings.use(replaced)


def test_locally_unsigned_tokens_and_the_development_principal(served: Served) -> None:
    assert _status(served.url, unsigned(served.project, "ann")) == 200
    assert _status(served.url, None) == 200
    assert _status(served.url, unsigned("other", "ann")) == 401
    assert _status(served.url, unsigned(served.project, "ann", exp=int(time.time()) - 120)) == 401
    assert _status(served.url, "nonsense") == 401


def test_a_refusal_says_how_to_sign_in(served: Served) -> None:
    answer = plain.get(served.url + PATH, headers={"Authorization": "Bearer x"})
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
