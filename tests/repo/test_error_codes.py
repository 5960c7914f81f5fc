"""Error codes are public: problem documents, system logs and stored automations name them, so each is pinned here."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest

import shared
from shared.automations.engine.retry import RETRIED
from shared.errors import AppError, Conflict

# Each code: its HTTP status, whether it is tried again, and the codes of what it is a kind of.
CODES = {
    "address-taken": (409, False, ["conflict"]),
    "already-exists": (409, False, ["conflict"]),
    "ambiguous": (502, False, []),
    "answer-lost": (502, False, ["provider-error"]),
    "app-error": (500, False, []),
    "bad-request": (400, False, []),
    "commit-too-large": (413, False, ["payload-too-large"]),
    "conflict": (409, False, []),
    "damaged-index": (500, True, ["unreadable"]),
    "document-too-large": (413, False, ["payload-too-large"]),
    "forbidden": (403, False, []),
    "gone": (410, False, []),
    "interrupted": (503, True, ["unavailable"]),
    "invalid": (422, False, []),
    "loop-detected": (409, False, ["conflict"]),
    "method-not-allowed": (405, False, []),
    "misconfigured": (503, True, ["unavailable"]),
    "missing-index": (503, True, ["unavailable"]),
    "missing-segment": (503, True, ["unavailable"]),
    "newer-schema": (500, True, ["unreadable"]),
    "not-found": (404, False, []),
    "not-ready": (422, False, ["invalid"]),
    "not-yet": (429, True, ["too-many-requests"]),
    "payload-too-large": (413, False, []),
    "precondition-failed": (412, False, []),
    "provider-error": (502, False, []),
    "request-refused": (502, False, ["provider-error"]),
    "quota-exhausted": (503, True, ["unavailable"]),
    "result-too-large": (413, False, ["payload-too-large"]),
    "step-gone": (409, False, ["conflict"]),
    "step-timeout": (503, True, ["unavailable"]),
    "too-many-requests": (429, True, []),
    "unauthenticated": (401, False, []),
    "unavailable": (503, True, []),
    "underway": (429, True, ["not-yet", "too-many-requests"]),
    "undeliverable": (502, False, ["provider-error"]),
    "unreadable": (500, True, []),
    "unsupported-media-type": (415, False, []),
    "untraceable": (502, False, ["ambiguous"]),
    "withheld": (500, False, []),
}


def _kinds(of: type[AppError]) -> Iterator[type[AppError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)


def _all_kinds() -> list[type[AppError]]:
    for found in pkgutil.walk_packages(shared.__path__, "shared."):
        import_module(found.name)
    return [kind for kind in _kinds(AppError) if kind.__module__.startswith("shared.")]


def test_every_error_has_the_code_that_clients_know() -> None:
    kinds = _all_kinds()
    facts = {
        kind.code: (kind.status, kind.retriable, [above.code for above in kind.__mro__[1:] if above in kinds[1:]])
        for kind in kinds
    }
    assert facts == CODES
    assert len(kinds) == len(CODES), "two kinds of error share a code"


def test_a_kind_of_error_without_a_code_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError, match="Nameless"):
        type("Nameless", (Conflict,), {})


def test_the_errors_that_a_step_may_name_for_a_retry_are_retriable() -> None:
    assert {code for code in RETRIED if not CODES[code][1]} == set()
