"""Steps for each item of a list."""

from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from tests.automations.played import find, notify, play, reach, records, start, statuses, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def _each(items: Any, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    config = {"items": items, "steps": list(steps), **more.pop("config", {})}
    return {"id": "each", "action": "for_each", "config": config, **more}


@pytest.mark.parametrize("items", ["input.names", "{{ input.names }}", ["Ann", "Bob", "Cy"]])
def test_each_item_once(api: Api, items: Any) -> None:
    step = notify("told", config={"title": "{{ index }} {{ item }}"})
    id, run = start(api, _each(items, step), notify("after"), names=["Ann", "Bob", "Cy"])
    ended = reach(api, id, run, "success", "failed")
    assert ended["status"] == "success", ended
    assert titles(api) == ["0 Ann", "1 Bob", "2 Cy", "after"]
    assert ended["results"]["each"]["output"] == {"count": 3, "failed": 0}
    keys = [record["key"] for record in records(api, id, run)]
    assert keys == ["each", "told[0]", "told[1]", "told[2]", "after"]


def test_loops_within_loops(api: Api) -> None:
    inner = {
        "id": "inner",
        "action": "for_each",
        "config": {"items": "item", "steps": [notify("n", config={"title": "{{ item }}"})]},
    }
    ended = play(api, _each([[1, 2], [], [3]], inner), notify("after"))
    assert ended["status"] == "success", ended
    assert titles(api) == ["1", "2", "3", "after"]


def test_an_empty_list_is_passed_over(api: Api) -> None:
    assert statuses(play(api, _each([], notify("n")), notify("after"))) == {"each": "success", "after": "success"}


def test_a_failed_item_is_passed_over_where_the_loop_says_so(api: Api) -> None:
    failing = {"id": "bad", "action": "analyze_prospect", "when": "item == 2"}
    ended = play(api, _each([1, 2, 3], failing, notify("n"), on_error="continue"))
    assert ended["status"] == "success", ended
    assert ended["results"]["each"]["output"] == {"count": 3, "failed": 1}
    assert len(titles(api)) == 2


def test_a_failed_item_ends_the_run_otherwise(api: Api) -> None:
    ended = play(api, _each([1, 2], {"action": "analyze_prospect"}), notify("after"))
    assert (ended["status"], titles(api)) == ("failed", [])


@pytest.mark.parametrize(
    ("items", "complaint"),
    [("input.number", "a list is needed"), ("input.missing", "cannot be evaluated"), ("input.many", "max_items")],
)
def test_what_is_no_list_fails_the_step(api: Api, items: str, complaint: str) -> None:
    ended = play(api, _each(items, notify("n")), number=3, many=list(range(101)))
    assert ended["status"] == "failed"
    assert complaint in ended["error"]


@pytest.mark.parametrize(
    ("number", "advice", "absent"),
    [(101, "raise it to 101 or more", "one loop takes"), (501, "more than the 500 that one loop takes", "raise")],
)
def test_a_list_that_is_too_long_names_only_ways_out_that_exist(
    api: Api, number: int, advice: str, absent: str
) -> None:
    failed = play(api, _each("input.many", notify("n")), many=list(range(number)))
    assert advice in failed["error"]
    assert absent not in failed["error"]
    assert "event.tags.filter(tag, tag != 'old')" in failed["error"]
    loop = _each("event.many.filter(n, n < 3)", notify("n"))
    assert play(api, loop, many=list(range(number)))["results"]["each"]["output"]["count"] == 3
    if number <= 500:
        loop = _each("input.many", notify("n"))
        loop["config"]["max_items"] = number
        assert play(api, loop, many=list(range(number)))["status"] == "success"


def test_a_delay_within_a_loop(api: Api, cloud: LocalCloud) -> None:
    delay = {"action": "delay", "config": {"seconds": 60}}
    id, run = start(api, _each([1, 2], delay, notify("n", config={"title": "{{ item }}"})))
    for done in (0, 1):
        eventually(lambda: find(api, id, run)["status"] == "waiting" and len(titles(api)) == done)  # noqa: B023
        cloud.clock.advance(timedelta(seconds=61))
    assert reach(api, id, run, "success", "failed")["status"] == "success"
    assert titles(api) == ["1", "2"]
