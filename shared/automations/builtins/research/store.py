"""Store: the insight, what of it goes into the vault, and the finished task, in the run's last commit."""

from dataclasses import replace
from typing import Any

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, stage, task_of
from shared.domains.research import absorption, pages
from shared.domains.research import service as research
from shared.domains.research.models import Insight, ResearchTask, Statement
from shared.kit import clock

_LISTS = ("key_findings", "pain_points", "opportunities", "suggested_outreach", "content_angles")


def run(context: StepContext, config: NoConfig) -> Done:
    task = task_of(context)
    insight = _insight(context, task)
    absorbed = absorption.to_absorb(context.uid, insight, title=task.title)
    caused = {"cause": context.cause.model_dump()}  # an automation that follows the vault is bounded by it
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
    statements = [Statement.model_validate(one) for one in context.output("verify")["statements"]]
    texts: dict[str, Any] = {name: [one.text for one in statements if one.section == name] for name in _LISTS}
    summary = " ".join(one.text for one in statements if one.section == "summary")
    return Insight(
        **context.new_document("insight"),
        task_id=task.id,
        summary=summary or " ".join(texts["key_findings"][:2]),
        statements=statements,
        sources=[pages.source(page) for page in context.output("read")["pages"]],
        engine=context.output("search")["answered_by"],
        generator=context.output("synthesise")["generator"],
        notes=task.notes,
        **texts,
    )


STAGE = stage("store", run)
