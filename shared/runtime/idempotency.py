"""Idempotency-Key: a repeated POST has one effect and gets the first one's answer.

Semantics: IETF draft-ietf-httpapi-idempotency-key-header-07. A key belongs to a user and a path, and lives for a day.
A create claims it, so of concurrent requests one acts and the others wait for its answer. The claim draws a random
seed, from which all ids made while acting are derived: an act repeated after a crash makes the same documents. A key
used again after its day gets a new seed, and makes new ones. An answer too large for one document, such as the report
on a long import, is stored in several.
"""

import hashlib
import secrets
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Request, Response

from shared.errors import AlreadyExists, AppError, BadRequest, Conflict, Invalid, PreconditionFailed
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.kit import clock, ids

LIFETIME = timedelta(hours=24)
_LEASE = timedelta(seconds=570)  # longer than any function's timeout: before that, slow and dead look alike
_WAIT_SECONDS = 20.0
_PIECE = 900_000  # bytes: of an answer in one document
_STORED_HEADERS = ("ETag", "Content-Type", "Content-Disposition", "X-Content-Type-Options")


def once(uid: str, request: Request, body: bytes, act: Callable[[], Response]) -> Response:
    """Return the answer of `act`, or its stored answer if the key was used before.

    Raises Invalid when the key was used with another body, Conflict when the first use takes too long.
    """
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return act()
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise BadRequest("Idempotency-Key must have 1 to 255 printable characters.")
    path = f"users/{uid}/idempotency/{ids.derived_id(request.path.rstrip('/'), key)}"
    fingerprint = hashlib.sha256(request.query_string + b"\n" + body).hexdigest()
    seed = _claim(path, fingerprint)
    if seed is None:
        return _await_answer(path, fingerprint)
    try:
        with ids.derived_from(uid, seed):
            response = act()
    except BaseException as error:
        _release(path, error)
        raise
    _keep(path, response)
    return response


def _claim(path: str, fingerprint: str) -> str | None:
    """Claim a key that is new, expired, or abandoned by a dead request; returns the seed, None if it is taken."""
    now = clock.now()
    seed = secrets.token_hex(16)
    claim = {"fingerprint": fingerprint, "seed": seed, "lease_until": now + _LEASE, "expires_at": now + LIFETIME}
    try:
        firestore.client().commit([writes.create(path, claim)])
    except AlreadyExists:
        return _take_over(path, claim)
    return seed


def _take_over(path: str, claim: dict[str, Any]) -> str | None:
    """Claim an expired key, with a new seed, or one whose lease has run out, with its own seed; None if taken."""
    claimed = firestore.client().get(path)
    if claimed is None:
        return None
    now = clock.now()
    if claimed.data["expires_at"] > now:
        same = claimed.data["fingerprint"] == claim["fingerprint"]
        if not same or "status" in claimed.data or claimed.data["lease_until"] > now:
            return None
        claim = {**claim, "seed": claimed.data.get("seed", path)}  # older claims have no seed: their path served as one
    try:
        firestore.client().commit([writes.Write(path, claim, version=claimed.version)])
    except PreconditionFailed:
        return None
    return str(claim["seed"])


def _release(path: str, error: BaseException) -> None:
    """Free the key after a refusal, which changed nothing. After any other failure, whose effect is unknown, end the
    lease: the same body may be sent again at once, and makes the same documents."""
    refused = isinstance(error, AppError) and error.status < 500
    release = writes.delete(path) if refused else writes.update(path, {"lease_until": clock.now()})
    with suppress(AppError):  # then its lease runs out
        firestore.client().commit([release])


def _await_answer(path: str, fingerprint: str) -> Response:
    """Wait for the first request's answer. Raises Invalid for another body, Conflict after 20 seconds."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        claimed = firestore.client().get(path)
        if claimed and claimed.data["fingerprint"] != fingerprint:
            raise Invalid.of(
                "Idempotency-Key", "This Idempotency-Key was used with another body; use a new key for a new request."
            )
        if claimed and "status" in claimed.data:
            return _replay(claimed)
        if claimed is None or claimed.data["lease_until"] <= clock.now() or time.monotonic() > deadline:
            raise Conflict("A request with this Idempotency-Key is still running; try again.", retry_after=2)
        time.sleep(0.05)


def _keep(path: str, response: Response) -> None:
    """Store the answer: one commit."""
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    body = zlib.compress(response.get_data())
    first, *more = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
    answer = {"status": response.status_code, "headers": headers, "body": first, "more": len(more)}
    expires = clock.now() + LIFETIME
    others = [writes.Write(_further(path, n), {"body": part, "expires_at": expires}) for n, part in enumerate(more)]
    firestore.client().commit([writes.update(path, answer), *others])


def _replay(claimed: Document) -> Response:
    others = firestore.client().get_all([_further(claimed.path, n) for n in range(claimed.data["more"])])
    body = b"".join([claimed.data["body"], *(part.data["body"] for part in others if part)])
    response = Response(zlib.decompress(body), status=claimed.data["status"])
    response.headers.update(claimed.data["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _further(path: str, number: int) -> str:
    return f"{path}~{number}"
