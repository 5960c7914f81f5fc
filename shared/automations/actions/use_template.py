"""Fill a template for the run's prospect, and with `generate` have the text finished."""

from typing import Annotated

from pydantic import Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.content.brief import MAX_VARIANTS
from shared.domains.templates.models import TemplateUse, Variables
from shared.kit.schema import Id, Input


class Config(Input):
    """Variables may hold placeholders; what they leave open, prospect and default persona fill.

    Without `template_id` it is the newest template, of the favourites if there are any.
    """

    template_id: Id | None = None
    variables: Variables = {}
    prospect_id: str | None = None
    generate: bool = False
    variants: Annotated[int, Field(ge=1, le=MAX_VARIANTS)] = 1
    use_knowledge: bool = True


def run(context: StepContext, config: Config) -> Done:
    from shared.domains.templates import service as templates

    template = context.read(templates.repository, config.template_id or templates.find_first(context.uid))
    about = config.prospect_id or context.prospect_id()
    prospect = context.prospect(about) if about else None
    use = TemplateUse(
        variables=config.variables,
        generate=config.generate,
        variants=config.variants,
        use_knowledge=config.use_knowledge,
    )
    used = templates.fill(template, use, context.persona(), prospect)
    context.effects.append(templates.to_count_use(context.uid, template.id))
    output = {
        "text": used.generated_content,
        "template_id": template.id,
        "missing_variables": used.missing_variables,
        "generator": used.generator,
        "variants": [piece.text for piece in used.variants],
        "sources": [source.model_dump() for piece in used.variants[:1] for source in piece.sources],
    }
    left = f" Still open: {', '.join(used.missing_variables)}." if used.missing_variables else ""
    return Done(f"Used “{template.name}”.{left}", output)


ACTION = Action(name="use_template", title="Use a template", config=Config, run=run)
