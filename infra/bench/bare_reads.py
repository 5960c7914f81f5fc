"""A function without a product: reads documents with Google's client, and answers them as JSON."""

from functools import cache

import functions_framework
from flask import Request, Response
from google.cloud import firestore
from pydantic_core import to_json

PATH = "/api/bare"


@functions_framework.http
def bare_reads(request: Request) -> Response:
    """GET /api/bare/<path of a document, or of a collection with a limit>."""
    path, limit = request.path.removeprefix(f"{PATH}/"), request.args.get("limit", type=int)
    if limit is None:
        rows = [_client().document(path).get()]
    else:
        rows = _client().collection(path).order_by("created_at", direction="DESCENDING").limit(limit).get()
    return Response(to_json({"rows": [row.to_dict() for row in rows]}), content_type="application/json")


@cache
def _client() -> firestore.Client:
    return firestore.Client()
