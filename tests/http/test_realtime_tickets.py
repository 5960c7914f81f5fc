"""POST /api/realtime/tickets: whom a ticket stands for, how long, and that nothing shows it again."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from infra.local import plain
from shared import settings
from shared.kit import clock
from shared.realtime import tickets
from shared.settings import Settings
from tests.fixtures.accounts import everything
from tests.fixtures.api import Api
from tests.fixtures.tokens import unsigned

URL = "/api/realtime/tickets"


def test_it_stands_for_the_caller_for_as_long_as_the_token(api: Api) -> None:
    expiry = int(datetime.now(UTC).timestamp()) + 1_000
    token = unsigned(api.project, api.uid, exp=expiry, operator=True)
    answer = api.http.post(URL, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"success", "ticket", "expires_at", "url"}
    assert timedelta(seconds=50) < datetime.fromisoformat(body["expires_at"]) - clock.now() <= timedelta(seconds=60)
    admitted = tickets.redeem(body["ticket"])
    assert (admitted.principal.uid, admitted.principal.operator) == (api.uid, True)
    assert admitted.issued_at
    assert timedelta(seconds=-1) < clock.now() - admitted.issued_at < timedelta(minutes=1)
    assert admitted.until == datetime.fromtimestamp(expiry + 60, UTC)  # by which time the token is refused too
    with api.another_user() as other:
        assert tickets.redeem(other.post(URL)["ticket"]).principal.uid == other.uid


def test_the_development_user_s_has_no_end(api: Api) -> None:
    made = plain.post(api.url + URL).json()
    assert tickets.redeem(made["ticket"]).until is None


@pytest.mark.parametrize("expiry", [1e20, 4e9])
def test_a_token_that_never_ends_is_taken_for_a_day(api: Api, expiry: float) -> None:
    token = unsigned(api.project, api.uid, exp=expiry)
    made = api.http.post(URL, headers={"Authorization": f"Bearer {token}"})
    until = tickets.redeem(made.json()["ticket"]).until
    assert until
    assert until < clock.now() + timedelta(hours=25)


def test_it_says_where_streams_are_opened(api: Api, local_settings: Settings) -> None:
    assert api.post(URL)["url"] is None
    settings.use(local_settings.model_copy(update={"realtime_url": "https://realtime.example"}))
    assert api.post(URL)["url"] == "https://realtime.example"


def test_who_may_not_have_one(api: Api) -> None:
    for token in ("x", unsigned("another", api.uid), unsigned(api.project, api.uid, exp=1)):
        answer = api.http.post(URL, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    foreign = plain.post(api.url + URL, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403  # a page elsewhere has none of the development user's
    assert api.http.get(URL).status_code == 405
    assert everything() == {}


def test_calls_are_limited(api: Api, local_settings: Settings) -> None:
    settings.use(local_settings.model_copy(update={"user_requests": 3}))
    answers = [api.http.post(URL) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_no_log_shows_it(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ticket = api.post(URL)["ticket"]
    api.http.get(f"/api/realtime/tickets?ticket={ticket}")
    api.http.get(f"/api/nothing?ticket={ticket}")
    ours = [record for record in caplog.records if record.name.split(".")[0] not in ("httpx", "httpcore")]
    assert ours
    assert ticket not in "".join(f"{record.getMessage()} {vars(record)}" for record in ours)
    assert ticket not in str(everything())
