"""Every error we raise on purpose: its public code, its HTTP status, whether a retry can help, and when.

Rendered in one place (`runtime/problem.py`); workers decide by `retriable` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field of the input, named by its path, and what is wrong with it."""

    field: str
    message: str


class AppError(Exception):
    """Base of all typed errors. `str(error)` is safe to show to the caller.

    `code` is public: clients read it in `type`, users in the system log, automations name it in `retry.only`.
    """

    code: ClassVar[str] = "app-error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retriable: ClassVar[bool] = False

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = (), retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after

    def __init_subclass__(cls) -> None:
        """Refuses a kind of error that states no code of its own: it would go by its parent's."""
        super().__init_subclass__()
        if "code" not in vars(cls):
            raise TypeError(f"{cls.__name__} states no code.")

    @property
    def codes(self) -> list[str]:
        """The error's own code, then those of the errors that it is a kind of."""
        return [kind.code for kind in type(self).__mro__ if issubclass(kind, AppError)]


class BadRequest(AppError):
    code, status, title = "bad-request", 400, "Bad request"


class Unauthenticated(AppError):
    code, status, title = "unauthenticated", 401, "Not signed in"


class Forbidden(AppError):
    code, status, title = "forbidden", 403, "Not allowed"


class NotFound(AppError):
    code, status, title = "not-found", 404, "Not found"


class Gone(AppError):
    """It was there, and is deleted for good."""

    code, status, title = "gone", 410, "Gone"


class MethodNotAllowed(AppError):
    code, status, title = "method-not-allowed", 405, "Method not allowed"

    def __init__(self, detail: str, allowed: Sequence[str]) -> None:
        super().__init__(detail)
        self.allowed = tuple(allowed)


class Conflict(AppError):
    code, status, title = "conflict", 409, "Conflict"


class Unreadable(AppError):
    """A stored document does not fit its model. A version of the code that wrote it may read it: worth a retry."""

    code, status, title, retriable = "unreadable", 500, "Stored data cannot be read", True


class NewerSchema(Unreadable):
    """A stored document is of a later version than this code knows: code that is being replaced meets it."""

    code = "newer-schema"


class AlreadyExists(Conflict):
    """A create met an existing document."""

    code = "already-exists"


class LoopDetected(Conflict):
    """The call comes round in a circle of automations that start each other."""

    code = "loop-detected"


class PreconditionFailed(AppError):
    """The document is not in the state that the write demanded."""

    code, status, title = "precondition-failed", 412, "Changed meanwhile"

    @classmethod
    def changed(cls, noun: str) -> "PreconditionFailed":
        """The answer to a client whose If-Match names another version than the document has now."""
        return cls(f"The {noun} was changed meanwhile; read it again, then repeat.")


class PayloadTooLarge(AppError):
    code, status, title = "payload-too-large", 413, "Too large"


class DocumentTooLarge(PayloadTooLarge):
    """A write would make a document larger than the store takes."""

    code = "document-too-large"


class ResultTooLarge(PayloadTooLarge):
    """What a step has brought is more than is kept of one."""

    code = "result-too-large"


class CommitTooLarge(PayloadTooLarge):
    """One request to the store holds more than it takes; fewer writes at once may pass."""

    code = "commit-too-large"


class UnsupportedMediaType(AppError):
    code, status, title = "unsupported-media-type", 415, "Unsupported media type"


class Invalid(AppError):
    """The input was understood and refused; `errors` names the fields."""

    code, status, title = "invalid", 422, "Invalid input"

    def __init__(self, detail: str, *, errors: Sequence[FieldError]) -> None:
        super().__init__(detail, errors=errors)

    @classmethod
    def at(cls, field: str, message: str) -> "Invalid":
        """Refuses one field; the half sentence stands behind its name: "limit: at most 500"."""
        return cls(f"{field}: {message}.", errors=[FieldError(field, message)])

    @classmethod
    def of(cls, field: str, sentence: str) -> "Invalid":
        """Refuses one field, with a sentence that says by itself what is meant: "The file is empty."."""
        return cls(sentence, errors=[FieldError(field, sentence)])


class TooManyRequests(AppError):
    code, status, title, retriable = "too-many-requests", 429, "Too many requests", True


class NotYet(TooManyRequests):
    """It is not the caller's turn yet. Nothing has failed: who waits for it uses up none of its attempts."""

    code = "not-yet"


class Unavailable(AppError):
    """Something we depend on did not answer; the same call may succeed later."""

    code, status, title, retriable = "unavailable", 503, "Temporarily unavailable", True


class QuotaExhausted(Unavailable):
    """The store takes no more for now: its own limits or the project's are used up."""

    code = "quota-exhausted"


class MissingIndex(Unavailable):
    """A query has no index in the store. It may still be being built; else somebody has to deploy it."""

    code = "missing-index"


class Misconfigured(Unavailable):
    """The deployment lacks what the call needs: a database, a right, an account. A person has to mend it."""

    code = "misconfigured"


class ProviderError(AppError):
    """A provider answered, and its answer is final: the sentence says what to do."""

    code, status, title = "provider-error", 502, "Provider refused"


class RequestRefused(ProviderError):
    """A provider found fault with a request's form: another form of it may be taken."""

    code = "request-refused"


class Undeliverable(ProviderError):
    """A mail server refused the recipient's address itself, for good: nothing will ever be delivered there.

    `answer` is what it answered with, such as 550 5.1.1, `reason` its own words.
    """

    code = "undeliverable"

    def __init__(self, detail: str, *, recipient: str, answer: str, reason: str) -> None:
        super().__init__(detail)
        self.recipient, self.answer, self.reason = recipient, answer, reason


class AnswerLost(ProviderError):
    """A provider did what it was asked, but its answer cannot be kept: it is not asked again for that."""

    code = "answer-lost"


class Ambiguous(AppError):
    """A provider may or may not have done what it was asked: never repeated without being told."""

    code, status, title = "ambiguous", 502, "Outcome unknown"


class Untraceable(Ambiguous):
    """Ambiguous, and the provider cannot be asked what became of it, now or later: a person has to say."""

    code = "untraceable"


class Withheld(AppError):
    """A dry run came to something that would act on the world."""

    code = "withheld"
