"""Every error we raise on purpose: its HTTP status, whether a retry can help, and when.

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
    """Base of all typed errors. `str(error)` is safe to show to the caller."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retriable: ClassVar[bool] = False

    def __init__(self, detail: str, *, errors: Sequence[FieldError] = (), retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """A stable machine name: the class's, in kebab case."""
        return _kebab(type(self).__name__)

    @property
    def codes(self) -> list[str]:
        """Its own name and those of the errors that it is a kind of."""
        return [_kebab(kind.__name__) for kind in type(self).__mro__ if issubclass(kind, AppError)]


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


class BadRequest(AppError):
    status, title = 400, "Bad request"


class Unauthenticated(AppError):
    status, title = 401, "Not signed in"


class Forbidden(AppError):
    status, title = 403, "Not allowed"


class NotFound(AppError):
    status, title = 404, "Not found"


class MethodNotAllowed(AppError):
    status, title = 405, "Method not allowed"

    def __init__(self, detail: str, allowed: Sequence[str]) -> None:
        super().__init__(detail)
        self.allowed = tuple(allowed)


class Conflict(AppError):
    status, title = 409, "Conflict"


class Unreadable(AppError):
    """A stored document does not fit its model. A version of the code that wrote it may read it: worth a retry."""

    status, title, retriable = 500, "Stored data cannot be read", True


class AlreadyExists(Conflict):
    """A create met an existing document."""


class LoopDetected(Conflict):
    """The call comes round in a circle of automations that start each other."""


class PreconditionFailed(AppError):
    """The document is not in the state that the write demanded."""

    status, title = 412, "Changed meanwhile"


class PayloadTooLarge(AppError):
    status, title = 413, "Too large"


class DocumentTooLarge(PayloadTooLarge):
    """A write would make a document larger than the store takes."""


class ResultTooLarge(PayloadTooLarge):
    """What a step has brought is more than is kept of one."""


class CommitTooLarge(PayloadTooLarge):
    """One request to the store holds more than it takes; fewer writes at once may pass."""


class UnsupportedMediaType(AppError):
    status, title = 415, "Unsupported media type"


class Invalid(AppError):
    """The input was understood and refused; `errors` names the fields."""

    status, title = 422, "Invalid input"

    @classmethod
    def at(cls, field: str, message: str) -> "Invalid":
        """What is wrong with one field: a half sentence."""
        return cls(f"{field}: {message}.", errors=[FieldError(field, message)])


class TooManyRequests(AppError):
    status, title, retriable = 429, "Too many requests", True


class NotYet(TooManyRequests):
    """It is not the caller's turn yet. Nothing has failed: who waits for it uses up none of its attempts."""


class Unavailable(AppError):
    """Something we depend on did not answer; the same call may succeed later."""

    status, title, retriable = 503, "Temporarily unavailable", True


class QuotaExhausted(Unavailable):
    """The store takes no more for now: its own limits or the project's are used up."""


class MissingIndex(Unavailable):
    """A query has no index in the store. It may still be being built; else somebody has to deploy it."""


class ProviderError(AppError):
    """A provider answered, and its answer is final: the sentence says what to do."""

    status, title = 502, "Provider refused"


class AnswerLost(ProviderError):
    """A provider did what it was asked, but its answer cannot be kept: it is not asked again for that."""


class Ambiguous(AppError):
    """A provider may or may not have done what it was asked: never repeated without being told."""

    status, title = 502, "Outcome unknown"


class Untraceable(Ambiguous):
    """As above, and the provider cannot be asked what became of it, now or later: a person has to say."""


class Withheld(AppError):
    """A dry run came to something that would act on the world."""
