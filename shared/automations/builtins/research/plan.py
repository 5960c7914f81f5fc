"""Plan, the first stage: splits the user's text into search queries and addresses of pages to read."""

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, stage, task_of
from shared.domains.research.models import ResearchTask
from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern

MAX_URLS = 20
MAX_QUERIES = 5
_LONGEST_QUERY = 400
_URL = lazy_pattern(r"https?://[^\s,;<>\"']+")


def run(context: StepContext, config: NoConfig) -> Done:
    """Plans a task's queries and pages: one read."""
    task = task_of(context)
    urls = list(dict.fromkeys(_URL.findall(task.input_source)))
    if task.source_type == "urls":
        _check_urls(urls)
        return finish(context, task, f"{len(urls)} pages to read.", {"queries": [], "urls": urls})
    if task.source_type == "profile" and urls:
        return finish(context, task, "A profile to read.", {"queries": [], "urls": urls[:1]})
    queries = _queries(task)
    return finish(context, task, f"{len(queries)} questions to ask.", {"queries": queries, "urls": []})


def _check_urls(urls: list[str]) -> None:
    """Raises Invalid for no address, or too many."""
    if not urls:
        raise Invalid.at("input_source", "no address was found; give one http(s) URL a line")
    if len(urls) > MAX_URLS:
        raise Invalid.at("input_source", f"{len(urls)} addresses are more than {MAX_URLS}; make several tasks of them")


def _queries(task: ResearchTask) -> list[str]:
    """A query for each line of the task's text, at most five."""
    lines = [" ".join(line.split())[:_LONGEST_QUERY] for line in task.input_source.splitlines()]
    return list(dict.fromkeys(line for line in lines if line))[:MAX_QUERIES]


STAGE = stage("plan", run)
