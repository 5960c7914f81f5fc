"""Draft a message to each prospect; of several variants the best is kept."""

from shared.batch.models import Selection
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.domains.outreach.models import DraftOptions, GenerateInput


class GenerateOutreach(Selection, DraftOptions):
    """The options of every draft, as of a single one."""


def begin(uid: str, body: GenerateOutreach) -> Perform:
    from shared.domains.outreach import generation

    options = body.model_dump(include={*DraftOptions.model_fields})

    def perform(item: Item) -> None:
        data = GenerateInput(prospect_id=item.value, **options)
        generation.generate(uid, data, id=item.product_id, beside=item.done(outreach_id=item.product_id))

    return perform


def check(uid: str, body: GenerateOutreach) -> None:
    """Raises NotFound for a template that does not exist: every item would fail."""
    from shared.domains.templates import service as templates

    if body.template_id:
        templates.get(uid, body.template_id)


OPERATION = Operation(
    name="generate_outreach",
    text="Draft a message to each prospect, as `/api/outreach/generate` does. Nothing is sent.",
    body=GenerateOutreach,
    begin=begin,
    collection=lambda body: "prospects",
    costs=lambda body: Costs(reads=8, writes=4, asks=1),
    check=check,
)
