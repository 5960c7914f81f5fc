"""Stored personas, and the pointer document that names the default one."""

from dataclasses import dataclass
from datetime import datetime

from shared.domains.personas.models import Persona
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Increment, Write
from shared.store.repository import Repository


@dataclass(frozen=True)
class Pointer:
    """The pointer as it was read; without a version it does not exist yet."""

    path: str
    persona_id: str | None
    version: datetime | None

    def to_name(self, persona_id: str | None) -> Write:
        """Name a persona if nothing has written the pointer since. It counts: an equal write would leave no trace."""
        if self.version is None:
            return writes.create(self.path, {"persona_id": persona_id, "changes": 1})
        return writes.update(self.path, {"persona_id": persona_id, "changes": Increment()}, version=self.version)


class PersonaRepository(Repository[Persona]):
    def __init__(self) -> None:
        super().__init__(Persona, "personas", "persona")

    def get_pointer(self, uid: str) -> Pointer:
        """One round trip, one read."""
        path = _pointer_path(uid)
        return _pointer(path, firestore.client().get(path))

    def find_with_pointer(self, uid: str, id: str) -> tuple[Persona | None, Pointer]:
        """The persona, None where there is none, and the pointer as it was at the same moment: one round trip."""
        path = _pointer_path(uid)
        document, pointer = firestore.client().get_all([self.path(uid, id), path])
        return (self.load(document) if document else None, _pointer(path, pointer))

    def find_oldest_but(self, uid: str, id: str) -> Persona | None:
        """The oldest other persona: one query."""
        oldest = self.select(uid, order=[("created_at", "asc")], limit=2)
        return next((persona for persona in oldest if persona.id != id), None)


def _pointer_path(uid: str) -> str:
    return f"users/{uid}/pointers/default_persona"


def _pointer(path: str, document: Document | None) -> Pointer:
    return Pointer(path, document.data["persona_id"], document.version) if document else Pointer(path, None, None)


repository = PersonaRepository()
