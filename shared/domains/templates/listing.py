"""Lists a user's templates."""

from shared.domains.templates.models import Template, TemplateQuery
from shared.domains.templates.repository import repository
from shared.gcp.queries import equal
from shared.kit.paging import Page
from shared.search import lists


def page(uid: str, query: TemplateQuery) -> Page[Template]:
    """Two round trips in parallel; one for a search of several words or within a tag."""
    where = equal(category=query.category, is_favorite=query.is_favorite)
    if query.tag:
        where.append(("tags", "array-contains", query.tag))
    return lists.page(repository, uid, query.search, where=where, limit=query.limit, cursor=query.cursor)
