"""Synthesise, the fourth stage: drafts statements from the pages, by a language model if one is connected, else by
quoting."""

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, instead, stage, task_of
from shared.domains.research.models import ResearchTask, Statement
from shared.errors import AppError
from shared.providers import llm
from shared.providers.web.base import Page

EXTRACTIVE = "local-extractive"


def run(context: StepContext, config: NoConfig) -> Done:
    """Drafts a task's statements: one read, and a call of the language model if one is connected."""
    from shared.domains.research import pages

    task = task_of(context)
    read = [pages.unpacked(page) for page in context.output("read")["pages"]]
    notes: list[str] = []
    statements, generator = _statements(context, task, read, notes)
    output = {"statements": [each.model_dump() for each in statements], "generator": generator}
    return finish(context, task, f"{len(statements)} statements.", output, *notes)


def _statements(
    context: StepContext, task: ResearchTask, read: list[Page], notes: list[str]
) -> tuple[list[Statement], str]:
    question = f"{task.title}. {task.input_source}" if task.source_type == "keywords" else task.title
    model = llm.configured()
    if model is None:
        return _without_model(context, question, read)
    from shared.domains.research import drafting

    try:
        answer = model.structured(drafting.prompt(question, read), drafting.Synthesis)
    except AppError as error:
        notes.append(instead(context, task, error, "The statements were taken from the pages word for word instead."))
        return _without_model(context, question, read)
    long = sum(len(page.text) > drafting.PAGE_CHARS for page in read)
    if long:
        notes.append(f"Of {long} long pages the language model was shown the parts that are nearest to the question.")
    return answer.statements(), f"llm:{model.name}"


def _without_model(context: StepContext, question: str, read: list[Page]) -> tuple[list[Statement], str]:
    """Quotes statements from the pages, after those of the search engine's written answer if there is one."""
    from shared.domains.research import answered
    from shared.domains.research.synthesis import synthesise

    search, urls = context.output("search"), context.output("read").get("asked", ())
    written = [
        statement
        for part in search.get("written", ())
        for statement in answered.statements(part["text"], part["cites"], urls)
    ]
    extracted = synthesise(question, read, chosen=bool(context.output("plan")["urls"]))
    if not written:
        return extracted, EXTRACTIVE
    quotes = [statement for statement in extracted if statement.section != "summary"]
    return [*written, *quotes], f"{search['answered_by']}, {EXTRACTIVE}"


STAGE = stage("synthesise", run)
