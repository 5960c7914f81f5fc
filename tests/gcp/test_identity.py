"""A user's standing at Google's Identity Toolkit, by its documented answers, and by those that are none."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from shared import settings
from shared.errors import AppError, ProviderError, Unavailable
from shared.gcp import credentials, identity
from shared.gcp.identity import Standing
from shared.settings import Settings
from tests.fixtures.google import KEY
from tests.fixtures.identity import Toolkit
from tests.fixtures.production import Production

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SINCE = str(int(NOON.timestamp()))


@pytest.fixture
def toolkit(local_settings: Settings) -> Iterator[Toolkit]:
    with Toolkit(local_settings.project) as server:
        settings.use(local_settings.model_copy(update={"identity_base_url": server.url + "/"}))
        yield server


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        (None, Standing(exists=False)),
        ({}, Standing(exists=True)),
        ({"disabled": False, "validSince": _SINCE}, Standing(exists=True, valid_since=NOON)),
        ({"disabled": True}, Standing(exists=False)),
        ({"disabled": True, "validSince": _SINCE}, Standing(exists=False, valid_since=NOON)),
    ],
)
def test_it_says_how_a_user_stands(toolkit: Toolkit, user: dict[str, Any] | None, standing: Standing) -> None:
    toolkit.users = {"bob": {"disabled": True}} | ({} if user is None else {"ann": user})
    assert identity.look_up("ann") == standing
    assert toolkit.asked == ["ann"]


def test_a_token_of_the_very_second_is_good() -> None:
    standing = Standing(exists=True, valid_since=NOON)
    assert standing.covers(NOON)
    assert not standing.covers(NOON.replace(hour=11, minute=59, second=59))
    assert not Standing(exists=False).covers(NOON)
    assert Standing(exists=False).covers(None)


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, ProviderError), (403, ProviderError), (404, ProviderError), (429, Unavailable), (503, Unavailable)],
)
def test_a_refusal_is_no_standing(toolkit: Toolkit, status: int, error: type[AppError]) -> None:
    toolkit.status = status
    with pytest.raises(error, match=str(status)):
        identity.look_up("ann")


@pytest.mark.parametrize(
    "body", [b"[]", b"<html>", b'{"users": 5}', b'{"users": [{}]}', b'{"users": ["ann"]}', b"\xff"]
)
def test_what_is_no_answer_is_no_standing(toolkit: Toolkit, body: bytes) -> None:
    toolkit.body = body
    with pytest.raises(ProviderError):
        identity.look_up("ann")


@pytest.mark.parametrize("since", ["soon", "9" * 30, -(10**30), [1]])
def test_a_time_that_is_none_is_no_standing(toolkit: Toolkit, since: Any) -> None:
    toolkit.users = {"ann": {"validSince": since}}
    with pytest.raises(ProviderError):
        identity.look_up("ann")


def test_it_does_not_wait_for_ever(toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_SECONDS", 0.2)
    toolkit.seconds = 1.0
    with pytest.raises(Unavailable):
        identity.look_up("ann")


def test_who_hangs_up_is_unavailable(local_settings: Settings) -> None:
    with Toolkit(local_settings.project) as gone:
        pass
    settings.use(local_settings.model_copy(update={"identity_base_url": gone.url}))
    with pytest.raises(Unavailable):
        identity.look_up("ann")


def test_on_the_local_stack_nobody_is_asked(local_settings: Settings) -> None:
    assert identity.look_up("ann") is None


def test_in_production_it_is_called_in_the_name_of_the_service_account(
    local_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, encryption = serialization.Encoding.PEM, serialization.NoEncryption()
    account = {
        "type": "service_account",
        "client_email": "run-api@p.iam.gserviceaccount.com",
        "private_key": KEY.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption).decode(),
    }
    credentials._credentials.cache_clear()
    with Toolkit("p", token="t-1") as server:
        (tmp_path / "account.json").write_text(json.dumps({**account, "token_uri": f"{server.url}/token"}))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
        settings.use(Production(project="p", identity_base_url=server.url))
        server.users = {"ann": {}}
        assert identity.look_up("ann") == Standing(exists=True)
    credentials._credentials.cache_clear()
