"""No stream shows another user's messages, whatever cursor or ticket it is opened with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from infra.local.tokens import unsigned
from infra.storm import isolation
from infra.storm.instances import Instance
from infra.storm.play import Size
from shared.context import Principal, SignedIn
from shared.domains import notifications
from shared.domains.notifications import NotificationInput
from shared.realtime import tickets
from shared.realtime.channels import parsed
from shared.settings import Settings
from shared.store import cursors
from tests.fixtures.waiting import eventually

SMALL = Size(users=8, clients=24, events=400, patience=60)
# Now and then a stream is another user's.
_CONFUSED = """
from shared.realtime.hub import Hub

_open = Hub.open
Hub.open = lambda self, uid, *more: _open(self, "user-1" if len(self._feeds) > 1 else uid, *more)
"""
_CHANNELS = ("notifications",)


def environment(cloud: LocalCloud, project: str, **more: str) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": project,
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
        "USER_REQUESTS": "0",
        "WRONG_TOKENS_PER_MINUTE": "0",
        **more,
    }


@pytest.fixture
def instance(cloud: LocalCloud, local_settings: Settings, tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path, environment(cloud, local_settings.project)) as running:
        yield running


def _notify(uid: str, title: str = "t") -> str:
    return notifications.create(uid, NotificationInput(title=title, message="m")).id


@pytest.mark.slow
def test_each_user_gets_their_own_alone(cloud: LocalCloud, project: str) -> None:
    """At full size, with 50 users and 10,000 events, in `make bench`."""
    report = isolation.play(cloud, SMALL, project=project)
    assert not report.findings, report
    assert report.entries == SMALL.events
    assert report.connections > SMALL.clients


@pytest.mark.slow
def test_it_condemns_a_function_that_takes_one_user_for_another(cloud: LocalCloud, project: str) -> None:
    report = isolation.play(cloud, Size(users=3, clients=9, events=60, patience=5), project=project, plant=_CONFUSED)
    assert report.findings.doubled
    assert report.findings.lost


class _Poller:
    """Long polls of one user, each from a given cursor."""

    def __init__(self, instance: Instance, project: str, uid: str) -> None:
        self.uid, self._url, self._token = uid, instance.url, unsigned(project, uid)

    def poll(self, cursor: str | None = None, channels: str = "notifications", **headers: str) -> dict[str, Any]:
        query = {"channels": channels, "wait": "1", **({"cursor": cursor} if cursor is not None else {})}
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        response = plain.get(f"{self._url}/api/realtime/poll", params=query, headers=sent, timeout=30)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def _cursor(uid: str, committed: object, *more: Any, names: str = "") -> str:
    return cursors.encode(parsed(_CHANNELS).key(uid), [committed, *more, names])


def test_a_cursor_that_means_nothing_here_is_a_reset(instance: Instance, local_settings: Settings) -> None:
    ann, bob = (_Poller(instance, local_settings.project, uid) for uid in ("ann", "bob"))
    of_ann, of_bob = ann.poll()["cursor"], bob.poll()["cursor"]
    of_tasks = ann.poll(channels="tasks")["cursor"]
    _notify("ann", "secret")
    ann_only = _notify("bob", "of bob")
    eventually(lambda: bob.poll(of_bob)["messages"])
    now = datetime.now(UTC)
    vectors = {
        "another user's": of_ann,
        "other channels'": of_tasks,
        "cut": of_bob[:-3],
        "changed": of_bob[:20] + ("A" if of_bob[20] != "A" else "B") + of_bob[21:],
        "huge": "A" * 7_000,
        "no base64": "ä%00\u2028",
        "no time": _cursor("bob", "then", "x", 1),
        "too short": _cursor("bob", now),
        "numbers": _cursor("bob", 1, 2, 3),
        "an entry that is no text": _cursor("bob", now, 7, 0),
        "a place that is no number": _cursor("bob", now, "a", "b"),
        "of tomorrow": _cursor("bob", now + timedelta(days=1), "a", 0),
        "null": _cursor("bob", now, None, None),
        "a time without a zone": _cursor("bob", datetime(2026, 1, 1), "a", 0),
    }
    for what, cursor in vectors.items():
        [message] = bob.poll(cursor)["messages"]
        assert (message["type"], message["reason"]) == ("reset", "unknown"), what
        assert message["reload"] == ["notifications"]
        assert bob.poll(message["cursor"])["messages"] == [], what
    for long_ago in (now - timedelta(days=2), datetime(1970, 1, 1, tzinfo=UTC)):
        [message] = bob.poll(_cursor("bob", long_ago, "a", 0))["messages"]
        assert message["reason"] == "expired"
    # What is the user's own is followed, as often as it comes.
    for _ in range(2):
        assert [message["id"] for message in bob.poll(of_bob)["messages"]] == [ann_only]


def test_a_ticket_opens_its_own_user_s_stream_alone(instance: Instance, local_settings: Settings) -> None:
    ann = _Poller(instance, local_settings.project, "ann")
    of_ann = ann.poll()["cursor"]
    _notify("ann", "secret")
    for uid, expected in (("bob", "reset"), ("ann", "notification")):
        ticket = tickets.issue(SignedIn(Principal(uid), None)).text
        query = {"channels": "notifications", "cursor": of_ann, "ticket": ticket, "wait": "5"}
        answer = plain.get(f"{instance.url}/api/realtime/poll", params=query, timeout=30).json()
        assert [message["type"] for message in answer["messages"]] == [expected]
        again = plain.get(f"{instance.url}/api/realtime/poll", params=query, timeout=30)
        assert again.status_code == 401
