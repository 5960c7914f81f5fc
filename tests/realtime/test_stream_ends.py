"""A stream ends with its token, its account, its time and its process, and each time says why."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from infra.local.cloud import LocalCloud
from shared.context import Principal, SignedIn
from shared.domains.account import deletion
from shared.kit import clock
from shared.realtime import tickets
from shared.settings import Settings
from tests.fixtures.connections import listening, talking
from tests.fixtures.framework import Framework
from tests.fixtures.live import User, environment
from tests.fixtures.waiting import eventually


def test_a_stream_ends_with_its_token_unless_another_is_sent(ann: User, bob: User) -> None:
    ticket = tickets.issue(SignedIn(Principal(ann.uid), clock.now() + timedelta(seconds=3))).text
    headers = {"Authorization": f"Bearer {ann.token(4)}"}
    with (
        listening(ann.http, headers) as events,
        talking(ann.live.url, None, f"?ticket={ticket}") as bare,
        talking(ann.live.url, ann.token(4)) as socket,
    ):
        socket.take()
        assert socket.ask(type="authenticate", token=bob.token())["type"] == "error"
        extended = socket.ask(type="authenticate", token=ann.token())
        assert extended["status"] == "extended"
        assert events.until("reconnect")[-1]["reason"] == "expired"
        assert events.has_ended()
        frames, code, _ = bare.rest()
        assert code == 4001
        assert frames[-1]["reason"] == "expired"
        ann.notify("still there")
        assert socket.take()["title"] == "still there"


def test_whose_account_is_closed_is_cut_off(ann: User, bob: User) -> None:
    with (
        listening(ann.http) as events,
        talking(ann.live.url, ann.token()) as socket,
        talking(bob.live.url, bob.token()) as bobs,
    ):
        deletion.close(ann.uid)
        assert events.until("reconnect")[-1]["reason"] == "revoked"
        assert socket.rest()[1] == 4001
        bobs.take()
        assert bobs.is_quiet()
    assert ann.http.get("/api/realtime/stream").status_code == 410


def test_each_connection_is_one_line(ann: User) -> None:
    with listening(ann.http) as events, talking(ann.live.url, ann.token()) as socket:
        ann.notify("one")
        events.until("notification")
        socket.take()
    ann.poll()
    lines = eventually(lambda: found if len(found := ann.requests()) == 3 else [])
    assert sorted(line["route"] for line in lines) == [
        "GET /api/realtime/poll",
        "GET /api/realtime/stream",
        "WS /api/ws",
    ]
    for line in lines:
        assert line["outcome"] == "done"
        assert line["latency_ms"] > 0
        assert line["ended"] in ("gone", "answered")
        assert {"rpcs", "reads", "writes", "commits"} == line["cost"].keys()
        assert line["bytes"] > 0
    assert {line["messages"] for line in lines if line["route"] == "GET /api/realtime/stream"} == {2}
    assert ann.uid not in ann.live.said


def test_streams_rotate(cloud: LocalCloud, local_settings: Settings, tmp_path: Path) -> None:
    env = environment(cloud, local_settings.project) | {"REALTIME_ROTATION_SECONDS": "2"}
    with Framework("realtime", tmp_path / "live", env) as live:
        eventually(live.listens)
        with (
            User(live, local_settings.project) as ann,
            listening(ann.http) as events,
            talking(live.url, ann.token()) as socket,
        ):
            began = time.monotonic()
            last = events.until("reconnect")[-1]
            assert 1.5 < time.monotonic() - began < 15
            assert last["reason"] == "rotation"
            assert 0 < last["retry_ms"] <= 5_000
            assert "cursor" not in last
            frames, code, reason = socket.rest()
            assert (code, frames[-1]["type"]) == (4000, "reconnect")
            assert reason
            ann.notify("meanwhile")
            with listening(ann.http, {"Last-Event-ID": events.last_id}) as again:
                assert [again.take().get("title") for _ in range(2)] == [None, "meanwhile"]


def test_it_ends_in_time_and_says_so(cloud: LocalCloud, local_settings: Settings, tmp_path: Path) -> None:
    with Framework("realtime", tmp_path / "live", environment(cloud, local_settings.project)) as live:
        eventually(live.listens)
        with User(live, local_settings.project) as ann:
            _ends_in_time(ann, live)


def _ends_in_time(ann: User, live: Framework) -> None:
    cursor = ann.poll()["cursor"]
    with (
        ThreadPoolExecutor() as pool,
        listening(ann.http) as events,
        talking(live.url, ann.token()) as socket,
    ):
        polling = pool.submit(ann.poll, cursor, wait=50)
        events.take()
        socket.take()
        time.sleep(0.5)
        began = time.monotonic()
        live.process.terminate()
        assert events.until("reconnect")[-1]["reason"] == "shutdown"
        frames, code, _ = socket.rest()
        assert (code, frames[-1]["reason"]) == (1001, "shutdown")
        assert polling.result(10)["messages"] == []
        live.process.wait(20)
        assert time.monotonic() - began < 10  # that Cloud Run leaves
    assert {line["ended"] for line in live.lines(kind="request")} >= {"shutdown"}
