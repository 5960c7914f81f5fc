"""Automations that start each other are reported when one is activated, which they may be."""

from typing import Any

from tests.fixtures.api import Api


def _status(status: str, **more: Any) -> dict[str, Any]:
    return {"action": "update_prospect_status", "config": {"status": status, **more}}


def _named(api: Api, name: str, trigger: str, *steps: dict[str, Any] | str, active: bool = True, **config: Any) -> str:
    return api.automation(trigger, *steps, name=name, trigger_config=config, active=active)


def _warnings(api: Api, id: str) -> list[str]:
    answer = api.post(f"/api/automations/{id}/activate")
    assert answer["automation"]["status"] == "active"
    found: list[str] = answer["warnings"]
    return found


def test_a_pair_is_named_with_its_path(api: Api) -> None:
    _named(api, "Ping", "prospect_status_changed", _status("replied"), to="contacted")
    pong = _named(api, "Pong", "prospect_status_changed", _status("contacted"), to="replied", active=False)
    warnings = _warnings(api, pong)
    assert len(warnings) == 1
    assert warnings[0].startswith("Pong → Ping → Pong: ")
    entry = api.get("/api/system/logs", category="automation")["logs"][0]
    assert (entry["level"], entry["message"], entry["related_id"]) == ("warning", warnings[0], pong)
    assert entry["error_class"] == "blocked_automation"


def test_one_that_changes_what_starts_it(api: Api) -> None:
    own = _named(api, "Own", "prospect_status_changed", _status("replied"), active=False)
    assert [warning.partition(":")[0] for warning in _warnings(api, own)] == ["Own → Own"]


def test_what_cannot_close_the_circle_is_not_reported(api: Api) -> None:
    inactive = _named(api, "Off", "prospect_status_changed", _status("replied"), to="contacted", active=False)
    _named(api, "Elsewhere", "new_prospect_added", _status("contacted"))
    apart = _named(api, "Apart", "prospect_status_changed", _status("contacted"), to="replied", active=False)
    assert _warnings(api, apart) == []
    harmless = _named(api, "Tells", "prospect_status_changed", "send_notification", active=False)
    assert _warnings(api, harmless) == []
    assert _warnings(api, inactive) != []
    assert api.get("/api/system/logs", category="automation")["total"] == 1


def test_steps_within_steps_count_and_so_do_placeholders(api: Api) -> None:
    branch = {"action": "branch", "config": {"when": "true", "then": [_status("{{ input.next }}")]}}
    first = _named(api, "A", "prospect_status_changed", branch, to="contacted", active=False)
    assert [warning.partition(":")[0] for warning in _warnings(api, first)] == ["A → A"]
    failing = {"action": "analyze_prospect", "on_error": "branch", "on_error_steps": [_status("not_interested")]}
    second = _named(api, "B", "prospect_status_changed", failing, to="not_interested", active=False)
    assert [warning.partition(":")[0] for warning in _warnings(api, second)] == ["B → B"]


def test_automations_that_run_each_other(api: Api) -> None:
    """Whether they are active or not: a run asks for it."""
    inner = _named(api, "Inner", "manual", "send_notification", active=False)
    run = {"action": "run_automation", "config": {"automation_id": inner}}
    outer = _named(api, "Outer", "prospect_status_changed", run, to="contacted")
    assert _warnings(api, outer) == []
    api.put(f"/api/automations/{inner}", {"steps": [_status("contacted")]})
    assert [warning.partition(":")[0] for warning in _warnings(api, outer)] == ["Outer → Inner → Outer"]


def test_a_long_way_round(api: Api) -> None:
    ids = [
        _named(api, f"N{n}", "prospect_status_changed", _status(after), to=before, active=n > 0)
        for n, (before, after) in enumerate([("new", "analyzed"), ("analyzed", "contacted"), ("contacted", "new")])
    ]
    assert [warning.partition(":")[0] for warning in _warnings(api, ids[0])] == ["N0 → N1 → N2 → N0"]
