"""/api/system/logs: what happened behind the scenes, and running again what failed."""

from shared.automations import reruns
from shared.automations.reruns import Rerun
from shared.domains import system_logs as service
from shared.domains.system_logs import LogInput, LogQuery, LogStats, SystemLog
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Many, One, Router

router = Router("/api/system/logs")


@router.get("", Many("logs", SystemLog))
def list_logs(call: Call, query: LogQuery) -> Page[SystemLog]:
    return service.list_page(call.uid, query)


@router.post("", One("log", SystemLog), status=201)
def add_log(call: Call, body: LogInput) -> SystemLog:
    return service.add(call.uid, body)


@router.get("/stats", Fields(LogStats))
@router.get("/stats/summary", Fields(LogStats))
def get_stats(call: Call) -> LogStats:
    return service.stats(call.uid)


@router.get("/{id}", One("log", SystemLog))
def get_log(call: Call, id: str) -> SystemLog:
    return service.repository.get(call.uid, id)


@router.post("/{id}/rerun", Fields(Rerun))
def rerun(call: Call, id: str) -> Rerun:
    return reruns.from_log(call.uid, id)


system_logs = http_function("system_logs", router)
