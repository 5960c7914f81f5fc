"""The demo's second part: research without a key over pages that this process serves, up to the report."""

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
_ORDERED = "offers@tutoring.example"  # the address that one page's prompt injection orders to write to


def play(console: Console, client: Client, folder: Path) -> None:
    """Play the research. Raises LocalError with the reason when anything is not as expected."""
    follower = _follower(client)
    console.rule("A research task reads three pages, one of which gives orders")
    with _Pages() as site:
        urls = [f"{site.url}/{page.name}" for page in sorted(_PAGES.iterdir())]
        task = _finished(client, urls)
    insights = client.get(f"/api/research-tasks/{task['id']}/insights")["insights"]
    _show(console, insights)
    _check(insights, urls)
    item = client.get(f"/api/vault/{task['vault_id']}")["item"]
    console.print(f"In the knowledge vault: “{item['title']}” ({item['category']}), {len(item['sources'])} sources.")
    _report(console, client, task, insights, folder)
    path = f"/api/automations/{follower}/executions"
    wait_until("the automation that follows research", lambda: client.get(path, status="success")["total"] == 1)
    notifications = client.get("/api/notifications")["notifications"]
    message = next(row["message"] for row in notifications if row["title"].startswith("Research is done"))
    console.print(f"The automation on research_task_completed told: {message}")


def _follower(client: Client) -> str:
    """Create and activate an automation that notifies of each finished task; returns its id."""
    texts = {
        "title": "Research is done: {{ research_task.title }}",
        "message": "{{ research_task.title }} can be read.",
    }
    step = {"action": "send_notification", "config": texts}
    created = client.post(
        "/api/automations", {"name": "After research", "trigger": "research_task_completed", "steps": [step]}
    )
    id = str(created["automation"]["id"])
    client.post(f"/api/automations/{id}/activate")
    return id


class _Pages(Serving, ThreadingHTTPServer):
    """Serves the pages on a local port."""

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


def _show(console: Console, insights: dict[str, Any]) -> None:
    for name in ("summary", "pain_points", "opportunities"):
        console.print(f"{name.replace('_', ' ').capitalize()}", style="bold")
        for statement in insights["statements"]:
            if statement["section"] == name:
                cited = "".join(f" [{n + 1}]" for n in statement["sources"])
                console.print(f"  {statement['text']}{cited}", markup=False)
    for n, source in enumerate(insights["sources"], 1):
        console.print(f"  [{n}] {source['title']}, {source['site']}: {source['url']}", style="dim", markup=False)


def _check(insights: dict[str, Any], urls: list[str]) -> None:
    if [source["url"] for source in insights["sources"]] != urls:
        raise LocalError("The insight does not name the pages that were read.")
    for statement in insights["statements"]:
        if not statement["sources"] or not statement["evidence"]:
            raise LocalError(f"A statement has no source: {statement['text']}")
    if _ORDERED in str([insights["summary"], insights["statements"]]):
        raise LocalError("The insight repeats what a page ordered.")


def _report(console: Console, client: Client, task: dict[str, Any], insights: dict[str, Any], folder: Path) -> None:
    """Download the PDF report, and check that it has every statement and source."""
    file = folder / "report.pdf"
    file.write_bytes(client.download(f"/api/research-tasks/{task['id']}/download", {"format": "pdf"}))
    try:
        read = extract(file.read_bytes(), "application/pdf", file.name)
    except AppError as error:
        raise LocalError(f"The report cannot be opened: {error.detail}") from error
    letters = _letters(read.text)
    expected = [statement["text"] for statement in insights["statements"]] + [
        source["title"] for source in insights["sources"]
    ]
    missing = [text for text in expected if _letters(text) not in letters]
    if missing:
        raise LocalError(f"The report lacks this: {missing[0]}")
    console.print(f"The report as PDF: {file.stat().st_size:,} bytes, read again: every statement and source is in it.")


def _letters(text: str) -> str:
    """The letters and digits alone, so that line breaks and hyphens do not matter."""
    return "".join(char for char in text.lower() if char.isalnum())
