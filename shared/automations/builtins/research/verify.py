"""Verify: a statement stays only if a source that was read bears it. Checked by code, whoever wrote it."""

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, stage, task_of
from shared.domains.research.evidence import verify
from shared.domains.research.models import Statement
from shared.errors import ProviderError


def run(context: StepContext, config: NoConfig) -> Done:
    task = task_of(context)
    made = [Statement.model_validate(one) for one in context.output("synthesise")["statements"]]
    borne = verify(made, [page["text"] for page in context.output("read")["pages"]])
    if not any(one.supported for one in borne):
        raise ProviderError(_nothing_left(len(made)))
    dropped = len(made) - len(borne)
    notes = [f"{dropped} statements were left out: no source that was read bears them."] if dropped else []
    message = f"{len(borne)} of {len(made)} statements are borne by their sources."
    return finish(context, task, message, {"statements": [one.model_dump() for one in borne]}, *notes)


def _nothing_left(made: int) -> str:
    if made:
        return (
            f"None of the {made} statements made is borne by what was read; run it again, or use other words or pages."
        )
    return "Nothing that was read says anything on this; use other words, pages or engine."


STAGE = stage("verify", run)
