"""Lists the entries of a user's system log."""

from shared.domains.system_logs.models import LogQuery, SystemLog
from shared.domains.system_logs.repository import repository
from shared.gcp.queries import equal
from shared.kit.paging import Page
from shared.search import lists
from shared.store.repository import Order

_NEWEST_FIRST: Order = (("timestamp", "desc"),)


def page(uid: str, query: LogQuery) -> Page[SystemLog]:
    where = equal(level=query.level, category=query.category)
    if query.since:
        where.append(("timestamp", ">=", query.since))
    return lists.page(
        repository, uid, query.search, where=where, order=_NEWEST_FIRST, limit=query.limit, cursor=query.cursor
    )
