"""Whose access was revoked is cut off, and opens no other stream; nobody is while Google does not answer."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared.context import Principal, SignedIn
from shared.kit import clock
from shared.realtime import tickets
from shared.settings import Settings
from tests.fixtures.connections import listening, talking
from tests.fixtures.framework import Framework
from tests.fixtures.identity import Toolkit
from tests.fixtures.live import User, environment
from tests.fixtures.tokens import unsigned
from tests.fixtures.waiting import eventually


@pytest.fixture
def toolkit(local_settings: Settings) -> Iterator[Toolkit]:
    with Toolkit(local_settings.project) as server:
        yield server


@pytest.fixture
def live(cloud: LocalCloud, local_settings: Settings, toolkit: Toolkit, tmp_path: Path) -> Iterator[Framework]:
    env = environment(cloud, local_settings.project) | {"IDENTITY_BASE_URL": toolkit.url}
    with Framework("realtime", tmp_path / "live", env) as function:
        eventually(function.listens)
        yield function


@pytest.fixture
def ann(live: Framework, project: str, toolkit: Toolkit) -> Iterator[User]:
    with User(live, project) as user:
        toolkit.users[user.uid] = {}
        yield user


@pytest.fixture
def bob(live: Framework, project: str, toolkit: Toolkit) -> Iterator[User]:
    with User(live, project) as user:
        toolkit.users[user.uid] = {}
        yield user


@pytest.mark.parametrize("change", [{"disabled": True}, None])
def test_who_is_disabled_or_removed_is_cut_off_and_stays_out(
    ann: User, bob: User, toolkit: Toolkit, change: dict[str, bool] | None
) -> None:
    with (
        listening(ann.http) as events,
        talking(ann.live.url, ann.token()) as socket,
        talking(bob.live.url, bob.token()) as bobs,
    ):
        assert events.take()["type"] == socket.take()["type"] == "connection"
        assert events.is_quiet(1.5)
        assert set(toolkit.asked) == {ann.uid, bob.uid}
        toolkit.users.pop(ann.uid)
        if change:
            toolkit.users[ann.uid] = change
        assert events.until("reconnect")[-1]["reason"] == "revoked"
        assert socket.rest()[1] == 4001
        bobs.take()
        assert bobs.is_quiet()
    for path in ("stream", "poll"):
        assert ann.http.get(f"/api/realtime/{path}").status_code == 401
    with talking(ann.live.url, ann.token()) as socket:
        assert socket.rest()[1] == 4001


def test_revoked_tokens_end_their_streams_and_newer_ones_do_not(ann: User, toolkit: Toolkit) -> None:
    now = int(time.time())
    tokens = {at: unsigned(ann.project, ann.uid, iat=at, exp=now + 3600) for at in (now - 100, now - 10)}
    ticket = tickets.issue(
        SignedIn(Principal(ann.uid), clock.now() + timedelta(hours=1), clock.now() - timedelta(seconds=100))
    ).text
    later = tickets.issue(
        SignedIn(Principal(ann.uid), clock.now() + timedelta(hours=1), clock.now() - timedelta(seconds=100))
    ).text
    with (
        listening(ann.http, _bearer(tokens[now - 100])) as old,
        talking(ann.live.url, None, f"?ticket={ticket}") as of_ticket,
        talking(ann.live.url, tokens[now - 100]) as extended,
        listening(ann.http, _bearer(tokens[now - 10])) as new,
    ):
        extended.take()
        assert extended.ask(type="authenticate", token=tokens[now - 10])["type"] == "authentication"
        toolkit.users[ann.uid] = {"validSince": str(now - 50)}
        assert old.until("reconnect")[-1]["reason"] == "revoked"
        assert of_ticket.rest()[1] == 4001
        assert new.take()["type"] == "connection"
        assert new.is_quiet(1.5)
        assert extended.ask(type="authenticate", token=tokens[now - 100])["type"] == "error"
        assert extended.ask(type="ping")["type"] == "pong"
        assert plain.get(f"{ann.live.url}/api/realtime/poll", params={"ticket": later}).status_code == 401


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("failure", [{"status": 403}, {"status": 503}, {"seconds": 20.0}])
def test_while_google_does_not_answer_its_last_answer_stands(
    ann: User, bob: User, toolkit: Toolkit, failure: dict[str, float]
) -> None:
    toolkit.users[ann.uid] = {"disabled": True}
    assert ann.http.get("/api/realtime/poll").status_code == 401
    for name, value in failure.items():
        setattr(toolkit, name, value)
    with listening(bob.http) as events:
        assert events.take()["type"] == "connection"
        assert events.is_quiet(2.5)
        bob.notify("still there")
        assert events.take()["title"] == "still there"
    assert ann.http.get("/api/realtime/poll").status_code == 401
    assert ann.live.lines(severity="WARNING", message="it is not known whether access was revoked")


def test_a_user_is_looked_up_once_and_the_development_user_never(ann: User, toolkit: Toolkit) -> None:
    for _ in range(3):
        ann.poll()
    assert toolkit.asked == [ann.uid]
    with talking(ann.live.url, None) as socket:
        assert socket.take()["user_id"] == "dev-user"
        assert socket.is_quiet(1.5)
