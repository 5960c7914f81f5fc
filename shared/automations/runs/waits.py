"""Derives why a run does not go on from the fields that its document stores."""

from dataclasses import dataclass
from datetime import datetime

from shared.automations.runs.models import TERMINAL, Execution, PausedBy


@dataclass(frozen=True)
class Step:
    """A step waits for a time, an event, an approval or another run (`kind`), until a deadline if it has one."""

    kind: str
    until: datetime | None
    message: str


@dataclass(frozen=True)
class Review:
    """A person has to say whether an outside effect took place."""

    message: str


@dataclass(frozen=True)
class Inquiry:
    """The provider is asked then whether an outside effect took place."""

    at: datetime
    message: str


@dataclass(frozen=True)
class Retry:
    """The step is tried again then: it has failed, or what it needs was not there yet, such as an approved message."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Turn:
    """Debounce or a rate lets the run begin then."""

    at: datetime


@dataclass(frozen=True)
class Place:
    """The run stands in line for a place, as concurrency is limited, and looks for one by itself then."""

    since: datetime
    at: datetime | None


@dataclass(frozen=True)
class Limits:
    """The run looks then whether its limits let it go on: other runs have reserved the rest of a daily budget, or it
    was held while it stood in line for a place, or its limits were just changed."""

    at: datetime


@dataclass(frozen=True)
class Held:
    """Somebody holds the run. A run at work is held before its next commit. `beneath`: what it waits for besides."""

    by: PausedBy
    beneath: "Unheld | None"


Unheld = Step | Review | Inquiry | Retry | Turn | Place | Limits
Wait = Held | Unheld


def wait_of(execution: Execution) -> Wait | None:
    """Why the run does not go on; None for a run that has ended, is at work, or goes on as soon as a runner has it."""
    if execution.status in TERMINAL:
        return None
    beneath = unheld_wait_of(execution)
    return Held(execution.paused_by or "person", beneath) if execution.paused else beneath


def unheld_wait_of(execution: Execution) -> Unheld | None:
    """What the run waits for, whether somebody holds it or not."""
    if execution.status in TERMINAL:
        return None
    waiting, at = execution.waiting, execution.wake_at
    if waiting:
        return (
            Review(waiting.message) if waiting.kind == "review" else Step(waiting.kind, waiting.until, waiting.message)
        )
    if execution.queued_at:
        return Place(execution.queued_at, at)
    return _until(execution, at) if at else None


def _until(execution: Execution, at: datetime) -> Inquiry | Retry | Turn | Limits:
    """What a run that has only a time to wake at waits for."""
    postponed = next((result.message for result in execution.results.values() if result.status == "waiting"), None)
    if execution.intent and execution.intent.pending:
        return Inquiry(at, postponed or "Asks whether it took place.")
    if execution.attempts or postponed:
        return Retry(at, postponed or execution.attempts[-1].error)
    begun = execution.sequence > 0
    return Turn(at) if not begun and (execution.turns or execution.admitted_at) else Limits(at)
