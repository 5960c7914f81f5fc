"""Lists a user's files."""

from shared.domains.files.models import File, FileQuery
from shared.domains.files.repository import repository
from shared.gcp.queries import equal
from shared.kit.paging import Page
from shared.search import lists


def page(uid: str, query: FileQuery) -> Page[File]:
    where = equal(kind=query.kind)
    return lists.page(repository, uid, query.search, where=where, limit=query.limit, cursor=query.cursor)
