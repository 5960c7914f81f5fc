"""Work a playbook through for the run's prospect; the result is kept among the playbook's runs."""

from typing import Annotated

from pydantic import AfterValidator, Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.playbooks import library
from shared.domains.playbooks.models import PlaybookInput
from shared.kit.schema import Id


def _known(id: str) -> str:
    if id not in library.LIBRARY:
        raise ValueError(f"unknown playbook; use one of {', '.join(library.LIBRARY)}")
    return id


class Config(PlaybookInput):
    """As a run by hand; without `persona_id` the default persona speaks."""

    playbook_id: Annotated[Id, AfterValidator(_known), Field(json_schema_extra={"enum": [*library.LIBRARY]})]


def run(context: StepContext, config: Config) -> Done:
    """Raises what a language model refuses with, at whichever prompt: nothing is kept then."""
    from shared.domains.playbooks import running
    from shared.domains.playbooks import service as playbooks

    entry = library.get(config.playbook_id)
    about = config.prospect_id or context.prospect_id()
    prospect = context.prospect(about) if about else None
    persona = context.persona(config.persona_id)
    data = PlaybookInput(
        input=config.input,
        metadata=config.metadata,
        persona_id=persona.id if persona else None,
        prospect_id=about,
        vault_ids=config.vault_ids,
        use_knowledge=config.use_knowledge,
    )
    result = running.run_playbook(context.uid, entry, data, persona, prospect)
    if result.error:
        raise result.error
    made = running.build_run(entry, data, result, context.new_document("playbook_run"))
    context.create(playbooks.runs, made)
    context.effects.append(playbooks.to_count_use(context.uid, entry.id))
    output = {
        "playbook_run_id": made.id,
        "output": made.output,
        "generator": made.generator,
        "missing_variables": made.missing_variables,
    }
    return Done(f"Ran “{entry.name}”.", output)


_ABOUT = "{{ event.name or event.title or 'our offer' }}{{ ', ' ~ event.company if event.company }}"
ACTION = Action(
    name="run_playbook",
    title="Run a playbook",
    config=Config,
    run=run,
    short_form={"playbook_id": "b2b_prospecting", "input": _ABOUT},
)
