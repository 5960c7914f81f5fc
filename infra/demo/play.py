"""make demo: activates automations, imports a file and starts a research task, and shows what follows."""

import statistics
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.demo import research
from infra.demo.client import Client, wait_until
from infra.demo.timeline import Timeline
from infra.local.cloud import LocalCloud
from infra.local.costs import commits_per_execution
from infra.local.process import LocalError
from infra.local.stack import Stack

_FILE = Path(__file__).with_name("prospects.csv")
_GOOD_ROWS = 24
_PERSONA = {
    "name": "Nora Feld",
    "outreach_tone": "friendly",
    "industry_focus": ["education"],
    "use_cases": ["enrolment outreach", "family communication"],
    "user_positioning": "We help schools reach every family without extra staff",
}


def play() -> None:
    """Play the demo. Raises LocalError with the reason when anything is not as expected."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    console.rule("Starting the local stack")
    with (
        tempfile.TemporaryDirectory(prefix="demo-") as folder,
        LocalCloud(Path(folder)) as cloud,
        Stack(cloud) as stack,
        Client(stack.url) as client,
    ):
        console.print("Emulators, event gateway, task queues, scheduler and all functions are up.")
        with Timeline(console, client):
            analysis = _import_prospects(console, client)
            reminder = _follow_up(console, client, stack)
        _summary(console, client, stack, analysis, reminder)
        research.play(console, client, Path(folder))


def _import_prospects(console: Console, client: Client) -> str:
    """Activate the recipe and import the file; returns the automation's id once all is done."""
    client.post("/api/personas", _PERSONA)
    automation = client.post("/api/automations/recipes/auto_analyze_prospect")["automation"]["id"]
    client.post(f"/api/automations/{automation}/activate")
    console.rule("Importing prospects.csv: 24 good rows, one without name and address, one twice")
    report = client.upload("/api/prospects/import", _FILE.read_bytes())
    for row in report["rows"]:
        if row["status"] != "created":
            console.print(f"  row {row['row']}: {row['status']}: {row['message']}", style="yellow")
    if report["created_count"] != _GOOD_ROWS:
        raise LocalError(f"The import created {report['created_count']} prospects, not {_GOOD_ROWS}.")
    _wait_for_executions(client, automation, _GOOD_ROWS)
    return str(automation)


def _follow_up(console: Console, client: Client, stack: Stack) -> str:
    """Advance three days, so that the schedule finds follow-ups due and their automation drafts messages: four hours
    more, as those of a day are announced within its first four."""
    automation = client.post("/api/automations/recipes/follow_up_reminder")["automation"]["id"]
    client.post(f"/api/automations/{automation}/activate")
    console.rule("Three days pass; the schedule looks for follow-ups that are due")
    stack.advance(timedelta(days=3, hours=4))
    stack.scheduler.run("follow_ups_due")
    _wait_for_executions(client, automation, _GOOD_ROWS)
    return str(automation)


def _wait_for_executions(client: Client, automation: str, number: int) -> None:
    path = f"/api/automations/{automation}/executions"
    wait_until(
        f"{number} successful executions of automation {automation}",
        lambda: client.get(path, limit=1, status="success")["total"] == number,
    )


def _summary(console: Console, client: Client, stack: Stack, *automations: str) -> None:
    wait_until("the event gateway to be idle", stack.idle)
    console.rule("Summary")
    table = Table("automation", "executions", "steps", "p50 ms", "p95 ms", "commits / execution", "bound n + 1")
    costs = commits_per_execution(stack.log)
    for automation in automations:
        runs = client.all(f"/api/automations/{automation}/executions", "executions", limit=500)
        steps = {len(run["results"]) for run in runs}
        taken = sorted(_milliseconds(run) for run in runs)
        commits = max(costs[run["id"]] for run in runs)
        bound = max(steps) + 1
        table.add_row(
            runs[0]["automation_name"],
            str(len(runs)),
            str(sum(len(run["results"]) for run in runs)),
            f"{statistics.median(taken):.0f}",
            f"{taken[int(0.95 * (len(taken) - 1))]:.0f}",
            str(commits),
            str(bound),
        )
        if any(run["status"] != "success" for run in runs) or commits > bound:
            raise LocalError(f"An execution of {runs[0]['automation_name']} failed, or cost more than it may.")
    console.print(table)
    console.print(
        f"activity events: {client.get('/api/activity', limit=1)['total']}, "
        f"messages drafted: {client.get('/api/outreach', limit=1)['total']}, "
        f"notifications: {client.get('/api/notifications', limit=1)['total']}"
    )
    console.print("Time is from the document write to the finished execution; the reminder waits 2 s on purpose.")
    _show_message(console, client)


def _milliseconds(run: dict[str, Any]) -> float:
    """From the write of the document that triggered the run to its end."""
    written = datetime.fromisoformat(run["event"]["data"]["updated_at"])
    return (datetime.fromisoformat(run["completed_at"]) - written).total_seconds() * 1000


def _show_message(console: Console, client: Client) -> None:
    best = max(client.get("/api/prospects", limit=500)["prospects"], key=lambda p: p["fit_score"])
    messages = client.get("/api/outreach", prospect_id=best["id"])["outreach"]
    message = next(message for message in messages if message["kind"] == "initial")
    console.rule(f"The message to {best['name']} (generator: {message['generator']})")
    console.print(f"Subject: {message['subject']}\n\n{message['body']}")
