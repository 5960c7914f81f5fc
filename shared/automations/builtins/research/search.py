"""Search, the second stage: asks the task's engine each query; falls back on the user's vault if the task allows it."""

from dataclasses import asdict

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, instead, stage, task_of
from shared.domains.research.models import ResearchTask
from shared.errors import AppError, ProviderError
from shared.kit.fields import Fields
from shared.providers import search
from shared.providers.search.base import Hit, SearchResults

PER_QUERY = 8
MAX_HITS = 16
_MAX_CHARS = 36_000  # of a text that an engine brings along


def run(context: StepContext, config: NoConfig) -> Done:
    """Searches for each query of the plan: one read, and a call of the engine for each. Raises ProviderError for no
    results."""
    task = task_of(context)
    plan = context.output("plan")
    if not plan["queries"]:
        output = {"hits": [{"url": url, "title": url} for url in plan["urls"]], "answered_by": "direct"}
        return finish(context, task, "The pages are named already.", output)
    notes: list[str] = []
    results = [_ask(context, task, query, notes) for query in plan["queries"]]
    hits = list({hit.url: hit for result in results for hit in result.hits}.values())[:MAX_HITS]
    if not hits:
        raise ProviderError(f"{results[0].answered_by} found nothing on this; use other words, or another engine.")
    engines = list(dict.fromkeys(result.answered_by for result in results))
    written = [
        {"text": result.answer, "cites": [hit.url for hit in result.hits]} for result in results if result.answer
    ]
    output = {"hits": [_shortened(hit) for hit in hits], "answered_by": ", ".join(engines), "written": written}
    notes += [note for result in results for note in result.notes]
    long = [hit.url for hit in hits if len(hit.text or "") > _MAX_CHARS]
    notes += [f"{url}: Only the first {_MAX_CHARS:,} characters were read." for url in long]
    return finish(context, task, f"{len(hits)} results.", output, *dict.fromkeys(notes))


def _ask(context: StepContext, task: ResearchTask, query: str, notes: list[str]) -> SearchResults:
    """Searches with the task's engine, or the vault after its failure. Raises the engine's error if the task allows no
    fallback."""
    from shared.domains.research import corpus

    if task.research_engine == "vault":
        return corpus.search(context.uid, query, limit=PER_QUERY)
    try:
        return search.engine(task.research_engine).search(query, limit=PER_QUERY)
    except AppError as error:
        notes.append(instead(context, task, error, "Your own vault was searched instead."))
        return corpus.search(context.uid, query, limit=PER_QUERY)


def _shortened(hit: Hit) -> Fields:
    """The hit's fields for the step's output, its text cut to 36,000 characters."""
    text = hit.text[:_MAX_CHARS] if hit.text else None
    return {**asdict(hit), "text": text}


STAGE = stage("search", run)
