"""Draft a message to the prospect in the default persona's voice."""

from shared.automations.actions.base import Action, Done, StepContext
from shared.domains.content.service import generator
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach, OutreachKind
from shared.kit.schema import Input


class Config(Input):
    prospect_id: str | None = None
    kind: OutreachKind = "initial"


def run(context: StepContext, config: Config) -> Done:
    prospect = context.prospect(config.prospect_id)
    persona = context.persona()
    author = generator()
    draft = author.draft(prospect, persona, config.kind)
    message = Outreach(
        **context.new_document("outreach"),
        prospect_id=prospect.id,
        prospect_name=prospect.name,
        company=prospect.company,
        kind=config.kind,
        tone=draft.tone,
        subject=draft.subject,
        body=draft.body,
        persona_id=persona.id if persona else None,
        generator=author.name,
    )
    context.create(outreach.repository, message)
    return Done(f"Drafted “{draft.subject}”.", {"outreach_id": message.id, "subject": draft.subject})


ACTION = Action(name="generate_outreach", title="Draft an outreach message", config=Config, run=run)
