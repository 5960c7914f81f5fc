"""Idempotency-Key: the same POST sent again gets the same answer, and has one effect.

Semantics: IETF draft-ietf-httpapi-idempotency-key-header-07. A key belongs to a user and a path, and is kept
for a day. It is claimed with a create, so of many at once one acts and the others wait for its answer. The claim
draws a random seed, and ids made while acting are derived from it: should the act be repeated after a crash, it
makes the same documents; a key that is used again after its day has a new seed, and makes new ones. An answer too
large for one document, such as the report on a long import, is kept in several.
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

KEPT = timedelta(hours=24)
_LEASE = timedelta(seconds=570)  # longer than any function may run: before, nobody can tell slow from dead
_WAIT_SECONDS = 20.0
_PIECE = 900_000  # bytes: of an answer in one document
_KEPT_HEADERS = ("ETag", "Content-Type", "Content-Disposition", "X-Content-Type-Options")


def once(uid: str, request: Request, body: bytes, act: Callable[[], Response]) -> Response:
    """The answer of `act`, or the one it gave when the key was first used.

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
        return _answer_of_the_first(path, fingerprint)
    try:
        with ids.derived_from(uid, seed):
            response = act()
    except BaseException as error:
        _release(path, error)
        raise
    _keep(path, response)
    return response


def _claim(path: str, fingerprint: str) -> str | None:
    """The seed of the ids of the act, if the key is ours to act on: new, or left behind by one who died or expired."""
    now = clock.now()
    seed = secrets.token_hex(16)
    claim = {"fingerprint": fingerprint, "seed": seed, "lease_until": now + _LEASE, "expires_at": now + KEPT}
    try:
        firestore.client().commit([writes.create(path, claim)])
    except AlreadyExists:
        return _take_over(path, claim)
    return seed


def _take_over(path: str, claim: dict[str, Any]) -> str | None:
    """Claims a key whose day is over, with a new seed, or one left behind within it, with the seed that it has."""
    known = firestore.client().get(path)
    if known is None:
        return None
    now = clock.now()
    if known.data["expires_at"] > now:
        same = known.data["fingerprint"] == claim["fingerprint"]
        if not same or "status" in known.data or known.data["lease_until"] > now:
            return None
        claim = {**claim, "seed": known.data.get("seed", path)}  # claims of before had their path for it
    try:
        firestore.client().commit([writes.Write(path, claim, version=known.version)])
    except PreconditionFailed:
        return None
    return str(claim["seed"])


def _release(path: str, error: BaseException) -> None:
    """After a refusal nothing was done, and the key is free. After any other failure nobody knows: the same body may
    be sent again, at once, and makes the same documents."""
    refused = isinstance(error, AppError) and error.status < 500
    release = writes.delete(path) if refused else writes.update(path, {"lease_until": clock.now()})
    with suppress(AppError):  # then its lease runs out
        firestore.client().commit([release])


def _answer_of_the_first(path: str, fingerprint: str) -> Response:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        known = firestore.client().get(path)
        if known and known.data["fingerprint"] != fingerprint:
            raise Invalid("This Idempotency-Key was used with another body; use a new key for a new request.")
        if known and "status" in known.data:
            return _replay(known)
        if known is None or known.data["lease_until"] <= clock.now() or time.monotonic() > deadline:
            raise Conflict("A request with this Idempotency-Key is still running; try again.", retry_after=2)
        time.sleep(0.05)


def _keep(path: str, response: Response) -> None:
    """One commit."""
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = zlib.compress(response.get_data())
    first, *more = [body[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
    answer = {"status": response.status_code, "headers": headers, "body": first, "more": len(more)}
    expires = clock.now() + KEPT
    others = [writes.Write(_further(path, n), {"body": part, "expires_at": expires}) for n, part in enumerate(more)]
    firestore.client().commit([writes.update(path, answer), *others])


def _replay(known: Document) -> Response:
    others = firestore.client().get_all([_further(known.path, n) for n in range(known.data["more"])])
    body = b"".join([known.data["body"], *(part.data["body"] for part in others if part)])
    response = Response(zlib.decompress(body), status=known.data["status"])
    response.headers.update(known.data["headers"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _further(path: str, number: int) -> str:
    return f"{path}~{number}"
