"""Synthesise: what the pages say about the question; by a language model where one is connected, else word for word."""

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, instead, stage, task_of
from shared.domains.research import answered, pages
from shared.domains.research.models import ResearchTask, Statement
from shared.domains.research.synthesis import synthesise
from shared.errors import AppError
from shared.providers import llm
from shared.providers.web.base import Page

EXTRACTIVE = "local-extractive"


def run(context: StepContext, config: NoConfig) -> Done:
    task = task_of(context)
    read = [pages.unpacked(page) for page in context.output("read")["pages"]]
    notes: list[str] = []
    statements, generator = _statements(context, task, read, notes)
    output = {"statements": [one.model_dump() for one in statements], "generator": generator}
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
    return answer.statements(), f"llm:{model.name}"


def _without_model(context: StepContext, question: str, read: list[Page]) -> tuple[list[Statement], str]:
    """The pages' own words; where the engine has written an answer, that is the summary, and stands before them."""
    found, asked = context.output("search"), context.output("read").get("asked", ())
    written = [
        one for part in found.get("written", ()) for one in answered.statements(part["text"], part["cites"], asked)
    ]
    extracted = synthesise(question, read)
    if not written:
        return extracted, EXTRACTIVE
    rest = [one for one in extracted if one.section != "summary"]
    return [*written, *rest], f"{found['answered_by']}, {EXTRACTIVE}"


STAGE = stage("synthesise", run)
