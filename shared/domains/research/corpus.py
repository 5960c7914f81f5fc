"""The engine that needs no key: the user's own vault, files and prospects, and Wikipedia where the network allows."""

from shared import log
from shared.domains.knowledge import retrieval
from shared.domains.knowledge.models import Question
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.errors import AppError, NotYet
from shared.kit import ranking
from shared.providers import search as engines
from shared.providers.search.base import Hit, SearchResults

NAME = "vault"
_ONLY_EARLIER = "Of your vault only earlier research says something on this, which is no source of its own."
_MAX_PROSPECTS = 500
_MOST_PROSPECTS = 3


def search(uid: str, query: str, *, limit: int) -> SearchResults:
    """The passages and prospects that answer best, then what Wikipedia has: two queries and one call."""
    passages = retrieval.search(uid, Question(query=query, top_k=limit)).results
    independent = [passage for passage in passages if passage.metadata.get("origin") != "research"]
    hits = [
        Hit(f"vault:{passage.source_id}#{passage.chunk_index}", passage.metadata["title"], text=passage.chunk)
        for passage in independent or passages
    ]
    hits += _people(uid, query)
    notes: tuple[str, ...] = () if independent or not passages else (_ONLY_EARLIER,)
    try:
        further = engines.engine("wikipedia").search(query, limit=max(2, limit - len(hits)))
        hits += further.hits
    except NotYet:
        raise
    except AppError as error:
        log.info("wikipedia is not reached", reason=error.detail)
        notes += ("Wikipedia could not be reached, so only what you have yourself was searched.",)
    return SearchResults(hits[: limit + _MOST_PROSPECTS], NAME, notes=notes)


def _people(uid: str, query: str) -> list[Hit]:
    latest = prospects.latest(uid, _MAX_PROSPECTS)
    texts = [_profile(prospect) for prospect in latest]
    best = ranking.rank(query, texts, _MOST_PROSPECTS)
    return [Hit(f"prospect:{latest[n.position].id}", latest[n.position].name, text=texts[n.position]) for n in best]


def _profile(prospect: Prospect) -> str:
    """What is known of a person, in sentences."""
    role = " at ".join(filter(None, [prospect.job_title, prospect.company]))
    points = [f"{prospect.name} struggles with {point}." for point in prospect.pain_points]
    lines = [f"{prospect.name} is {role}." if role else "", prospect.summary or "", *points]
    return "\n".join(part for part in lines if part)
