"""Store, the last stage: commits the insight, the vault item made of it, and the finished task."""

from dataclasses import replace

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, stage, task_of
from shared.domains.research import service as research
from shared.domains.research.models import Contradiction, Insight, ResearchTask, Statement
from shared.kit import clock
from shared.kit.fields import Fields

_LISTS = ("key_findings", "pain_points", "opportunities", "suggested_outreach", "content_angles")


def run(context: StepContext, config: NoConfig) -> Done:
    """Stores a task's insight and vault item and finishes the task, in the step's commit: one read, and those of
    `to_absorb`."""
    from shared.domains.research import absorption

    task = task_of(context)
    insight = _insight(context, task)
    absorbed = absorption.to_absorb(context.uid, insight, title=task.title)
    caused = {"cause": context.cause.model_dump()}  # it bounds the chain of automations that the vault item starts
    context.effects += [replace(write, fields={**write.fields, **caused}) for write in absorbed.writes]
    context.create(research.insights, insight)
    context.update(
        research.repository,
        task.id,
        status="done",
        stage=None,
        progress=100,
        outputs_available=True,
        result_id=insight.id,
        vault_id=absorbed.item_id,
        completed_at=clock.now(),
    )
    output = {"task_id": task.id, "insight_id": insight.id, "vault_id": absorbed.item_id, "summary": insight.summary}
    return Done("The insight is stored.", output | {"key_findings": insight.key_findings})


def _insight(context: StepContext, task: ResearchTask) -> Insight:
    """Builds the insight of the verified statements and the pages that were read."""
    from shared.domains.research import pages

    statements = [Statement.model_validate(fields) for fields in context.output("verify")["statements"]]
    texts: Fields = {name: [each.text for each in statements if each.section == name] for name in _LISTS}
    summary = " ".join(each.text for each in statements if each.section == "summary")
    return Insight(
        **context.new_document("insight"),
        task_id=task.id,
        summary=summary or " ".join(texts["key_findings"][:2]),
        statements=statements,
        contradictions=[Contradiction.model_validate(pair) for pair in _contradictions(context)],
        sources=[pages.source(page) for page in context.output("read")["pages"]],
        engine=context.output("search")["answered_by"],
        generator=context.output("synthesise")["generator"],
        notes=task.notes,
        **texts,
    )


def _contradictions(context: StepContext) -> list[Fields]:
    """None where the statements were verified before contradictions were looked for."""
    found: list[Fields] = context.output("verify").get("contradictions", [])
    return found


STAGE = stage("store", run)
