"""Discovery without a provider: the user's own prospects that meet the criteria, and a note that says so."""

from pydantic import BaseModel

from shared.domains.prospects.models import DiscoverInput, Prospect
from shared.domains.prospects.repository import repository
from shared.errors import Invalid
from shared.gcp.queries import Where
from shared.kit import tokens
from shared.store.repository import NEWEST_FIRST

_SEARCHED = 1_000


class Discovery(BaseModel):
    discovered_count: int
    prospects: list[Prospect]
    note: str


def discover(uid: str, data: DiscoverInput) -> Discovery:
    """One query: the index finds the longest word, the rest is compared here.

    A prospect has no industry and no location of its own, so those are looked for in all its searched fields.
    """
    sought = " ".join(filter(None, [data.company_name, data.industry, data.location]))
    narrowest = _narrowest(sought, data.job_titles)
    candidates = repository.select(uid, where=[narrowest], order=NEWEST_FIRST, limit=_SEARCHED)
    found = [prospect for prospect in candidates if _meets(prospect, sought, data.job_titles)]
    shown = found[: data.max_results]
    return Discovery(
        discovered_count=len(shown),
        prospects=shown,
        note="No discovery provider is connected, so these are the prospects you already have that meet the "
        "criteria; nobody new was searched for.",
    )


def _narrowest(sought: str, titles: list[str]) -> Where:
    """The filter that an index can answer; every criterion but this one is left to `_meets`."""
    words = tokens.words(sought)
    if words:
        return ("search_tokens", "array-contains", max(words, key=len)[: tokens.LONGEST])
    longest = [max(tokens.words(title), key=len)[: tokens.LONGEST] for title in titles if tokens.words(title)]
    if not longest:
        raise Invalid.at("company_name", "give at least one of company_name, industry, location, job_titles")
    return ("search_tokens", "array-contains-any", sorted(set(longest)))


def _meets(prospect: Prospect, sought: str, titles: list[str]) -> bool:
    if not tokens.matches(sought, prospect.search_tokens()):
        return False
    title = tokens.prefixes([prospect.job_title])
    return not titles or any(tokens.words(wanted) and tokens.matches(wanted, title) for wanted in titles)
