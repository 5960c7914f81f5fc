"""/api/system/logs: what happened behind the scenes, and running again what failed."""

from shared.domains.system_logs import listing, service
from shared.domains.system_logs.models import LogInput, LogQuery, LogStats, Rerun, SystemLog
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Many, One, Router

router = Router("/api/system/logs")


@router.get("", Many("logs", SystemLog))
def list_logs(call: Call, query: LogQuery) -> Page[SystemLog]:
    """What happened behind the scenes, newest first; entries are kept for 90 days."""
    return listing.page(call.uid, query)


@router.post("", One("log", SystemLog), status=201)
def add_log(call: Call, body: LogInput) -> SystemLog:
    """Add an entry of your own."""
    return service.add(call.uid, body)


@router.get("/stats", Fields(LogStats))
@router.get("/stats/summary", Fields(LogStats))
def get_stats(call: Call) -> LogStats:
    """Figures of the last 24 hours. `/stats` and `/stats/summary` are the same."""
    return service.stats(call.uid)


@router.get("/{id}", One("log", SystemLog))
def get_log(call: Call, id: str) -> SystemLog:
    """One entry."""
    return service.get(call.uid, id)


@router.post("/{id}/rerun", Fields(Rerun))
def rerun(call: Call, id: str) -> Rerun:
    """Run the failed task of this entry again; 400 where there is none."""
    from shared.automations.operations import reruns  # the engine, which no other route of this function needs

    return reruns.from_log(call.uid, id)


system_logs = http_function("system_logs", router)
