"""A sweep that finds more than its share hands the rest on, once, and the shares cover every row without a gap."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared import settings
from shared.errors import BadRequest
from shared.gcp import firestore, writes
from shared.gcp.queries import Query
from shared.settings import Settings
from shared.store import relays
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Site, response

AT = datetime(2026, 1, 1, tzinfo=UTC)
QUERY = Query("test_parcels", group=True, where=[("due_at", "<=", AT)], order=[("due_at", "asc")])
SHARE, BATCH = 20, 5


@pytest.fixture
def site(local_settings: Settings) -> Iterator[Site]:
    """Where the tasks arrive."""
    with Site(lambda asked: response()) as site:
        settings.use(local_settings.model_copy(update={"sweep_share": SHARE, "functions_url": site.url}))
        yield site


def _store(number: int, *, ties: int) -> list[str]:
    paths = [f"users/u-{n * 7919 % 101}/test_parcels/p{n:03}" for n in range(number)]
    rows = [writes.create(path, {"due_at": AT - timedelta(seconds=n // ties)}) for n, path in enumerate(paths)]
    assert not any(firestore.client().batch_write(rows))
    return paths


def _share(after: str | None) -> list[str]:
    return [row.path for rows in relays.stretch("mine", QUERY, BATCH, after) for row in rows]


def _rests(site: Site) -> list[str]:
    bodies = [json.loads(asked.body) for asked in site.asked]
    assert {body["sweep"] for body in bodies} <= {"mine"}
    return [body["after"] for body in bodies]


def _rest(site: Site, number: int) -> str:
    """The rest that was handed on as that many's, once its task has arrived."""
    eventually(lambda: len(set(_rests(site))) == number)
    return list(dict.fromkeys(_rests(site)))[-1]


@pytest.mark.parametrize("ties", [1, 9, 1_000])
def test_the_shares_cover_every_row_once(site: Site, ties: int) -> None:
    paths = _store(103, ties=ties)
    seen = _share(None)
    for number in range(1, 5):
        seen += _share(_rest(site, number))
    assert sorted(seen) == sorted(paths)  # four shares of 25 rows, and three rows


def test_a_share_ends_where_it_was_said_whatever_others_take_of_it(site: Site) -> None:
    paths = _store(60, ties=1)
    batches = relays.stretch("mine", QUERY, BATCH, None)
    seen = next(batches)
    earliest_first = paths[::-1]
    firestore.client().batch_write([writes.delete(path) for path in earliest_first[5:15]])
    rest = [row.path for rows in batches for row in rows]
    assert [row.path for row in seen] + rest == earliest_first[:5] + earliest_first[15:25]
    eventually(lambda: len(_rests(site)) == 1)
    assert _share(_rests(site)[0])[0] == earliest_first[25]


@pytest.mark.parametrize("number", [0, 3, BATCH, BATCH + 1, BATCH + SHARE - 1])
def test_up_to_a_share_nothing_is_handed_on(site: Site, number: int) -> None:
    paths = _store(number, ties=4)
    assert sorted(_share(None)) == sorted(paths)
    assert site.asked == []


def test_two_ticks_in_a_minute_hand_on_once(site: Site) -> None:
    _store(40, ties=4)
    for _ in range(3):
        _share(None)
    eventually(lambda: len(_rests(site)) >= 1)
    assert len(set(_rests(site))) == 1
    assert len(_rests(site)) <= 2  # a minute may have passed in between


def test_without_a_queue_the_share_is_dealt_with(site: Site, local_settings: Settings) -> None:
    _store(40, ties=4)
    settings.use(local_settings.model_copy(update={"sweep_share": SHARE, "cloud_tasks_emulator_host": "127.0.0.1:9"}))
    assert len(_share(None)) == BATCH + SHARE


@pytest.mark.parametrize("after", ["", "x", "a" * 9_000])
def test_a_cursor_of_nobody_s_is_refused(site: Site, after: str) -> None:
    with pytest.raises(BadRequest):
        _share(after)
