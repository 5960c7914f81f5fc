"""Verify, the fifth stage: drops statements that no page supports, checked by code, whoever drafted them."""

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, stage, task_of
from shared.domains.research.evidence import verify
from shared.domains.research.models import Statement
from shared.errors import ProviderError


def run(context: StepContext, config: NoConfig) -> Done:
    """Drops a task's unsupported statements: one read. Raises ProviderError if none is supported."""
    task = task_of(context)
    drafted = [Statement.model_validate(fields) for fields in context.output("synthesise")["statements"]]
    borne = verify(drafted, [page["text"] for page in context.output("read")["pages"]])
    if not any(statement.supported for statement in borne):
        raise ProviderError(_nothing_left(len(drafted)))
    dropped = len(drafted) - len(borne)
    notes = [f"{dropped} statements were left out: no source that was read bears them."] if dropped else []
    message = f"{len(borne)} of {len(drafted)} statements are borne by their sources."
    return finish(context, task, message, {"statements": [statement.model_dump() for statement in borne]}, *notes)


def _nothing_left(drafted: int) -> str:
    """Tells the user why no statement is left, and the way out."""
    if drafted:
        reason = f"None of the {drafted} statements made is borne by what was read;"
        return f"{reason} run it again, or use other words or pages."
    return "Nothing that was read says anything on this; use other words, pages or engine."


STAGE = stage("verify", run)
