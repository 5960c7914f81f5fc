"""Lists and runs the library's playbooks, and keeps each user's favourites, use counts and runs."""

from datetime import datetime

from shared.domains.personas import service as personas
from shared.domains.playbooks import library, running
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
from shared.domains.playbooks.repository import runs as runs
from shared.domains.playbooks.repository import uses
from shared.domains.prospects import service as prospects
from shared.errors import AlreadyExists, NotFound, PreconditionFailed
from shared.gcp import writes
from shared.gcp.writes import Increment, Write
from shared.kit import clock, tokens
from shared.kit.paging import Page, fingerprint
from shared.kit.schema import stamp
from shared.store.in_memory import page_of_rows


def list_page(uid: str, query: PlaybookQuery) -> Page[Playbook]:
    """Lists the library's playbooks in its order, with the user's marks and counts: one query."""
    uses_by_id = {use.id: use for use in uses.select(uid)}
    playbooks = [_with_use(uid, entry, uses_by_id.get(entry.id)) for entry in library.LIBRARY.values()]
    rows = [playbook for playbook in playbooks if _matches(playbook, query)]
    query_id = fingerprint(uid, "playbooks", query.is_favorite, query.category, query.search)
    return page_of_rows(rows, query_id, limit=query.limit, cursor=query.cursor)


def get(uid: str, id: str) -> Playbook:
    """Returns a playbook with the user's mark and count: one round trip; raises NotFound without any."""
    entry = library.get(id)
    return _with_use(uid, entry, uses.find(uid, id))


def toggle_favorite(uid: str, id: str, *, version: datetime | None = None) -> Playbook:
    """Toggles the user's favourite mark: one read, one commit; two concurrent toggles both take effect.

    Raises NotFound for an unknown id, PreconditionFailed where `version` is not the stored one.
    """
    entry = library.get(id)
    try:
        return _with_use(uid, entry, _toggle(uid, id, version))
    except NotFound as error:
        if version is not None:
            raise PreconditionFailed.changed(uses.noun) from error
    try:
        use = uses.create(PlaybookUse(**stamp(uid, id), is_favorite=True))
    except AlreadyExists:
        use = _toggle(uid, id, None)
    return _with_use(uid, entry, use)


def run(uid: str, id: str, data: PlaybookInput) -> RunAnswer:
    """Runs a playbook, stores the run and counts the use: one commit, reads of persona and prospect, the search."""
    entry = library.get(id)
    persona = personas.get(uid, data.persona_id) if data.persona_id else None
    prospect = prospects.get(uid, data.prospect_id) if data.prospect_id else None
    result = running.run_playbook(uid, entry, data, persona, prospect)
    stored = runs.create(running.build_run(entry, data, result, stamp(uid)), beside=[to_count_use(uid, id)])
    return RunAnswer(execution_id=stored.id, **stored.model_dump(include=set(RunAnswer.model_fields)))


def to_count_use(uid: str, id: str) -> Write:
    """The write that counts a use, for the commit that stores the run."""
    return writes.merge(uses.path(uid, id), {"usage_count": Increment(1), "updated_at": clock.now()})


def list_runs(uid: str, id: str, query: RunsQuery) -> Page[PlaybookRun]:
    """Lists the user's runs of a playbook, newest first; raises NotFound for an unknown playbook."""
    library.get(id)
    return runs.page_of_playbook(uid, id, query)


def _toggle(uid: str, id: str, version: datetime | None) -> PlaybookUse:
    def toggled(use: PlaybookUse) -> dict[str, object]:
        return {"is_favorite": not use.is_favorite, "updated_at": clock.now()}

    return uses.edit(uid, id, toggled, version=version)


def _with_use(uid: str, entry: LibraryPlaybook, use: PlaybookUse | None) -> Playbook:
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
