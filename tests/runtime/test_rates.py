"""Rate limits: of a user, of an address of ours, of a client with wrong tokens. Bounded, told, and met by no page."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from infra.local import plain
from shared import settings
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.runtime import rates
from shared.runtime.rates import Buckets, Policy
from shared.settings import Settings
from tests.automations.played import notify
from tests.fixtures.api import Api
from tests.fixtures.tokens import unsigned

DEFAULTS = Settings.model_fields
TEN = Policy("test", 10, 5)


@pytest.fixture(autouse=True)
def _limits(local_settings: Settings) -> Iterator[None]:
    """The product's own, with nothing counted yet."""
    for buckets in (rates.USERS, rates.ADDRESSES, rates.CLIENTS, rates.WRONG):
        buckets.clear()
    yield
    for buckets in (rates.USERS, rates.ADDRESSES, rates.CLIENTS, rates.WRONG):
        buckets.clear()


@pytest.fixture
def time(local_settings: Settings) -> Iterator[VirtualClock]:
    """Stands still, however long a call takes."""
    standing = VirtualClock(datetime.now(UTC))
    replaced = clock.install(standing)
    yield standing
    clock.install(replaced)


@pytest.fixture
def limited(api: Api, time: VirtualClock) -> Api:
    """The API with the limits that are the product's defaults."""
    _use()
    return api


def _use(**more: Any) -> None:
    names = ("user_requests", "address_requests_per_minute", "wrong_tokens_per_minute", "trusted_proxies")
    given = {name: DEFAULTS[name].default for name in names}
    settings.use(settings.current().model_copy(update={**given, **more}))


def _hook(api: Api, *, active: bool = True) -> str:
    made = api.post("/api/automations", {"name": "A", "trigger": "webhook", "steps": [notify("n")]})["automation"]
    if active:
        api.post(f"/api/automations/{made['id']}/activate")
    return api.url + str(made["trigger_config"]["url"])


def _statuses(answers: list[httpx.Response]) -> dict[int, int]:
    codes = [answer.status_code for answer in answers]
    return {code: codes.count(code) for code in sorted(set(codes))}


def test_writes_in_a_row_meet_the_users_limit(limited: Api, time: VirtualClock) -> None:
    _use(user_requests=30)
    answers = [limited.http.post("/api/notifications", json={"title": "T", "message": "m"}) for _ in range(60)]
    assert [answer.status_code for answer in answers[:30]] == [201] * 30
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 30
    problem = refused[0].json()
    assert (problem["type"], problem["success"]) == ("urn:problem:too-many-requests", False)
    assert "30 in 10 seconds" in problem["detail"]
    assert refused[0].headers["retry-after"] == "1"
    assert refused[0].headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    with limited.another_user() as other:
        assert other.http.get("/api/notifications").status_code == 200
    time.advance(timedelta(seconds=1))
    assert limited.http.get("/api/notifications").status_code == 200


def test_every_answer_tells_what_is_left(limited: Api) -> None:
    first, second = limited.http.get("/api/prospects"), limited.http.get("/api/nothing-here/at-all")
    assert first.headers["ratelimit-policy"] == '"user";q=300;w=10'
    assert first.headers["ratelimit"] == '"user";r=299;t=1'
    assert first.headers["x-ratelimit-limit"] == "300"
    assert first.headers["x-ratelimit-remaining"] == "299"
    assert first.headers["x-ratelimit-reset"] == "1"
    assert "ratelimit" not in second.headers
    page = limited.http.get("/api/prospects", headers={"Origin": "http://localhost:3000"})
    assert {"ratelimit", "ratelimit-policy"} <= set(page.headers["access-control-expose-headers"].split(", "))


def test_a_batch_counts_as_one(limited: Api) -> None:
    many = {"prospects": [{"name": f"P{n}"} for n in range(200)]}
    answer = limited.http.post("/api/prospects", json=many)
    assert answer.is_success
    assert answer.headers["x-ratelimit-remaining"] == "299"


def test_a_page_of_the_frontend_meets_no_limit(limited: Api) -> None:
    """A search for each key that is pressed, and a dashboard that reads all it shows several times over."""
    paths = ["/api/prospects", "/api/notifications", "/api/calendar", "/api/activity", "/api/automations"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: limited.http.get(paths[n % len(paths)]), range(150)))
    assert _statuses(answers) == {200: 150}


def test_an_address_is_called_so_often_a_minute(limited: Api, time: VirtualClock) -> None:
    _use(address_requests_per_minute=20)
    url, other = _hook(limited), _hook(limited)
    answers = [plain.post(url, json={}) for _ in range(30)]
    assert [answer.status_code for answer in answers[:20]] == [202] * 20
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "3"
    assert answers[-1].headers["ratelimit-policy"] == '"address";q=20;w=60'
    assert answers[-1].headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    assert plain.post(other, json={}).status_code == 202
    time.advance(timedelta(seconds=4))
    assert plain.post(url, json={}).status_code == 202


def test_an_inactive_address_is_limited_too(limited: Api) -> None:
    _use(address_requests_per_minute=5)
    url = _hook(limited, active=False)
    assert _statuses([plain.post(url, json={}) for _ in range(8)]) == {409: 5, 429: 3}


def test_wrong_tokens_are_few(limited: Api, time: VirtualClock) -> None:
    """Whoever guesses is stopped before anything is looked up, and holds up no address that is in use."""
    url = _hook(limited)
    assert plain.post(url, json={}).status_code == 202
    answers = [plain.post(f"{limited.url}/api/hooks/guess-{n}", json={}) for n in range(40)]
    assert [answer.status_code for answer in answers[:20]] == [404] * 20
    assert answers[-1].status_code == 429
    assert answers[-1].headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    assert plain.get(f"{limited.url}/api/unsubscribe/guess").status_code == 429
    assert plain.post(url, json={}).status_code == 202
    assert len(rates.ADDRESSES) == 1
    time.advance(timedelta(seconds=7))
    assert plain.post(f"{limited.url}/api/hooks/guess", json={}).status_code == 404


def test_a_body_that_is_refused_opens_no_way_around(limited: Api) -> None:
    """Its address was not looked up, so it does not count as one in use."""
    for n in range(30):
        assert plain.post(f"{limited.url}/api/hooks/guess-{n}", content="[1]").status_code == 422
    answers = [plain.post(f"{limited.url}/api/hooks/guess-{n}", json={}) for n in range(30)]
    assert _statuses(answers) == {404: 20, 429: 10}
    assert answers[-1].headers["x-firestore-cost"] == "rpcs=0 reads=0 writes=0 commits=0"
    assert len(rates.ADDRESSES) == 0


def test_bad_sign_ins_are_few_and_good_ones_go_on(limited: Api) -> None:
    bad = {"Authorization": f"Bearer {unsigned('another-project', 'ann')}"}
    answers = [plain.get(f"{limited.url}/api/prospects", headers=bad) for _ in range(40)]
    assert [answer.status_code for answer in answers[:20]] == [401] * 20
    assert answers[-1].status_code == 429
    assert "retry-after" in answers[-1].headers
    assert limited.http.get("/api/prospects").status_code == 200


def test_health_is_never_limited(limited: Api) -> None:
    _use(address_requests_per_minute=3)
    answers = [plain.get(f"{limited.url}/api/health") for _ in range(12)]
    assert _statuses(answers) == {200: 12}
    assert "ratelimit" not in answers[0].headers
    described = [plain.get(f"{limited.url}/api/openapi.json") for _ in range(6)]
    assert _statuses(described) == {200: 3, 429: 3}


def test_two_clients_behind_the_front_end(limited: Api) -> None:
    """Of X-Forwarded-For only what our own proxy has added is believed."""
    _use(trusted_proxies=1, wrong_tokens_per_minute=5)

    def guess(forwarded: str) -> int:
        return plain.post(f"{limited.url}/api/hooks/x", json={}, headers={"X-Forwarded-For": forwarded}).status_code

    forged = [guess(f"10.0.0.{n}, 203.0.113.7") for n in range(12)]
    assert (forged[:5], forged[-1]) == ([404] * 5, 429)
    assert guess("203.0.113.7, 198.51.100.2") == 404


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "9.9.9.9, 1.2.3.4", "1.2.3.4"),
        (2, "9.9.9.9, 1.2.3.4, 5.6.7.8", "1.2.3.4"),
        (3, "1.2.3.4", "127.0.0.1"),
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "nonsense", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        (1, "::ffff:1.2.3.4", "1.2.3.4"),
    ],
)
def test_whose_address_counts(local_settings: Settings, proxies: int, forwarded: str, client: str) -> None:
    settings.use(local_settings.model_copy(update={"trusted_proxies": proxies}))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    built = EnvironBuilder(headers=list(headers.items()), environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
    assert rates.client_address(Request(built.get_environ())) == client


def test_the_front_end_is_trusted_in_the_cloud_and_nobody_on_the_local_stack() -> None:
    assert Settings.model_validate({"firestore_emulator_host": "x:1"}).proxies == 0
    assert Settings.model_validate({}).proxies == 1


def test_a_bucket_is_regained_at_a_steady_pace(time: VirtualClock) -> None:
    buckets = Buckets()
    readings = [buckets.take("a", TEN) for _ in range(11)]
    assert [reading.left for reading in readings] == [*range(9, -1, -1), 0]
    assert [reading.wait for reading in readings] == [None] * 10 + [0.5]
    time.advance(timedelta(seconds=0.4))
    assert buckets.take("a", TEN).wait == pytest.approx(0.1, abs=0.001)
    time.advance(timedelta(seconds=0.101))
    assert buckets.take("a", TEN).wait is None
    time.advance(timedelta(hours=1))
    assert buckets.take("a", TEN).left == 9
    time.advance(timedelta(hours=-2))
    assert buckets.take("a", TEN).left == 8
    assert buckets.take("b", TEN).left == 9


def test_memory_is_bounded_whoever_calls(time: VirtualClock) -> None:
    buckets = Buckets(size=100)
    for n in range(10_000):
        buckets.take(f"client-{n}", TEN)
        buckets.take("busy", TEN)
    assert len(buckets) == 100
    assert "busy" in buckets
    assert buckets.take("busy", TEN).wait is not None


def test_many_threads_get_no_more_than_there_is(time: VirtualClock) -> None:
    buckets = Buckets()
    with ThreadPoolExecutor(16) as pool:
        readings = list(pool.map(lambda _: buckets.take("a", TEN), range(500)))
    assert sum(reading.wait is None for reading in readings) == 10
