"""Discovery without a provider: the user's own prospects that meet the criteria, and a note that says so."""

from dataclasses import replace

from shared.domains.prospects.models import DiscoverInput, Prospect
from shared.domains.prospects.repository import repository
from shared.errors import Invalid
from shared.kit.schema import Model
from shared.search.results import Filters
from shared.search.text import query as queries
from shared.search.text.query import Query

_OF_PROSPECTS = Filters(kinds=("prospects",))


class Discovery(Model):
    discovered_count: int
    prospects: list[Prospect]
    note: str


def discover(uid: str, data: DiscoverInput) -> Discovery:
    """The newest that have all words sought and those of one of the titles: two round trips, a read for each shown.

    A prospect has no industry and no location of its own, so those are looked for in all its searched fields.
    """
    from shared.search import service as search_index

    sought = queries.plain(" ".join(filter(None, [data.company_name, data.industry, data.location])))
    alternatives = [_with_title(sought, title) for title in data.job_titles] or [sought]
    asked = [query for query in alternatives if query.wanted]
    if not asked:
        raise Invalid.at("company_name", "give at least one of company_name, industry, location, job_titles")
    keys = search_index.answer(
        uid, lambda index: [index.all_matching(query, _OF_PROSPECTS) for query in asked], kinds=_OF_PROSPECTS.kinds
    )
    matching = {key.id: at for some in keys for key, at in some}
    newest = sorted(matching, key=lambda id: (matching[id], id), reverse=True)
    shown = [*repository.get_many(uid, newest[: data.max_results]).values()]
    return Discovery(
        discovered_count=len(shown),
        prospects=shown,
        note="No discovery provider is connected, so these are the prospects you already have that meet the "
        "criteria; nobody new was searched for.",
    )


def _with_title(sought: Query, title: str) -> Query:
    """The query of what is sought, and of a title."""
    roles = tuple(replace(term, field="role") for term in queries.plain(title).wanted)
    return replace(sought, wanted=sought.wanted + roles)
