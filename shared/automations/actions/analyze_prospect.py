"""Analyse the prospect: how well it fits, why, and what to talk about."""

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.prospects import service as prospects
from shared.kit.schema import Input


class Config(Input):
    prospect_id: str | None = None


def run(context: StepContext, config: Config) -> Done:
    from shared.domains.content.analysis import service as analyses
    from shared.domains.content.service import configured_generator

    prospect = context.prospect(config.prospect_id)
    author = configured_generator()
    analysis = author.analyze(prospect, context.persona())
    context.update(prospects.repository, prospect.id, **analyses.changed_fields(prospect, analysis, author.name))
    return Done(analysis.summary, {"fit_score": analysis.fit_score, "fit_likelihood": analysis.fit_likelihood})


ACTION = Action(
    name="analyze_prospect",
    title="Analyze the prospect",
    config=Config,
    run=run,
    writes=frozenset({"high_fit_prospect_detected", "prospect_status_changed"}),
    sets={"status": "analyzed"},
)
