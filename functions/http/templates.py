"""/api/templates: texts to be filled and used again."""

from shared.domains.templates import listing, service
from shared.domains.templates.models import (
    Template,
    TemplateInput,
    TemplateQuery,
    TemplateUpdate,
    TemplateUse,
    UsedTemplate,
)
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router

router = Router("/api/templates")


@router.get("", Many("templates", Template), tagged=HOURLY)
def list_templates(call: Call, query: TemplateQuery) -> Page[Template]:
    """Templates, newest first."""
    return listing.page(call.uid, query)


@router.post("", One("template", Template), status=201)
def create_template(call: Call, body: TemplateInput) -> Template:
    """A new template."""
    return service.create(call.uid, body)


@router.get("/{id}", One("template", Template))
def get_template(call: Call, id: str) -> Template:
    """One template."""
    return service.get(call.uid, id)


@router.put("/{id}", One("template", Template))
@router.patch("/{id}", One("template", Template))
def update_template(call: Call, id: str, body: TemplateUpdate) -> Template:
    """Change the fields that are sent."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_template(call: Call, id: str) -> Message:
    """Delete the template."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The template was deleted.")


@router.post("/{id}/favorite", One("template", Template))
def toggle_favorite(call: Call, id: str) -> Template:
    """Mark it as a favourite, or take the mark away."""
    return service.toggle_favorite(call.uid, id, version=call.if_match)


@router.post("/{id}/duplicate", One("template", Template), status=201)
def duplicate_template(call: Call, id: str) -> Template:
    """A copy, named with ` (Copy)` behind it."""
    return service.duplicate(call.uid, id)


@router.post("/{id}/use", Fields(UsedTemplate))
def use_template(call: Call, id: str, body: TemplateUse) -> UsedTemplate:
    """Fill the placeholders and count the use; with `generate` the text is finished too. Nothing is stored of it."""
    return service.use(call.uid, id, body)


templates = http_function("templates", router)
