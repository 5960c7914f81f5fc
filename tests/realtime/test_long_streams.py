"""What a stream meets that goes on for long: as many bytes as one may have, and ten minutes without a message."""

import pytest

from infra.storm.clients import Frame
from shared.domains import notifications
from shared.gcp import firestore
from shared.runtime.live import sessions, sse
from tests.fixtures.api import Api
from tests.fixtures.connections import listening, talking
from tests.fixtures.waiting import eventually

_HUNDRED_KB = 50 * [1_900 * "m"]  # messages of one commit


def _token(api: Api) -> str:
    return api.http.headers["Authorization"].removeprefix("Bearer ")


def _notify(api: Api, *messages: str) -> None:
    """Notifications of one commit, whose titles are numbers."""
    built = [notifications.build(api.uid, str(number), message) for number, message in enumerate(messages)]
    firestore.client().commit([notifications.to_create(each) for each in built])


@pytest.mark.parametrize("transport", ["sse", "websocket"])
def test_a_stream_rotates_before_the_platform_ends_it(
    api: Api, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    """An answer may have ten megabytes; whoever comes back from the cursor lacks nothing, and has nothing twice."""
    monkeypatch.setattr(sessions, "_MOST_BYTES", 40_000)
    cursor = api.get("/api/realtime/poll")["cursor"]
    _notify(api, *_HUNDRED_KB)
    taken: list[str] = []
    for _ in range(2):
        frames = _whole(api, transport, cursor)
        assert (frames[-1]["type"], frames[-1]["reason"]) == ("reconnect", "rotation")
        messages = [frame for frame in frames if frame["type"] == "notification"]
        assert 10 < len(messages) < 40_000 / 1_900
        taken += [frame["title"] for frame in messages]
        cursor = messages[-1]["cursor"]
    rest = api.get("/api/realtime/poll", cursor=cursor)["messages"]
    assert [*taken, *(frame["title"] for frame in rest)] == [str(number) for number in range(50)]


def _whole(api: Api, transport: str, cursor: str) -> list[Frame]:
    if transport == "sse":
        with listening(api.http, {"Last-Event-ID": cursor}) as events:
            return events.until("reconnect")
    with talking(api.url, _token(api), f"?cursor={cursor}") as talk:
        return talk.rest()[0]


def test_a_client_for_which_nothing_came_is_given_a_newer_cursor(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id alone, which is no event: without it the cursor of a quiet channel would be too old in the end."""
    monkeypatch.setattr(sse, "_MOVE_SECONDS", 1.0)
    with listening(api.http, channels="activity") as events:
        first = events.take()["cursor"]
        _notify(api, "of another channel")
        eventually(lambda: events.last_id != first)
        moved = events.last_id
        assert events.is_quiet(1.5)
        assert events.last_id == moved  # which nothing has moved since
    api.post("/api/activity", {"type": "system", "title": "now", "message": "m"})
    with listening(api.http, {"Last-Event-ID": moved}, channels="activity") as again:
        assert again.take()["cursor"] == moved
        assert again.take()["title"] == "now"
