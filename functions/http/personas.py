"""/api/personas: the voices that outreach is written in."""

from shared.domains import personas as service
from shared.domains.personas import Persona, PersonaInput, PersonaQuery, PersonaUpdate
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import Many, Message, One, Router

router = Router("/api/personas")


@router.get("", Many("personas", Persona))
def list_personas(call: Call, query: PersonaQuery) -> Page[Persona]:
    return service.list_page(call.uid, query)


@router.post("", One("persona", Persona), status=201)
def create_persona(call: Call, body: PersonaInput) -> Persona:
    return service.create(call.uid, body)


@router.get("/default", One("persona", Persona))
def get_default(call: Call) -> Persona:
    return service.get_default(call.uid)


@router.get("/{id}", One("persona", Persona))
def get_persona(call: Call, id: str) -> Persona:
    return service.get(call.uid, id)


@router.put("/{id}", One("persona", Persona))
@router.patch("/{id}", One("persona", Persona))
def update_persona(call: Call, id: str, body: PersonaUpdate) -> Persona:
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_persona(call: Call, id: str) -> Message:
    service.delete(call.uid, id, call.if_match)
    return Message(message="The persona was deleted.")


@router.post("/{id}/set-default", One("persona", Persona))
def set_default(call: Call, id: str) -> Persona:
    return service.set_default(call.uid, id, call.if_match)


personas = http_function("personas", router)
