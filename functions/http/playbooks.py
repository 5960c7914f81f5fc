"""/api/playbooks: the library, a user's favourites in it, and runs."""

from shared.domains.playbooks import service
from shared.domains.playbooks.models import Playbook, PlaybookInput, PlaybookQuery, PlaybookRun, RunAnswer, RunsQuery
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, One, Router

router = Router("/api/playbooks")


@router.get("", Many("playbooks", Playbook), tagged=HOURLY)
def list_playbooks(call: Call, query: PlaybookQuery) -> Page[Playbook]:
    """The library, with your favourites and uses."""
    return service.list_page(call.uid, query)


@router.get("/favorites", Many("playbooks", Playbook), tagged=HOURLY)
@router.get("/favorites/list", Many("playbooks", Playbook), tagged=HOURLY)
def list_favorites(call: Call) -> Page[Playbook]:
    """Your favourites. `/favorites` and `/favorites/list` are the same."""
    return service.list_page(call.uid, PlaybookQuery(is_favorite=True))


@router.get("/{id}", One("playbook", Playbook))
def get_playbook(call: Call, id: str) -> Playbook:
    """One playbook."""
    return service.get(call.uid, id)


@router.post("/{id}/favorite", One("playbook", Playbook))
def toggle_favorite(call: Call, id: str) -> Playbook:
    """Mark it as a favourite, or take the mark away."""
    return service.toggle_favorite(call.uid, id, version=call.if_match)


@router.post("/{id}/run", Fields(RunAnswer))
def run_playbook(call: Call, id: str, body: PlaybookInput) -> RunAnswer:
    """Answer its prompts on what you give it; without a language model the prompts come filled, to be copied."""
    return service.run(call.uid, id, body)


@router.get("/{id}/executions", Many("executions", PlaybookRun), tagged=HOURLY)
def list_executions(call: Call, id: str, query: RunsQuery) -> Page[PlaybookRun]:
    """Your runs of this playbook, newest first."""
    return service.list_runs(call.uid, id, query)


playbooks = http_function("playbooks", router)
