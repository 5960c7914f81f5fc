"""Converts Firestore's errors to AppErrors, which say whether to retry, split the commit, or give up."""

import re
from typing import Any

import grpc

from shared.errors import (
    AlreadyExists,
    AppError,
    CommitTooLarge,
    DocumentTooLarge,
    Invalid,
    MissingIndex,
    NotFound,
    PreconditionFailed,
    QuotaExhausted,
    Unavailable,
)
from shared.gcp import sizes
from shared.gcp.values import decode_fields

_ERRORS: dict[int, type[AppError]] = {
    grpc.StatusCode.ALREADY_EXISTS.value[0]: AlreadyExists,
    grpc.StatusCode.NOT_FOUND.value[0]: NotFound,
    grpc.StatusCode.FAILED_PRECONDITION.value[0]: PreconditionFailed,
    grpc.StatusCode.INVALID_ARGUMENT.value[0]: Invalid,
    grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]: QuotaExhausted,
}
# Firestore has no separate codes for these, so the text of its message is matched.
_NARROWER: list[tuple[type[AppError], type[AppError], re.Pattern[str]]] = [
    (PreconditionFailed, MissingIndex, re.compile(r"requires an? .{0,300}index", re.I)),
    (QuotaExhausted, CommitTooLarge, re.compile(r"message (exceeds|larger than) max", re.I)),
    (Invalid, CommitTooLarge, re.compile(r"(request|transaction) (payload )?(size|is too)", re.I)),
    (
        Invalid,
        DocumentTooLarge,
        re.compile(r"(maximum|limit).{0,99}\bsize\b|\bsize\b.{0,99}(exceed|maximum|limit)", re.I),
    ),
    (
        Invalid,
        DocumentTooLarge,
        re.compile(r"value of property .{0,99} is longer than|too many (index|properties)", re.I),
    ),
]
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
    Unavailable: "the store did not answer; try again",
}
_PATIENCE: dict[type[AppError], float] = {QuotaExhausted: 30.0, MissingIndex: 60.0}  # seconds until a retry


def commit_too_large() -> CommitTooLarge:
    """The error for a request above `sizes.MAX_COMMIT`."""
    return CommitTooLarge(_SENTENCES[CommitTooLarge])


def of_write(write: Any) -> DocumentTooLarge | None:
    """The error for a write of a whole document above `sizes.MAX_DOCUMENT`; None for any other write.

    Only the store knows the resulting size of a partial update. No value counts more than eight times its bytes on the
    wire, so that most writes need no counting.
    """
    if not write.HasField("update") or write.HasField("update_mask") or write.ByteSize() * 8 < sizes.MAX_DOCUMENT:
        return None
    path = write.update.name.partition("/documents/")[2]
    size = sizes.of_document(path, decode_fields(write.update.fields))
    return DocumentTooLarge(_SENTENCES[DocumentTooLarge]) if size > sizes.MAX_DOCUMENT else None


def of_outcome(status: Any) -> AppError | None:
    """The AppError for one write of a batch; None where the write was applied."""
    return of_status(status.code, status.message) if status.code else None


def of_status(code: int, details: str) -> AppError:
    """The AppError for a gRPC status. The store's message goes to `__cause__`, never to a client."""
    kind = _ERRORS.get(code, Unavailable)
    kind = next((narrow for wide, narrow, words in _NARROWER if wide is kind and words.search(details)), kind)
    sentence, patience = _SENTENCES[kind], _PATIENCE.get(kind)
    error = Invalid.of("body", sentence) if kind is Invalid else kind(sentence, retry_after=patience)
    error.__cause__ = RuntimeError(f"firestore status {code}: {details}")
    return error
