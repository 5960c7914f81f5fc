"""The demo's second part: research without a key over pages that this process serves, from question to report."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rich.console import Console

from infra.demo.client import Client, wait_until
from infra.local.process import LocalError
from infra.local.serving import Serving
from shared.errors import AppError
from shared.providers.extract import extract

_PAGES = Path(__file__).with_name("pages")
_TITLE = "Tutor shortage in the Midwest"
_ORDERED = "offers@tutoring.example"  # what one of the pages asks its reader to write to


def play(console: Console, client: Client, folder: Path) -> None:
    """Raises LocalError with a reason when anything is not as it should be."""
    follower = _follower(client)
    console.rule("A research task reads three pages, one of which gives orders")
    with _Pages() as site:
        urls = [f"{site.url}/{page.name}" for page in sorted(_PAGES.iterdir())]
        task = _finished(client, urls)
    found = client.get(f"/api/research-tasks/{task['id']}/insights")["insights"]
    _show(console, found)
    _check(found, urls)
    item = client.get(f"/api/vault/{task['vault_id']}")["item"]
    console.print(f"In the knowledge vault: “{item['title']}” ({item['category']}), {len(item['sources'])} sources.")
    _report(console, client, task, found, folder)
    path = f"/api/automations/{follower}/executions"
    wait_until("the automation that follows research", lambda: client.get(path, status="success")["total"] == 1)
    told = client.get("/api/notifications")["notifications"]
    said = next(one["message"] for one in told if one["title"].startswith("Research is done"))
    console.print(f"The automation on research_task_completed told: {said}")


def _follower(client: Client) -> str:
    """An automation that is told of each finished task."""
    told = {"title": "Research is done: {{ research_task.title }}", "message": "{{ research_task.title }} can be read."}
    step = {"action": "send_notification", "config": told}
    made = client.post(
        "/api/automations", {"name": "After research", "trigger": "research_task_completed", "steps": [step]}
    )
    id = str(made["automation"]["id"])
    client.post(f"/api/automations/{id}/activate")
    return id


class _Pages(Serving, ThreadingHTTPServer):
    """The pages, on a port of this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Quiet, directory=str(_PAGES)))
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return


def _finished(client: Client, urls: list[str]) -> dict[str, Any]:
    body = {"title": _TITLE, "input_source": "\n".join(urls), "source_type": "urls", "research_engine": "vault"}
    path = f"/api/research-tasks/{client.post('/api/research-tasks', body)['task']['id']}"
    client.post(f"{path}/run")
    wait_until("the end of the research", lambda: client.get(path)["task"]["status"] in ("done", "failed"))
    task: dict[str, Any] = client.get(path)["task"]
    if task["status"] == "failed":
        raise LocalError(f"The research failed: {task['error']}")
    return task


def _show(console: Console, found: dict[str, Any]) -> None:
    for name in ("summary", "pain_points", "opportunities"):
        console.print(f"{name.replace('_', ' ').capitalize()}", style="bold")
        for statement in found["statements"]:
            if statement["section"] == name:
                cited = "".join(f" [{n + 1}]" for n in statement["sources"])
                console.print(f"  {statement['text']}{cited}", markup=False)
    for n, source in enumerate(found["sources"], 1):
        console.print(f"  [{n}] {source['title']}, {source['site']}: {source['url']}", style="dim", markup=False)


def _check(found: dict[str, Any], urls: list[str]) -> None:
    if [source["url"] for source in found["sources"]] != urls:
        raise LocalError("The insight does not name the pages that were read.")
    for statement in found["statements"]:
        if not statement["sources"] or not statement["evidence"]:
            raise LocalError(f"A statement has no source: {statement['text']}")
    if _ORDERED in str([found["summary"], found["statements"]]):
        raise LocalError("The insight repeats what a page ordered.")


def _report(console: Console, client: Client, task: dict[str, Any], found: dict[str, Any], folder: Path) -> None:
    """Download the PDF, and read in it what the insight says."""
    file = folder / "report.pdf"
    file.write_bytes(client.download(f"/api/research-tasks/{task['id']}/download", {"format": "pdf"}))
    try:
        read = extract(file.read_bytes(), "application/pdf", file.name)
    except AppError as error:
        raise LocalError(f"The report cannot be opened: {error.detail}") from error
    told = _letters(read.text)
    said = [statement["text"] for statement in found["statements"]] + [source["title"] for source in found["sources"]]
    missing = [text for text in said if _letters(text) not in told]
    if missing:
        raise LocalError(f"The report lacks this: {missing[0]}")
    console.print(f"The report as PDF: {file.stat().st_size:,} bytes, read again: every statement and source is in it.")


def _letters(text: str) -> str:
    """Whatever lines and hyphens the typesetting made."""
    return "".join(char for char in text.lower() if char.isalnum())
