"""Lists a user's prospects: filtered, sorted, and by the words that somebody types."""

from shared.domains.prospects.models import Prospect, ProspectQuery
from shared.domains.prospects.repository import repository
from shared.gcp.queries import equal
from shared.kit.paging import Page
from shared.search import lists
from shared.store.repository import Order


def page(uid: str, query: ProspectQuery) -> Page[Prospect]:
    where = equal(status=query.status)
    order: Order = [(query.sort_by, query.sort_order or ("asc" if query.sort_by == "company" else "desc"))]
    return lists.page(repository, uid, query.search, where=where, order=order, limit=query.limit, cursor=query.cursor)
