"""Actions that start a research task and wait for its insight: one for any engine, and one for each engine."""

from datetime import timedelta
from typing import Annotated

from pydantic import AliasChoices, Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.automations.builtins.research import execution
from shared.automations.runs import spills
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Parent, Waiting
from shared.domains.research import service as research
from shared.domains.research.models import ResearchEngine, ResearchTask, SourceType, TaskPriority
from shared.errors import Conflict, Invalid
from shared.kit import clock
from shared.kit.fields import ReadFields
from shared.kit.schema import Input
from shared.kit.text import shortened


class Config(Input):
    """`input_source` (or `query`, `url`) says what: without, it is the company and the role of the run's prospect.

    Without `source_type` addresses are read, and anything else is searched for.
    """

    title: Annotated[str, Field(max_length=200)] | None = None
    input_source: Annotated[
        str | None, Field(max_length=10_000, validation_alias=AliasChoices("input_source", "query", "topic", "url"))
    ] = None
    source_type: SourceType | None = None
    research_engine: ResearchEngine = "vault"
    priority: TaskPriority = "medium"
    allow_fallback: bool = False
    wait: bool = True
    timeout: Annotated[float, Field(gt=0, le=30 * 86_400)] = 86_400


def run(context: StepContext, config: Config) -> Outcome:
    """Creates a task and its execution in the step's commit; the task's document event then finds the execution
    stored."""
    query = config.input_source or _query_of_prospect(context)
    title = config.title or shortened(f"Research: {' '.join(query.split())}", 200)
    task = ResearchTask(
        **context.new_document("research"),
        title=title,
        input_source=query,
        source_type=config.source_type or _kind(query),
        research_engine=config.research_engine,
        priority=config.priority,
        allow_fallback=config.allow_fallback,
        **{name: value for name, value in research.started(1).items() if name != "updated_at"},
    )
    child = execution(context.uid, task.id, task.runs, title)
    child.event.depth = context.execution.event.depth
    child.parent = _parent(context, config)
    context.create(research.repository, task)
    context.create(run_store.executions, child)
    context.started.append(child)
    if not config.wait:
        return Done(f"“{title}” was started.", {"task_id": task.id})
    until = clock.now() + timedelta(seconds=config.timeout)
    ids = {"execution_id": child.id, "automation_id": child.automation_id, "task_id": task.id}
    return Wait(until, f"Waits for the research “{title}”.", "automation", ids)


def _kind(query: str) -> SourceType:
    addresses = all(word.startswith(("https://", "http://")) for word in query.split())
    return "urls" if addresses else "keywords"


def _parent(context: StepContext, config: Config) -> Parent:
    run = context.execution
    return Parent(
        execution_id=run.id, automation_id=run.automation_id, key=context.step, works_for=True, waits=config.wait
    )


def _query_of_prospect(context: StepContext) -> str:
    """The company and the role of the execution's prospect. Raises Invalid without one."""
    if not context.prospect_id():
        raise Invalid.at("input_source", "say what to research; this run is about no prospect")
    prospect = context.prospect()
    return " ".join(filter(None, [prospect.company or prospect.name, prospect.job_title]))


def resume(context: StepContext, config: Config, waiting: Waiting, signals: ReadFields) -> Outcome | None:
    """Completes the step once the task's execution has ended; None before that. Raises Conflict if it failed or is
    late."""
    if end := signals.get(waiting.about["execution_id"]):
        if end["status"] != "success":
            raise Conflict(f"The research ended as {end['status']}: {end.get('error')}")
        results = end.get("results") or spills.load_results(context.uid, waiting.about["execution_id"], "store")
        return Done("The research is done.", dict(results["store"]["output"]))
    if waiting.until and clock.now() < waiting.until:
        return None
    raise Conflict("The research did not end in time.")


def _action(name: str, title: str, engine: ResearchEngine | None = None) -> Action[Config]:
    """Builds the action of one engine; without `engine` its settings name the engine."""

    def run_by(context: StepContext, config: Config) -> Outcome:
        return run(context, config.model_copy(update={"research_engine": engine}) if engine else config)

    return Action(
        name=name,
        title=title,
        config=Config,
        run=run_by,
        resume=resume,
        writes=frozenset({"research_task_completed", "vault_item_added"}),
        creates=frozenset({"research_tasks", "insights", "vault"}),
    )


ACTIONS = (
    _action("run_research", "Research something"),
    _action("run_perplexity", "Research with Perplexity", "perplexity"),
    _action("run_firecrawl", "Research with Firecrawl", "firecrawl"),
    _action("run_google_search", "Research with Google", "google_search"),
)
