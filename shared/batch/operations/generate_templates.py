"""Write a template for each item: on a topic, in the persona's voice."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from shared.batch.models import MAX_ITEMS, Chosen, one_of
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.domains.content.requests.models import TopicInput
from shared.domains.templates.models import Category, TemplateInput
from shared.kit.schema import Name, Tags
from shared.kit.text import shortened


class TemplateRequest(TopicInput):
    name: Name
    category: Category
    tags: Tags = []


class GenerateTemplates(Chosen):
    model_config = ConfigDict(json_schema_extra=one_of("items"))
    chosen_by = ("items",)

    items: Annotated[list[TemplateRequest], Field(min_length=1, max_length=MAX_ITEMS)] | SkipJsonSchema[None] = None


def begin(uid: str, body: GenerateTemplates) -> Perform:
    from shared.domains.content.pieces import best_piece
    from shared.domains.content.requests import service as content
    from shared.domains.templates import service as templates

    def perform(item: Item) -> None:
        request = TemplateRequest.model_validate(item.value)
        written = content.write_content(uid, request.category, request)
        best = best_piece(written.pieces)
        fields = request.model_dump(include={"name", "category", "tags"})
        topic = shortened(f"On {written.topic}", 200) if written.topic else ""
        template = TemplateInput(content=best.text, description=topic, **fields)
        templates.create_once(uid, template, id=item.product_id, beside=item.done(template_id=item.product_id))

    return perform


OPERATION = Operation(
    name="generate_templates",
    text="Write a template for each item, as `/api/content/generate` writes a text, and store it.",
    body=GenerateTemplates,
    begin=begin,
    collection=lambda body: None,
    costs=lambda body: Costs(reads=5, writes=3, asks=1),
)
