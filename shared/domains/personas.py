"""Personas: the voice in which a user's outreach is written; exactly one is the default.

The default is one pointer document. Whatever can move it or take what it names away (create, delete, set as
default) writes it on the condition that it is as it was read, so such changes come one after another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write
from shared.kit import clock
from shared.kit.paging import Page, fingerprint
from shared.kit.schema import Also, Entity, Input, Metadata, Name, Tag, Tags, Text, Update, stamp
from shared.kit.whitespace import one_line
from shared.store import cursors, optimistic
from shared.store.repository import Repository


def _as_list(value: Any) -> Any:
    return [line for part in value.split(",") if (line := one_line(part))] if isinstance(value, str) else value


# Also as one text: "education, health".
Topics = Annotated[Tags, Also(_as_list, {"type": "string", "maxLength": 60})]


class PersonaInput(Input):
    name: Name
    outreach_tone: Tag = "professional"
    industry_focus: Topics = []
    use_cases: Topics = []
    writing_style: Text = "clear and concise"
    user_positioning: Text = ""
    brand_voice: Text = ""
    metadata: Metadata = {}


class PersonaUpdate(Update):
    name: Name | None = None
    outreach_tone: Tag | None = None
    industry_focus: Topics | None = None
    use_cases: Topics | None = None
    writing_style: Text | None = None
    user_positioning: Text | None = None
    brand_voice: Text | None = None
    metadata: Metadata | None = None


class PersonaQuery(Input):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class Persona(Entity):
    name: str
    outreach_tone: str
    industry_focus: list[str]
    use_cases: list[str]
    writing_style: str
    user_positioning: str
    brand_voice: str
    metadata: dict[str, Any] = {}
    is_default: bool = False

    path_fields = Entity.path_fields | {"is_default"}


repository = Repository(Persona, "personas", "persona")
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
    document = firestore.client().get(_pointer(uid))
    return document.data["persona_id"] if document else None


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
        pointer = _Pointer.of(uid, firestore.client().get(_pointer(uid)))
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
        default = _oldest_but(uid, id) if persona.is_default else pointer.persona_id
        gone = repository.to_delete(uid, id, version=version, exists=None if version else True)
        _commit([gone, pointer.to_name(default)])

    optimistic.in_turn(attempt, "default persona")


@dataclass(frozen=True)
class _Pointer:
    """The pointer as it was read."""

    path: str
    persona_id: str | None
    version: datetime | None

    @classmethod
    def of(cls, uid: str, document: Document | None) -> "_Pointer":
        named = document.data["persona_id"] if document else None
        return cls(_pointer(uid), named, document.version if document else None)

    def to_name(self, persona_id: str | None) -> Write:
        """Name a persona if nothing has written the pointer since. It counts: an equal write would leave no trace."""
        if self.version is None:
            return writes.create(self.path, {"persona_id": persona_id, "changes": 1})
        return writes.update(self.path, {"persona_id": persona_id, "changes": Increment()}, version=self.version)


def _pointer(uid: str) -> str:
    return f"users/{uid}/pointers/default_persona"


def _read(uid: str, id: str) -> tuple[Persona, _Pointer]:
    document, named = firestore.client().get_all([repository.path(uid, id), _pointer(uid)])
    if document is None:
        raise NotFound("There is no persona with this id.")
    pointer = _Pointer.of(uid, named)
    persona = repository.load(document)
    persona.is_default = pointer.persona_id == id
    return persona, pointer


def _oldest_but(uid: str, id: str) -> str | None:
    oldest = repository.select(uid, order=[("created_at", "asc")], limit=2)
    return next((persona.id for persona in oldest if persona.id != id), None)


def _commit(changes: list[Write]) -> datetime:
    """Raises Overtaken where another writer wrote the pointer, or the persona, since the read."""
    return optimistic.commit(changes, overtaken_by=(AlreadyExists, NotFound, PreconditionFailed))
