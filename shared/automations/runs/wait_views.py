"""Tells people why an execution does not go on, in one sentence."""

from datetime import datetime
from typing import Self, assert_never

from shared.automations.runs import waits
from shared.automations.runs.models import Execution, PausedBy
from shared.kit.schema import Part

_HELD: dict[PausedBy, str] = {
    "person": "A person holds it until it is resumed.",
    "automation": "Its automation is paused; it goes on when the automation does.",
    "kill_switch": "The kill switch is on; it goes on when that is switched off.",
}


class WaitView(Part):
    """`step` is the step's key; None where the run as a whole waits."""

    kind: str
    until: datetime | None
    what: str
    step: str | None = None

    @classmethod
    def of(cls, execution: Execution) -> Self | None:
        """What the execution waits for; None where nothing keeps it from going on."""
        wait = waits.wait_of(execution)
        waiting = execution.waiting if isinstance(wait, waits.Step | waits.Review) else None
        return cls.of_wait(wait, waiting.key if waiting else None) if wait else None

    @classmethod
    def of_wait(cls, wait: waits.Wait, step: str | None) -> Self:
        return cls(kind=_kind(wait), until=_until(wait), what=_sentence(wait), step=step)


def _sentence(wait: waits.Wait) -> str:
    match wait:
        case waits.Step(kind="approval", message=message):
            return f"Waits for an approval: {message}"
        case waits.Step(message=message):
            return message
        case waits.Review(message=message):
            return f"Waits for a person to say whether it took place: {message}"
        case waits.Inquiry(at=at):
            return f"Asks the provider at {_time(at)} whether it took place."
        case waits.Retry(at=at, reason=reason):
            return f"Tries again at {_time(at)}: {reason}"
        case waits.Turn(at=at):
            return f"Waits until {_time(at)} for its turn to begin."
        case waits.Place():
            return "Waits for another run to make room: as many are at work as may be at once."
        case waits.Limits(at=at):
            return f"Looks again at {_time(at)} whether the limits of its automation let it go on."
        case waits.Held(by=by):
            return _HELD[by]
        case _:
            assert_never(wait)


def _kind(wait: waits.Wait) -> str:
    """A step's own kind, else the name of what is waited for."""
    return wait.kind if isinstance(wait, waits.Step) else type(wait).__name__.lower()


def _until(wait: waits.Wait) -> datetime | None:
    match wait:
        case waits.Step(until=until):
            return until
        case waits.Inquiry(at=at) | waits.Retry(at=at) | waits.Turn(at=at) | waits.Limits(at=at):
            return at
        case _:
            return None


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
