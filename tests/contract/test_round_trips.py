"""What each route costs in Firestore, on warm data: written down in infra/round-trips.md, and bounded.

`UPDATE_TABLE=1` writes the table anew. Every route is called once by a user of its own, who has one row of the
route's collection and of what the call refers to, so the figures are the same on every machine.
"""

import os
import re
from dataclasses import astuple, dataclass, replace
from difflib import unified_diff
from pathlib import Path

import pytest

from shared.search import reader
from tests.contract.operations import Operation, operations, served
from tests.contract.prepared import ready
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

# Routes beyond the bounds, and why.
EXCEPTIONS = {
    "DELETE /api/account": "a query and a batch for every 500 documents, and the tombstone before and after",
    "GET /api/account/exports/{id}/parts/{number}": "the export, then the pieces of the part",
    "GET /api/automations": "the run counters of the rows shown are read in one batch after the query",
    "GET /api/automations/executions/counts": "an aggregation for each status, all in parallel",
    "GET /api/automations/{id}/executions/counts": "as for all automations",
    "GET /api/automations/{id}/executions/{execution_id}": "the run and its steps are a document and a query",
    "POST /api/system/dead-letters/{id}/redrive": "claimed before it is sent, and noted after",
    "POST /api/system/dead-letters/redrive": "a query, then as one for each",
    "GET /api/system/logs/stats": "an aggregation for each level and category, all in parallel",
    "GET /api/system/logs/stats/summary": "as stats",
    "GET /api/analytics/summary": "the months and the days that are not packed yet, in parallel",
    "GET /api/analytics/performance": "the months, the days of usage and a run, in parallel",
    "GET /api/analytics/compare": "the same for each side, in parallel",
    "GET /api/outreach/{id}/lineage": "the message, what left and what came back, all in parallel",
    "GET /api/webhooks": "the figures of the rows shown are read in one batch after the query",
    "DELETE /api/batch/{id}": "the job, then a query and a batch for every 500 of its pieces and items",
    "GET /api/notifications": "the unread are counted over all, beside page and total",
    "PUT /api/automations/limits": "each automation keeps a copy for its runs; those that wait take a new turn",
    "POST /api/account/export": "the export, then for each part its pieces and its note",
    "POST /api/automations/executions/retry": "a batch, and only where a run has failed",
    "POST /api/automations/{id}/dry-run": "a rehearsal: it writes nothing",
    "POST /api/analytics/export": "a file: it writes nothing",
    "POST /api/chat": "a query: it writes nothing",
    "POST /api/content/generate": "texts to take away: it writes nothing",
    "POST /api/content/internal-linking": "as generate",
    "POST /api/content/micro-tool": "as generate",
    "POST /api/content/prd": "as generate",
    "POST /api/content/research": "as generate",
    "POST /api/knowledge": "a query: it writes nothing",
    "POST /api/knowledge/query": "a query: it writes nothing",
    "POST /api/notifications/mark-all-read": "a batch of independent writes, and the commit that announces them",
    "POST /api/outreach/manual/prompts/generate": "a prompt to copy: it writes nothing",
    "POST /api/prospects/approve": "as mark-all-read",
    "POST /api/prospects/discover": "a query: it writes nothing",
    "POST /api/prospects/manual/prompts/analyze": "a prompt to copy: it writes nothing",
    "POST /api/prospects/manual/upload-analysis": "as mark-all-read",
    "POST /api/prospects/score": "as mark-all-read",
    "POST /api/search/saved/{id}/run": "a query: it writes nothing",
    "POST /api/search/saved/{id}/count": "a query: it writes nothing",
    "POST /api/research-tasks/{id}/download": "a report: it writes nothing",
}
# Routes that search: beside the hits they read what was written within the last seconds, again each time.
SEARCHES = {
    "GET /api/search",
    "PUT /api/search/synonyms",
    "POST /api/search/saved/{id}/run",
    "POST /api/search/saved/{id}/count",
    "POST /api/chat",
    "POST /api/content/generate",
    "POST /api/content/internal-linking",
    "POST /api/content/micro-tool",
    "POST /api/content/prd",
    "POST /api/content/research",
    "POST /api/knowledge",
    "POST /api/knowledge/query",
    "POST /api/outreach/generate",
    "POST /api/playbooks/{id}/run",
    "POST /api/prospects/discover",
    "POST /api/templates/{id}/use",
}
_TITLE = """# What each route costs

Firestore round trips, documents read and written, and commits of one call, with one row in the collection. Measured
by `tests/contract/test_round_trips.py`, which fails when a figure changes; `UPDATE_TABLE=1` writes this file anew.
Not in the figures: one read a minute for each user and instance, which tells whether the account was deleted.
House bounds: a GET by id is one round trip, any other GET two, a list that has a tag three (the first is for the tag:
asked for again, an unchanged list costs that one and its one read), a write one commit; the last column says why not.
Routes that search read the manifest of the index, the marks of the last seconds and each hit: their reads are "+".

| method | path | round trips | reads | writes | commits | beyond the bounds, because |
|---|---|--:|--:|--:|--:|---|
"""


@dataclass(frozen=True)
class Cost:
    round_trips: int
    reads: int | str
    writes: int
    commits: int


def test_the_table_is_what_was_measured(api: Api, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_FEW", 1_000)  # a search counts the marks of the last minute, if they are not few
    table = root / "infra/round-trips.md"
    measured = {operation: _measured(api, operation) for operation in operations()}
    failed = [problem for problem in measured.values() if isinstance(problem, str)]
    assert not failed, "\n".join(failed)
    costs = {operation: cost for operation, cost in measured.items() if isinstance(cost, Cost)}
    beyond = {operation.name: problem for operation, cost in costs.items() if (problem := _problem(operation, cost))}
    unlisted = [f"{name}: {problem}" for name, problem in beyond.items() if name not in EXCEPTIONS]
    assert not unlisted, "keep the bound, or say in EXCEPTIONS why not:\n" + "\n".join(unlisted)
    known = served() & EXCEPTIONS.keys()
    assert sorted(known - beyond.keys()) == [], "keep their bounds: take them off the list"
    text = _TITLE + "".join(_line(operation, cost) for operation, cost in costs.items())
    if os.environ.get("UPDATE_TABLE") == "1":
        table.write_text(text)
    written = table.read_text() if table.exists() else ""
    changes = "\n".join(unified_diff(written.splitlines(), text.splitlines(), "written", "measured", n=0))
    assert not changes, f"{changes}\nIf this is meant, run this test with UPDATE_TABLE=1."


def _measured(api: Api, operation: Operation) -> Cost | str:
    """The cost of one call by a user who has one row of each that it needs; or why the call failed."""
    with ready(api, operation) as (user, ids):
        if operation.name in SEARCHES:
            eventually(lambda: _is_quiet(user))
        answer = operation.call(user, ids, linked=False)
    if not answer.is_success:
        return f"{operation.name}: {answer.status_code} {answer.text[:300]}"
    cost = Cost(*(int(figure) for figure in re.findall(r"=(\d+)", answer.headers["x-firestore-cost"])))
    return replace(cost, reads="+") if operation.name in SEARCHES else cost


def _is_quiet(user: Api) -> bool:
    """Whether a search finds nothing that has changed since the last one."""
    return "rpcs=2 " in user.http.get("/api/search", params={"q": "zz"}).headers["x-firestore-cost"]


def _problem(operation: Operation, cost: Cost) -> str:
    """How a call breaks the house bounds."""
    if operation.method == "GET":
        bound = 1 if operation.path.endswith("}") else 3 if operation.is_tagged_list else 2
        return f"{cost.round_trips} round trips, not {bound}" if cost.round_trips > bound else ""
    return "" if cost.commits == 1 else f"{cost.commits} commits, not 1"


def _line(operation: Operation, cost: Cost) -> str:
    figures = " | ".join(map(str, astuple(cost)))
    return f"| {operation.method} | `{operation.path}` | {figures} | {EXCEPTIONS.get(operation.name, '')} |\n"
