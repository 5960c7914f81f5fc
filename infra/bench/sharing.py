"""Measures how much longer a run takes that a person starts beside a batch job, as a ratio to its quiet time.

python -m infra.bench.sharing measures this alone.
"""

import statistics
import time

from rich.console import Console

from infra.bench import alone
from infra.demo.client import Client, wait_until
from infra.local.cloud import LocalCloud
from infra.local.stack import Stack

PROJECT = "bench-sharing"
_ITEMS = 5_000
_PAIRS = 15
_STEPS = [{"action": "set_variables", "config": {"variables": {"a": "1"}}}]


def measure(cloud: LocalCloud, console: Console) -> dict[str, float]:
    """The figures, by name: medians of runs in turns, since the machine is now faster, now slower."""
    console.print(f"Runs beside a batch job of {_ITEMS:,} items …")
    beside, quiet = list[float](), list[float]()
    with Stack(cloud, project=PROJECT, run_schedules=False) as stack, Client(stack.url) as client:
        body = {"name": "By hand", "trigger": "manual", "steps": _STEPS}
        automation = client.post("/api/automations", body)["automation"]["id"]
        _run(client, automation)
        job = _job(client)
        for _ in range(_PAIRS):
            beside.append(_run(client, automation))
            client.post(f"{job}/pause")
            wait_until("the job is paused", stack.idle)
            quiet.append(_run(client, automation))
            client.post(f"{job}/resume")
        if client.get(job)["job"]["completed_at"]:
            raise RuntimeError("The job was done before the runs were.")
        client.post(f"{job}/cancel")
    return {
        "run_quiet_p50_ms": statistics.median(quiet),
        "run_beside_a_job_p50_ms": statistics.median(beside),
        "run_beside_a_job_to_quiet": statistics.median(beside) / statistics.median(quiet),
    }


def _job(client: Client) -> str:
    """Create templates for a prospect, as many as a job takes in minutes; answers the job's path."""
    [person] = client.post("/api/prospects", {"prospects": [{"name": "Ann Lee", "company": "Acme"}]})["created_ids"]
    wanted = {"category": "email", "use_knowledge": False, "topic": "Pumps", "prospect_id": person}
    items = [{"name": f"T{number}", **wanted} for number in range(_ITEMS)]
    job: str = client.post("/api/batch/generate_templates", {"items": items})["job"]["id"]
    return f"/api/batch/{job}"


def _run(client: Client, automation: str) -> float:
    """Milliseconds from the call that starts a run to the moment a client reads its end."""
    started = time.perf_counter()
    id = client.post(f"/api/automations/{automation}/run", {"input": {"text": "x"}})["execution"]["id"]
    url = f"/api/automations/{automation}/executions/{id}"
    while not client.get(url)["execution"]["completed_at"]:
        time.sleep(0.005)
    return (time.perf_counter() - started) * 1_000


if __name__ == "__main__":
    alone.run(measure)
