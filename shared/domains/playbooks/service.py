"""Playbooks of the library, with each user's favourites, uses and runs."""

from datetime import datetime

from shared.domains import personas
from shared.domains.playbooks import library, play
from shared.domains.playbooks.models import (
    LibraryPlaybook,
    Playbook,
    PlaybookInput,
    PlaybookQuery,
    PlaybookRun,
    PlaybookUse,
    RunAnswer,
    RunsQuery,
)
from shared.domains.prospects import service as prospects
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock, tokens
from shared.kit.ids import new_id
from shared.kit.paging import Page, fingerprint
from shared.store.in_memory import page_of_rows
from shared.store.repository import Repository

uses = Repository(PlaybookUse, "playbooks", "playbook")
runs = Repository(PlaybookRun, "playbook_runs", "playbook run")


def list_page(uid: str, query: PlaybookQuery) -> Page[Playbook]:
    """In the library's order: one query for what the user made of them."""
    own = {use.id: use for use in uses.select(uid)}
    seen = [_as_seen(uid, entry, own.get(entry.id)) for entry in library.LIBRARY.values()]
    rows = [playbook for playbook in seen if _matches(playbook, query)]
    query_id = fingerprint(uid, "playbooks", query.is_favorite, query.category, query.search)
    return page_of_rows(rows, query_id, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> Playbook:
    """One round trip; none for an unknown id."""
    entry = library.get(id)
    return _as_seen(uid, entry, uses.find(uid, id))


def toggle_favorite(uid: str, id: str, *, version: datetime | None = None) -> Playbook:
    """One read, one commit; of two toggles at once both count. An unknown id writes nothing."""
    entry = library.get(id)
    try:
        return _as_seen(uid, entry, _flip(uid, id, version))
    except NotFound as error:
        if version is not None:
            raise PreconditionFailed("The playbook was changed meanwhile; read it again, then repeat.") from error
    now = clock.now()
    try:
        first = uses.create(PlaybookUse(id=id, user_id=uid, created_at=now, updated_at=now, is_favorite=True))
    except AlreadyExists:
        first = _flip(uid, id, None)
    return _as_seen(uid, entry, first)


def run(uid: str, id: str, data: PlaybookInput) -> RunAnswer:
    """Work it through, keep the run and count the use: one commit; persona, prospect and knowledge are a read each."""
    entry = library.get(id)
    persona = personas.get(uid, data.persona_id) if data.persona_id else None
    prospect = prospects.get(uid, data.prospect_id) if data.prospect_id else None
    played = play.play(uid, entry, data, persona, prospect)
    now = clock.now()
    stamp = {"id": new_id(), "user_id": uid, "created_at": now, "updated_at": now}
    made = runs.create(play.build(entry, data, played, stamp), beside=[to_count_use(uid, id)])
    return RunAnswer(execution_id=made.id, **made.model_dump(include=set(RunAnswer.model_fields)))


def to_count_use(uid: str, id: str) -> Write:
    """Counts a use, for the commit that keeps the run."""
    return writes.merge(uses.path(uid, id), {"usage_count": Increment(1), "updated_at": clock.now()})


def list_runs(uid: str, id: str, query: RunsQuery) -> Page[PlaybookRun]:
    """Newest first; raises NotFound for an unknown playbook."""
    library.get(id)
    return runs.page(uid, where=[("playbook_id", "==", id)], limit=query.limit, cursor=query.cursor)


def _flip(uid: str, id: str, version: datetime | None) -> PlaybookUse:
    def flipped(use: PlaybookUse) -> dict[str, object]:
        return {"is_favorite": not use.is_favorite, "updated_at": clock.now()}

    return uses.edit(uid, id, flipped, version=version)


def _as_seen(uid: str, entry: LibraryPlaybook, use: PlaybookUse | None) -> Playbook:
    own = use.model_dump(include={"is_favorite", "usage_count"}) if use else {}
    playbook = Playbook(user_id=uid, **entry.model_dump(), **own)
    playbook._version = use.version if use else None
    return playbook


def _matches(playbook: Playbook, query: PlaybookQuery) -> bool:
    if query.is_favorite is not None and playbook.is_favorite != query.is_favorite:
        return False
    if query.category and playbook.category.lower() != query.category.lower():
        return False
    if not query.search:
        return True
    texts = [playbook.name, playbook.category, *playbook.tags, playbook.description]
    return tokens.matches(query.search, tokens.prefixes([*texts, *(prompt.title for prompt in playbook.prompts)]))
