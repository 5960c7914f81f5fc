"""Keeps a user's personas, of which exactly one is the default while there are any.

The default is one pointer document. Whatever can move it or take what it names away (create, delete, set as
default) writes it on the condition that it is as it was read, so such changes come one after another.
"""

from datetime import datetime
from typing import Any

from shared.domains.personas.models import Persona, PersonaInput, PersonaQuery, PersonaUpdate
from shared.domains.personas.repository import Pointer
from shared.domains.personas.repository import repository as repository
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.paging import Page, fingerprint
from shared.kit.schema import stamp
from shared.store import cursors, optimistic

_MAX_LISTED = 1_000


def list_page(uid: str, query: PersonaQuery) -> Page[Persona]:
    """The default first, then by name. A user has a handful, so all are read: two round trips."""
    default = default_id(uid)
    personas = repository.select(uid, order=[("name", "asc")], limit=_MAX_LISTED)
    for persona in personas:
        persona.is_default = persona.id == default
    personas.sort(key=_place)
    query_id = fingerprint(uid, "personas")
    last = cursors.decode(query_id, query.cursor)
    rest = [persona for persona in personas if _place(persona) > last]
    shown = rest[: query.limit]
    more = len(rest) > query.limit
    total = len(personas) if len(personas) < _MAX_LISTED else repository.count(uid)
    return Page(shown, total, cursors.encode(query_id, _place(shown[-1])) if more else None)


def _place(persona: Persona) -> list[Any]:
    """What the list is sorted by."""
    return [not persona.is_default, persona.name.casefold(), persona.id]


def default_id(uid: str) -> str | None:
    """The id of the default persona: one read."""
    return repository.get_pointer(uid).persona_id


def find_default(uid: str) -> Persona | None:
    """Two round trips: the pointer, then the persona it names."""
    id = default_id(uid)
    persona = repository.find(uid, id) if id else None
    if persona:
        persona.is_default = True
    return persona


def get_default(uid: str) -> Persona:
    persona = find_default(uid)
    if persona is None:
        raise NotFound("No persona is the default; create one or set one as default.")
    return persona


def get(uid: str, id: str) -> Persona:
    """One round trip: the persona and the pointer that says whether it is the default."""
    return _read(uid, id)[0]


def create(uid: str, data: PersonaInput) -> Persona:
    """One read, one commit. The first persona becomes the default."""
    persona = Persona(**stamp(uid), **data.model_dump())

    def attempt() -> Persona:
        pointer = repository.get_pointer(uid)
        default = pointer.persona_id or persona.id
        version = _commit([repository.to_create(persona), pointer.to_name(default)])
        persona.is_default = default == persona.id
        return repository.stamped(persona, version)

    return optimistic.in_turn(attempt, "default persona")


def update(uid: str, id: str, data: PersonaUpdate, version: datetime | None) -> Persona:
    """One commit after two reads; which one is the default does not change."""
    fields = repository.changes(data)
    fields["updated_at"] = clock.now()
    persona = repository.edit(uid, id, lambda current: fields, version=version)
    persona.is_default = default_id(uid) == id
    return persona


def set_default(uid: str, id: str, version: datetime | None = None) -> Persona:
    """One read of both documents, one commit."""

    def attempt() -> Persona:
        persona, pointer = _read(uid, id)
        repository.require_version(persona, version)
        if not persona.is_default:
            _commit([pointer.to_name(id)])
            persona.is_default = True
        return persona

    return optimistic.in_turn(attempt, "default persona")


def delete(uid: str, id: str, version: datetime | None) -> None:
    """One read of both documents, one commit; for the default also a query, as the oldest other follows it."""

    def attempt() -> None:
        persona, pointer = _read(uid, id)
        repository.require_version(persona, version)
        default = pointer.persona_id
        if persona.is_default:
            successor = repository.find_oldest_but(uid, id)
            default = successor.id if successor else None
        gone = repository.to_delete(uid, id, version=version, exists=None if version else True)
        _commit([gone, pointer.to_name(default)])

    optimistic.in_turn(attempt, "default persona")


def _read(uid: str, id: str) -> tuple[Persona, Pointer]:
    persona, pointer = repository.find_with_pointer(uid, id)
    if persona is None:
        raise NotFound("There is no persona with this id.")
    persona.is_default = pointer.persona_id == id
    return persona, pointer


def _commit(changes: list[Write]) -> datetime:
    """Raises Overtaken where another writer wrote the pointer, or the persona, since the read."""
    return optimistic.commit(changes, overtaken_by=(AlreadyExists, NotFound, PreconditionFailed))
