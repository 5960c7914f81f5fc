"""Queries that Firestore answers at once: the first documents of a collection, in some order.

A query's rows come in a message each, and to take one costs as much as to decode the document in it; a list's come
together.
"""

from typing import Any

from shared.gcp.messages import firestore as _rpc
from shared.gcp.queries import NAME, Query, orders
from shared.gcp.writes import field_path

MOST = 300  # rows; of longer lists the store is the more likely to answer a part


def serves(query: Query) -> bool:
    """Whether a list has a query's rows: it has neither filters nor cursors, and no mask that leaves the name alone."""
    short = query.limit is not None and query.limit <= MOST
    return short and not (query.group or query.where or query.after or NAME in query.fields)


def to_wire(query: Query, parent: str) -> Any:
    """Convert a query that a list serves to a protobuf request."""
    order = ", ".join(f"{path} {direction}" for path, direction in orders(query))
    request = _rpc.ListDocumentsRequest(
        parent=parent, collection_id=query.collection, page_size=query.limit, order_by=order
    )
    if query.fields:  # an empty mask would leave out all
        request.mask.field_paths.extend(field_path(*path.split(".")) for path in query.fields)
    return request


def is_whole(answer: Any, query: Query) -> bool:
    """Whether an answer has all that the query asks for: the store may answer fewer documents than there are."""
    return not answer.next_page_token or len(answer.documents) == query.limit
