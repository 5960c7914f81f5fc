"""A value arrives whole, however large, up to one bound; beyond it a step fails and names the bound."""

import json
import random
from base64 import b85encode
from datetime import timedelta
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from shared import context
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.queue import RunMessage
from shared.context import Context
from shared.gcp import sizes
from shared.kit import clock
from shared.settings import Settings
from shared.store import large_values
from tests.automations import seed
from tests.automations.played import notify, play, reach, records, start, statuses, titles
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.web.site import Asked, Site, response


def noise(size: int, seed: int = 1) -> str:
    """Letters that do not get shorter by packing them."""
    return b85encode(random.Random(seed).randbytes(size)).decode()[:size]


def _set(id: str, **values: Any) -> dict[str, Any]:
    return {"id": id, "action": "set_variables", "config": {"values": values}}


def _get(site: Site, id: str = "get", **config: Any) -> dict[str, Any]:
    return {"id": id, "action": "call_webhook", "config": {"url": f"{site.url}/{id}", "method": "GET", **config}}


def _send(site: Site, body: Any) -> dict[str, Any]:
    return {"id": "send", "action": "call_webhook", "config": {"url": f"{site.url}/send", "body": body}}


def _answering(content: bytes, kind: str = "application/json") -> Site:
    return Site(lambda asked: response(content if asked.target != "/send" else b"", content_type=kind))


def _sent(site: Site) -> bytes:
    [body] = [asked.body for asked in site.asked if asked.target == "/send"]
    return body


@pytest.mark.parametrize("size", [7_000, 70_000, 300_000, 1_950_000])
def test_an_answer_goes_on_whole(api: Api, size: int) -> None:
    answer = json.dumps({"rows": [noise(size // 2, 1), noise(size // 2 - 60, 2)]}).encode()
    with _answering(answer) as site:
        run = play(api, _get(site), _send(site, "{{ steps.get.output.body }}"))
        assert (run["status"], run["error"]) == ("success", None)
        assert json.loads(_sent(site)) == json.loads(answer)


def test_a_text_of_placeholders_is_whole(api: Api) -> None:
    with _answering(b"x" * 70_000, "text/plain") as site:
        play(api, _get(site), _send(site, {"both": "{{ steps.get.body }} and {{ steps.get.body }}"}))
        assert json.loads(_sent(site)) == {"both": f"{'x' * 70_000} and {'x' * 70_000}"}


def test_an_answer_beyond_the_bound_fails_by_name_and_is_not_asked_for_twice(api: Api) -> None:
    with _answering(b"x" * 2_000_001, "text/plain") as site:
        id, run = start(api, {**_send(site, "hello"), "config": {"url": f"{site.url}/big", "body": "hello"}})
        failed = reach(api, id, run, "failed")
        assert len(site.asked) == 1
    assert "answered 200" in failed["error"]
    assert "1,999,000 bytes" in failed["error"]
    assert failed["results"]["send"]["output"] == {}


def test_half_an_answer_is_none(api: Api) -> None:
    def broken(asked: Asked) -> list[bytes]:
        return [b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf"]

    post = {"id": "send", "action": "call_webhook", "config": {"body": "x"}, "retry": {"initial_seconds": 0}}
    with Site(broken) as site:
        post["config"]["url"] = site.url  # type: ignore[index]
        run = play(api, post)
        assert len(site.asked) == 1
    assert run["status"] == "failed"
    assert "broke off after 4 bytes" in run["error"]
    with Site(lambda asked: broken(asked) if len(site.asked) == 1 else response(b"whole")) as site:
        run = play(api, {**_get(site), "retry": {"initial_seconds": 0}})
        assert len(site.asked) == 2
    assert run["results"]["get"]["output"]["body"] == "whole"


def test_a_text_beyond_the_bound_fails_by_name(api: Api) -> None:
    values = {"a": "{{ input.text }}" * 100}
    run = play(api, {**_set("first", **values), "on_error": "continue"}, notify("told"), text="é" * 15_000)
    assert statuses(run) == {"first": "failed", "told": "success"}
    assert "2,000,000 bytes" in run["results"]["first"]["message"]


def test_what_is_shown_of_a_large_value_says_so(api: Api) -> None:
    with _answering(b"x" * 70_000, "text/plain") as site:
        id, run = start(api, _get(site), _send(site, "{{ steps.get.output.body }}"))
        ended = reach(api, id, run, "success")
    [get, send] = records(api, id, run)
    assert (get["shortened"], send["shortened"]) == (["output"], ["input"])
    assert get["output"]["body"].endswith("… (70,000 characters)")
    assert ended["results"]["get"]["spilled"] is True


def test_what_goes_through_all_steps_sees_them_whole(api: Api) -> None:
    """Without naming any: their previews are no values."""
    long = "word " * 4_000
    text = "{{ steps.values() | map(attribute='a') | select | join | length }}"
    play(api, _set("first", a=long), notify("told", config={"title": text}))
    assert titles(api) == [str(len(long))]


def test_the_event_is_there_whole_after_a_wait(local_settings: Settings, cloud: LocalCloud) -> None:
    text = noise(300_000)
    pause = {"id": "pause", "action": "delay", "config": {"seconds": 60}}
    counted = notify("told", config={"title": "{{ input.text | length }} {{ event.rows | length }}"})
    id = seed.automation(_set("all", text="{{ input.text }}"), pause, counted)
    message = seed.execution(id, text=text, rows=list(range(900)))
    runner.run(message, until=clock.now() + timedelta(minutes=1))
    waits = seed.stored(message)
    assert (waits.status, waits.event.spilled, len(waits.event.data["rows"])) == ("waiting", True, 6)
    cloud.clock.advance(timedelta(minutes=2))
    runner.run(message, until=clock.now() + timedelta(minutes=1))
    ended = seed.stored(message)
    assert (ended.status, ended.error) == ("success", None)
    assert ended.results["told"].message == "Notified: 300000 900"


def test_a_document_is_seen_whole_by_what_it_starts(api: Api) -> None:
    text = {"title": "{{ vault.summary | length }} {{ event.summary | length }}"}
    id = api.automation("vault_item_added", notify("told", config=text))
    api.post("/api/vault", {"title": "Long", "summary": "s" * 45_000, "category": "c"})
    eventually(lambda: [run for run in api.executions(id) if run["status"] == "success"])
    assert titles(api) == ["45000 45000"]


def test_an_event_that_was_waited_for_is_whole(api: Api) -> None:
    wait = {"id": "wait", "action": "wait_for_event", "config": {"event": "vault_item_added", "match": "true"}}
    text = {"title": "{{ steps.wait.event.data.summary | length }}"}
    id, run = start(api, wait, notify("told", config=text))
    reach(api, id, run, "waiting")
    api.post("/api/vault", {"title": "Long", "summary": "s" * 45_000, "category": "c"})
    reach(api, id, run, "success")
    assert titles(api) == ["45000"]


def test_what_another_automation_has_left_comes_back_whole(api: Api) -> None:
    child = api.automation("manual", _set("all", text="{{ input.text }}"), active=False)
    long = "word " * 5_000
    sub = {"id": "sub", "action": "run_automation", "config": {"automation_id": child, "input": {"text": long}}}
    run = play(api, sub, notify("told", config={"title": "{{ steps.sub.results.all.output.text | length }}"}))
    assert run["status"] == "success"
    assert titles(api) == [str(len(long))]


def test_many_large_steps_do_not_make_one_commit(local_settings: Settings) -> None:
    """Twenty light steps that leave 800 KB each: 15.5 MB in all."""
    parts = {f"v{n}": f"{{{{ input.text[{n * 19_000}:{(n + 1) * 19_000}] }}}}" for n in range(42)}
    message = seed.execution(seed.automation(*(_set(f"s{n}", **parts) for n in range(20))), text=noise(800_000))
    with context.bound(Context()) as call:
        runner.run(message, until=clock.now() + timedelta(minutes=5))
    ended = seed.stored(message)
    assert (ended.status, ended.error, len(ended.results)) == ("success", None, 20)
    assert call.meter.cost.commits <= 20
    assert sizes.of_document(run_store.executions.path(seed.UID, ended.id), ended.stored()) < 400_000


def test_kept_lists_of_loops_within_loops_do_not_fill_the_runs_document(local_settings: Settings) -> None:
    """Three lists of 240 KB at once, and an event of 600 KB."""
    inner = _set("in", a="{{ item | length }}")
    for name in ("inner", "middle", "outer"):
        first = {"when": "index == 0"} if name != "outer" else {}
        inner = {"id": name, "action": "for_each", "config": {"items": "input.items", "steps": [inner]}, **first}
    items = ["😀" * 5_000] * 12
    message = seed.execution(seed.automation(inner, notify("told")), items=items, more=noise(350_000))
    runner.run(message, until=clock.now() + timedelta(minutes=5))
    ended = seed.stored(message)
    assert (ended.status, ended.error) == ("success", None)
    assert ended.results["in"].output == {"a": 5_000}
    assert sizes.of_document(run_store.executions.path(seed.UID, ended.id), ended.stored()) < 100_000


def test_the_bound_is_one(local_settings: Settings) -> None:
    exact = {"a": "x" * (large_values.MAX_BYTES - len('{"a": ""}'))}
    large_values.check(exact)
    assert large_values.unpacked(large_values.packed(exact)) == exact
    message = RunMessage(uid="u", execution_id="e", automation_id="a")
    assert large_values.bounded(message.model_dump()) == (message.model_dump(), False)
