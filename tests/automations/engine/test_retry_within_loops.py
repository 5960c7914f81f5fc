"""A run that failed within a loop goes on at that item, as it was or as the automation is now."""

from typing import Any

import pytest

from tests.automations.played import notify, reach, start, titles
from tests.fixtures.api import Api


def _move(**config: Any) -> dict[str, Any]:
    return {"id": "move", "action": "update_prospect_status", "config": {"status": "replied", **config}}


def _loops(*steps: dict[str, Any], first: str = "each", second: str = "inner") -> dict[str, Any]:
    inner = {"id": second, "action": "for_each", "config": {"items": "item", "steps": list(steps)}}
    config = {"items": [["a"], ["b", "c"]], "steps": [inner]}
    return {"id": first, "action": "for_each", "config": config}


def _failed(api: Api) -> tuple[str, str, str]:
    """A run that came to the item b: until then the prospect was there."""
    prospect = api.post("/api/prospects", {"name": "Ann"})["prospect"]["id"]
    missing = "{{ 'gone' if item == 'b' else input.id }}"
    steps = [notify("told", config={"title": "{{ item }}"}), _move(prospect_id=missing)]
    id, run = start(api, _loops(*steps), notify("after"), id=prospect)
    ended = reach(api, id, run, "failed", "success")
    assert "no prospect" in str(ended["error"])
    loops = {id: (ended["results"][id]["status"], ended["results"][id]["message"]) for id in ("each", "inner")}
    assert loops == {"each": ("failed", "1 of 2 items are done."), "inner": ("failed", "0 of 2 items are done.")}
    assert titles(api) == ["a", "b"]
    return id, run, prospect


def _retry(api: Api, id: str, run: str, version: str) -> Any:
    return api.http.post(f"/api/automations/{id}/executions/{run}/retry", json={"version": version})


def test_the_current_version_goes_on_at_the_same_item(api: Api) -> None:
    id, run, prospect = _failed(api)
    mended = _loops(notify("new", config={"title": "new"}), _move(prospect_id=prospect), notify("told"))
    api.put(f"/api/automations/{id}", {"steps": [notify("zero"), mended, notify("after")]})
    assert _retry(api, id, run, "current").status_code == 200
    ended = reach(api, id, run, "success", "failed")
    assert (ended["error"], ended["results"]["each"]["status"]) == (None, "success")
    assert titles(api) == ["a", "after", "b", "new", "told", "told"]


def test_the_pinned_version_too(api: Api) -> None:
    id, run, _ = _failed(api)
    api.put(f"/api/automations/{id}", {"steps": [notify("other")]})
    assert _retry(api, id, run, "pinned").status_code == 200
    assert "no prospect" in reach(api, id, run, "failed")["error"]
    assert titles(api) == ["a", "b"]


@pytest.mark.parametrize(
    "steps",
    [[notify("other")], [_move(), notify("after")], [_loops(_move(), second="another")], [_loops(notify("told"))]],
    ids=["no such step", "no loop", "another loop", "no such step within it"],
)
def test_what_has_moved_elsewhere_is_refused(api: Api, steps: list[dict[str, Any]]) -> None:
    id, run, _ = _failed(api)
    api.put(f"/api/automations/{id}", {"steps": steps})
    answer = _retry(api, id, run, "current")
    assert (answer.status_code, "version: pinned" in answer.json()["detail"]) == (409, True)
