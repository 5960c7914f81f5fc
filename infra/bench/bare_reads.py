"""Functions without a product: they read documents with Google's client, and answer them as JSON."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic_core import to_json

PATH, QUESTION_PATH = "/api/bare", "/api/bare-question"


@functions_framework.http
def bare_reads(request: Request) -> Response:
    """GET /api/bare/<path of a document, or of a collection with a limit>."""
    path, limit = request.path.removeprefix(f"{PATH}/"), request.args.get("limit", type=int)
    if limit is None:
        return _answer([_client().document(path).get()])
    return _answer(_client().collection(path).order_by("created_at", direction="DESCENDING").limit(limit).get())


@functions_framework.http
def bare_question(request: Request) -> Response:
    """GET /api/bare-question/<path of a user>?id=<that of an item>&id=…: what a question to the vault reads, one thing
    after the other: the manifest of the index, the marks of changes, the items of its passages."""
    user, client = request.path.removeprefix(f"{QUESTION_PATH}/"), _client()
    client.document(f"{user}/search/manifest").get()
    since = FieldFilter("index_at", ">", datetime.now(UTC))
    client.collection(f"{user}/stream").where(filter=since).limit(1).get()
    return _answer(client.get_all([client.document(f"{user}/vault/{id}") for id in request.args.getlist("id")]))


def _answer(rows: Iterable[Any]) -> Response:
    return Response(to_json({"rows": [row.to_dict() for row in rows]}), content_type="application/json")


@cache
def _client() -> firestore.Client:
    return firestore.Client()
