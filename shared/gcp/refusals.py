"""Converts Firestore's errors to AppErrors, which say whether to retry, split the commit, or give up.

A status means what it does for the call that was made: NOT_FOUND is a missing document where one was asked for, and
else a missing database; FAILED_PRECONDITION is a changed document where a write demanded its version, a missing index
where a query was made, and else a database that cannot serve.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import grpc

from shared.errors import (
    AlreadyExists,
    AppError,
    CommitTooLarge,
    DocumentTooLarge,
    FieldError,
    Invalid,
    Misconfigured,
    MissingIndex,
    NotFound,
    PreconditionFailed,
    QuotaExhausted,
    Unavailable,
)
from shared.gcp import event_sources, sizes
from shared.gcp.values import decode_fields
from shared.kit.patterns import lazy_pattern

_NOT_FOUND = grpc.StatusCode.NOT_FOUND.value[0]
_ALREADY_EXISTS = grpc.StatusCode.ALREADY_EXISTS.value[0]
_FAILED_PRECONDITION = grpc.StatusCode.FAILED_PRECONDITION.value[0]
# What a status means whatever was asked. The three above mean a document only where the call is one that asks for it.
_ERRORS: dict[int, type[AppError]] = {
    _NOT_FOUND: Misconfigured,  # the database, or the project
    _FAILED_PRECONDITION: Misconfigured,  # such as a database in Datastore mode
    grpc.StatusCode.PERMISSION_DENIED.value[0]: Misconfigured,
    grpc.StatusCode.UNAUTHENTICATED.value[0]: Misconfigured,
    grpc.StatusCode.INVALID_ARGUMENT.value[0]: Invalid,
    grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]: QuotaExhausted,
}
_NAMES = lazy_pattern(r'"[^"]*"|projects/.*|https?://\S+')  # of documents, which may hold any word
_DATABASE = lazy_pattern(r"\b(database|project|billing|datastore mode)\b", re.I)
# Firestore has no separate codes for these, so the text of its message is matched.
_NARROWER: list[tuple[type[AppError], type[AppError], re.Pattern[str]]] = [
    (QuotaExhausted, CommitTooLarge, lazy_pattern(r"message (exceeds|larger than) max", re.I)),
    (Invalid, CommitTooLarge, lazy_pattern(r"(request|transaction) (payload )?(size|is too)", re.I)),
    (
        Invalid,
        DocumentTooLarge,
        lazy_pattern(r"(maximum|limit).{0,99}\bsize\b|\bsize\b.{0,99}(exceed|maximum|limit)", re.I),
    ),
    (
        Invalid,
        DocumentTooLarge,
        lazy_pattern(r"value of property .{0,99} is longer than|too many (index|properties)", re.I),
    ),
]
# A row with one of these may be sent again. ABORTED and RESOURCE_EXHAUSTED say that it was not applied.
_PASSING = {
    grpc.StatusCode.ABORTED.value[0],
    grpc.StatusCode.UNAVAILABLE.value[0],
    grpc.StatusCode.RESOURCE_EXHAUSTED.value[0],
}
_SENTENCES: dict[type[AppError], str] = {
    AlreadyExists: "the document already exists",
    NotFound: "the document does not exist",
    PreconditionFailed: "the document was changed meanwhile",
    Invalid: "the store refused the request as invalid",
    DocumentTooLarge: f"that would make a document larger than {sizes.MAX_DOCUMENT:,} bytes, the most the store takes;"
    " send less, or remove some of it",
    CommitTooLarge: f"that is more than {sizes.MAX_COMMIT:,} bytes at once, the most the store takes; send it in parts",
    QuotaExhausted: "the store takes no more requests for now; try again later",
    MissingIndex: "the store lacks an index for this query; try again later, or have the indexes deployed",
    Misconfigured: "the service is not completely set up; try again once its operators have mended that",
    Unavailable: "the store did not answer; try again",
}
_PATIENCE: dict[type[AppError], float] = {QuotaExhausted: 30.0, MissingIndex: 60.0, Misconfigured: 60.0}  # seconds
_WAYS_OUT: dict[int, str] = {
    grpc.StatusCode.PERMISSION_DENIED.value[0]: "enable the Firestore API and billing, and grant"
    " roles/datastore.user to the service account that the function runs under",
    grpc.StatusCode.UNAUTHENTICATED.value[0]: "have the function run under a service account that exists",
}
_WAY_OUT = "create the database (default) of GOOGLE_CLOUD_PROJECT, in Native mode"


def commit_too_large() -> CommitTooLarge:
    """The error for a request above `sizes.MAX_COMMIT`."""
    return CommitTooLarge(_SENTENCES[CommitTooLarge])


def of_write(write: Any) -> DocumentTooLarge | None:
    """The error for a write of a whole document above `sizes.MAX_DOCUMENT`, or of more than events carry; else None.

    Only the store knows the resulting size of a partial update. No value counts more than eight times its bytes on the
    wire, so that most writes need no counting.
    """
    if write.update.ByteSize() > sizes.MAX_OF_EVENTS and _has_events(write.update.name):
        return _too_large_for_events(write.update.fields)
    if not write.HasField("update") or write.HasField("update_mask") or write.ByteSize() * 8 < sizes.MAX_DOCUMENT:
        return None
    path = write.update.name.partition("/documents/")[2]
    size = sizes.of_document(path, decode_fields(write.update.fields))
    return DocumentTooLarge(_SENTENCES[DocumentTooLarge]) if size > sizes.MAX_DOCUMENT else None


def _has_events(name: str) -> bool:
    """Whether it is a document users/{uid}/{collection}/{id} whose writes are events."""
    parts = name.partition("/documents/")[2].split("/")
    return len(parts) == 4 and parts[2] in event_sources.COLLECTIONS


def _too_large_for_events(fields: Any) -> DocumentTooLarge:
    largest = max(fields, key=lambda name: fields[name].ByteSize(), default="")
    return DocumentTooLarge(
        f"{largest}: with it the document has more than {sizes.MAX_OF_EVENTS:,} bytes, the most that is kept of one;"
        f" shorten it, of its {fields[largest].ByteSize():,} bytes, or remove others.",
        errors=[FieldError(largest, f"at most {sizes.MAX_OF_EVENTS:,} bytes, all fields together")],
    )


def of_outcome(write: Any, status: Any) -> AppError | None:
    """The AppError for one write of a batch; None where it was applied."""
    return of_writes(status.code, status.message, [write]) if status.code else None


def may_repeat(write: Any, status: Any) -> bool:
    """Whether a write of a batch that was refused may be sent again at once: it does the same if it was applied."""
    applied = status.code == grpc.StatusCode.UNAVAILABLE.value[0]  # perhaps
    return status.code in _PASSING and not (applied and write.update_transforms)


def of_get(code: int, details: str) -> AppError:
    """The AppError for a read of one document: NotFound says that there is none."""
    missing = code == _NOT_FOUND and not _DATABASE.search(_NAMES.sub("", details))
    return _of(NotFound if missing else None, code, details)


def of_query(code: int, details: str) -> AppError:
    """The AppError for a query, a count, or a read of several documents, which answer that there are none."""
    refused = code == _FAILED_PRECONDITION and not _DATABASE.search(_NAMES.sub("", details))
    return _of(MissingIndex if refused else None, code, details)


def of_writes(code: int, details: str, writes: Iterable[Any]) -> AppError:
    """The AppError for a commit, or for one write of a batch: of a document only where a write demands its state."""
    demands = [write.current_document for write in writes if write.HasField("current_document")]
    kind: type[AppError] | None = None
    if code == _ALREADY_EXISTS and any(demand.HasField("exists") and not demand.exists for demand in demands):
        kind = AlreadyExists
    elif demands and not _DATABASE.search(_NAMES.sub("", details)):
        kind = {_NOT_FOUND: NotFound, _FAILED_PRECONDITION: PreconditionFailed}.get(code)
    return _of(kind, code, details)


def raise_failures(
    outcomes: Iterable[AppError | None], *, but: tuple[type[AppError], ...] = (NotFound, PreconditionFailed)
) -> None:
    """Raise the first refusal of a batch, a retriable one first, that is none of a document gone or changed."""
    refused = [refusal for refusal in outcomes if refusal and not isinstance(refusal, but)]
    for refusal in sorted(refused, key=lambda refusal: not refusal.retriable):
        raise refusal


def raise_common(outcomes: Sequence[object]) -> None:
    """Raise the first of the outcomes where the store has taken none for reasons that pass: one answer for all."""
    if outcomes and all(isinstance(outcome, AppError) and outcome.retriable for outcome in outcomes):
        raise next(outcome for outcome in outcomes if isinstance(outcome, AppError))


def _of(kind: type[AppError] | None, code: int, details: str) -> AppError:
    """The error of this kind, or what the status means by itself. The store's message goes to `__cause__`, never to a
    client."""
    kind = kind or _ERRORS.get(code, Unavailable)
    kind = next((narrow for wide, narrow, words in _NARROWER if wide is kind and words.search(details)), kind)
    sentence, patience = _SENTENCES[kind], _PATIENCE.get(kind)
    error = Invalid.of("body", sentence) if kind is Invalid else kind(sentence, retry_after=patience)
    way_out = f"; {_WAYS_OUT.get(code, _WAY_OUT)}" if kind is Misconfigured else ""
    error.__cause__ = RuntimeError(f"firestore status {code}: {details}{way_out}")
    return error
