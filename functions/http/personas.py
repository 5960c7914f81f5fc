"""/api/personas: the voices that outreach is written in."""

from shared.domains.personas import service
from shared.domains.personas.models import Persona, PersonaInput, PersonaQuery, PersonaUpdate
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router

router = Router("/api/personas")


@router.get("", Many("personas", Persona))
def list_personas(call: Call, query: PersonaQuery) -> Page[Persona]:
    """All personas: the default first, then by name."""
    return service.list_page(call.uid, query)


@router.post("", One("persona", Persona), status=201)
def create_persona(call: Call, body: PersonaInput) -> Persona:
    """A new persona; the first one is the default."""
    return service.create(call.uid, body)


@router.get("/default", One("persona", Persona))
def get_default(call: Call) -> Persona:
    """The persona that is used where none is named; 404 where there is none."""
    return service.get_default(call.uid)


@router.get("/{id}", One("persona", Persona))
def get_persona(call: Call, id: str) -> Persona:
    """One persona."""
    return service.get(call.uid, id)


@router.put("/{id}", One("persona", Persona))
@router.patch("/{id}", One("persona", Persona))
def update_persona(call: Call, id: str, body: PersonaUpdate) -> Persona:
    """Change the fields that are sent. Which one is the default does not change."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_persona(call: Call, id: str) -> Message:
    """Delete the persona."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The persona was deleted.")


@router.post("/{id}/set-default", One("persona", Persona))
def set_default(call: Call, id: str) -> Persona:
    """Make it the one that is used where none is named."""
    return service.set_default(call.uid, id, call.if_match)


personas = http_function("personas", router)
