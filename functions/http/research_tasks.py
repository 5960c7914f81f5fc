"""/api/research-tasks: questions put to the web, and the insights that came back."""

from shared.automations.builtins import research
from shared.domains.research import report, service
from shared.domains.research.models import DownloadInput, ResearchTask, TaskInput, TaskQuery, TaskUpdate
from shared.domains.research.service import TaskInsights
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Download, Fields, File, Many, Message, One, Router

router = Router("/api/research-tasks")


@router.get("", Many("tasks", ResearchTask), tagged=HOURLY)
def list_tasks(call: Call, query: TaskQuery) -> Page[ResearchTask]:
    """Research tasks, newest first."""
    return service.list_page(call.uid, query)


@router.post("", One("task", ResearchTask), status=201)
def create_task(call: Call, body: TaskInput) -> ResearchTask:
    """A new task; it begins when it is run."""
    return service.create(call.uid, body)


@router.get("/{id}", One("task", ResearchTask))
def get_task(call: Call, id: str) -> ResearchTask:
    """One task with its progress."""
    return service.get(call.uid, id)


@router.put("/{id}", One("task", ResearchTask))
@router.patch("/{id}", One("task", ResearchTask))
def update_task(call: Call, id: str, body: TaskUpdate) -> ResearchTask:
    """Change the fields that are sent. Once it runs or is done, only title and priority can change (409)."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_task(call: Call, id: str) -> Message:
    """Delete the task with its insights."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The research task was deleted, with its insights.")


@router.post("/{id}/run", One("task", ResearchTask))
def run_task(call: Call, id: str) -> ResearchTask:
    """Start the research; it goes on by itself. 400 where it runs already or is done; a failed task may run again."""
    return service.run(call.uid, id, call.if_match)


@router.post("/{id}/cancel", One("task", ResearchTask))
def cancel_task(call: Call, id: str) -> ResearchTask:
    """Stop a task that is running."""
    return research.cancel(call.uid, id, call.if_match)


@router.get("/{id}/insights", Fields(TaskInsights))
def get_insights(call: Call, id: str) -> TaskInsights:
    """What the latest run has found; 400 before there is any."""
    return service.get_insights(call.uid, id)


@router.post("/{id}/download", File(TaskInsights))
def download_report(call: Call, id: str, body: DownloadInput) -> Download:
    """The insights as a file to save."""
    insights = service.get_insights(call.uid, id)
    content, content_type = report.render(insights, body.format)
    return Download(content, content_type, report.file_name(insights, body.format))


research_tasks = http_function("research_tasks", router)
