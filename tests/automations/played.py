"""Automations made and run over HTTP."""

from typing import Any

from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually


def notify(name: str, **more: Any) -> dict[str, Any]:
    """A step that leaves a notification of its name."""
    config = {"title": name, "message": "m", **more.pop("config", {})}
    return {"id": name.replace(" ", "_"), "action": "send_notification", "config": config, **more}


def start(api: Api, *steps: dict[str, Any], **data: Any) -> tuple[str, str]:
    """A manual run; answers the automation's and the execution's id."""
    id = api.automation("manual", *steps)
    return id, api.post(f"/api/automations/{id}/run", {"input": data})["execution"]["id"]


def find(api: Api, id: str, execution_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/automations/{id}/executions/{execution_id}")["execution"]
    return found


def records(api: Api, id: str, execution_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/api/automations/{id}/executions/{execution_id}")["steps"]
    return found


def stored(api: Api, execution_id: str) -> Execution:
    """The run as the engine sees it, with what clients do not."""
    return run_store.executions.get(api.uid, execution_id)


def reach(api: Api, id: str, execution_id: str, *expected: str) -> dict[str, Any]:
    """Wait until the run has one of these states."""

    def reached() -> dict[str, Any]:
        found = find(api, id, execution_id)
        return found if found["status"] in expected else {}

    return eventually(reached)


def play(api: Api, *steps: dict[str, Any], **data: Any) -> dict[str, Any]:
    """A manual run to its end."""
    return reach(api, *start(api, *steps, **data), "success", "failed", "cancelled")


def statuses(run: dict[str, Any]) -> dict[str, str]:
    return {id: result["status"] for id, result in run["results"].items()}


def titles(api: Api) -> list[str]:
    return sorted(n["title"] for n in api.get("/api/notifications", limit=200)["notifications"])
