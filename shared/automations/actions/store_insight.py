"""Keep something in the knowledge vault."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.kit.schema import Input, LongText, Name, Tag, Tags


class Config(Input):
    title: Name
    summary: Annotated[LongText, Field(validation_alias=AliasChoices("summary", "content"))]
    category: Tag = "automation"
    tags: Tags = []
    sources: Annotated[list[dict[str, Any]], Field(max_length=100)] = []


def run(context: StepContext, config: Config) -> Done:
    fields = context.new_document("insight")
    about = {"execution_id": context.execution.id, "prospect_id": context.prospect_id()}
    item = vault.build(context.uid, VaultInput(**config.model_dump(), metadata=about), fields["id"])
    context.create(vault.repository, item.model_copy(update={"cause": context.cause}))
    return Done(f"Kept “{item.title}”.", {"vault_id": item.id})


# What a summary or research has brought, else what the steps have said, else what started it all.
_SUMMARY = (
    "{{ steps.values() | map(attribute='summary') | select | list | last"
    " or steps.values() | map(attribute='message') | join(' ')"
    " or event.summary or event.name or event.title or 'Nothing was found out.' }}"
)
ACTION = Action(
    name="store_insight",
    title="Keep it in the vault",
    config=Config,
    run=run,
    light=True,
    writes=frozenset({"vault_item_added"}),
    creates=frozenset({"vault"}),
    short_form={"title": "About {{ event.name or event.title or 'a run' }}", "summary": _SUMMARY},
)
