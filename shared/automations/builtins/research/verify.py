"""Verify, the fifth stage: holds every statement against its sources, whoever drafted it, by rules and, where one is
connected, by a language model."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, stage, task_of
from shared.domains.research.models import Statement
from shared.errors import ProviderError
from shared.providers import llm

if TYPE_CHECKING:
    from shared.domains.research.judging import ModelJudge


def run(context: StepContext, config: NoConfig) -> Done:
    """Verifies a task's statements: one read, and a call of the language model for each twenty that are no quotes.

    Raises ProviderError if none is supported.
    """
    from shared.domains.research.contradictions import find_contradictions
    from shared.domains.research.evidence import verify

    task = task_of(context)
    drafted = [Statement.model_validate(fields) for fields in context.output("synthesise")["statements"]]
    texts = [page["text"] for page in context.output("read")["pages"]]
    judge = _judge()
    borne = verify(drafted, texts, judge)
    if not any(statement.supported for statement in borne):
        raise ProviderError(_nothing_left(len(drafted)))
    message = f"{len(borne)} of {len(drafted)} statements are borne by their sources."
    notes = [*_notes(drafted, borne), *(judge.notes if judge else ())]
    output = {
        "statements": [statement.model_dump() for statement in borne],
        "contradictions": [pair.model_dump() for pair in find_contradictions(borne, texts)],
    }
    return finish(context, task, message, output, *notes)


def _judge() -> "ModelJudge | None":
    model = llm.checker()
    if model is None:
        return None
    from shared.domains.research.judging import ModelJudge

    return ModelJudge(model)


def _notes(drafted: Sequence[Statement], borne: Sequence[Statement]) -> Iterator[str]:
    """What became of statements that their sources do not bear as they were made."""
    dropped, quoted = len(drafted) - len(borne), sum(statement.wording == "source" for statement in borne)
    if dropped:
        yield f"{dropped} statements were left out: no source bears them, or its quote stands here already."
    if quoted:
        yield f"{quoted} statements stand in their source's words: it does not say all that was made of it."


def _nothing_left(drafted: int) -> str:
    """Tells the user why no statement is left, and the way out."""
    if drafted:
        reason = f"None of the {drafted} statements made is borne by what was read;"
        return f"{reason} run it again, or use other words or pages."
    return "Nothing that was read says anything on this; use other words, pages or engine."


STAGE = stage("verify", run)
