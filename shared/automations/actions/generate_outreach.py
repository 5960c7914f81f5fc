"""Draft a message to the prospect in the default persona's voice; of several variants the best is kept."""

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.outreach import service
from shared.domains.outreach.models import DraftOptions


class Config(DraftOptions):
    prospect_id: str | None = None


def run(context: StepContext, config: Config) -> Done:
    from shared.domains.outreach import generation
    from shared.domains.templates import service as templates

    prospect = context.prospect(config.prospect_id)
    template = context.read(templates.repository, config.template_id) if config.template_id else None
    written = generation.write_message(prospect, context.persona(), config, template)
    message = generation.build_message(written, context.new_document("outreach"))
    context.create(service.repository, message)
    context.effects += generation.to_count_template_use(context.uid, template)
    output = {
        "outreach_id": message.id,
        "subject": message.subject,
        "generator": message.generator,
        "scores": {name: score.value for name, score in written.best.scores},
        "sources": [source.model_dump() for source in message.sources],
        "missing_variables": written.missing_variables,
    }
    return Done(f"Drafted “{message.subject}”.", output)


ACTION = Action(
    name="generate_outreach",
    title="Draft an outreach message",
    config=Config,
    run=run,
    creates=frozenset({"outreach"}),
)
