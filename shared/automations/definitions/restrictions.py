"""Settings that limit an automation's executions: how many at once, how much a day, and re-entry of contacts."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from shared.kit.schema import Input, TimeZone


class Rate(Input):
    """At most `count` runs begin in any stretch of so many `seconds`; the others wait for their turn.

    From a `count` of 64 on, a few of a burst's runs may wait for a turn more than they had to.
    """

    count: Annotated[int, Field(ge=1, le=10_000)]
    seconds: Annotated[float, Field(gt=0, le=86_400)] = 60


class Budget(Input):
    """How much a day may bring. Once it is used up the automation is paused until the day ends in `time_zone`, by
    default that of the user's contact policy: its runs are held, and so are new ones that events start meanwhile. All
    go on with the next day, or sooner when the budget is raised and the automation activated.

    `steps` (each with its record; a wait counts once) and `mails` are never passed. `tokens` are counted when a model
    has answered, so that the answers under way may pass it.
    """

    steps: Annotated[int, Field(ge=1)] | None = None
    mails: Annotated[int, Field(ge=1)] | None = None
    tokens: Annotated[int, Field(ge=1)] | None = None
    time_zone: TimeZone | None = None

    @property
    def is_set(self) -> bool:
        """Whether the budget limits anything."""
        return any((self.steps, self.mails, self.tokens))


class Limits(Input):
    """Of one automation, or of all of a user's together. `concurrency` counts the runs at work, not those that wait.

    With `debounce_seconds` a run begins so long after its event was received, unless an event about the same subject
    that happened later has started one too: of a flurry the last alone is dealt with, the others end as `cancelled`.
    The subject is the prospect; else the document; events without either, such as calls of an automation's address
    that name no `prospect_id`, all have the same.
    """

    concurrency: Annotated[int, Field(ge=1, le=50)] | None = None
    rate: Rate | None = None
    debounce_seconds: Annotated[float, Field(gt=0, le=86_400)] | None = None
    daily: Budget | None = None


class ReentryAfter(Input):
    """A contact may enter again so many days after it has entered last."""

    after_days: Annotated[int, Field(ge=1, le=3_650)]


Reentry = Annotated[
    Literal["always", "never"] | ReentryAfter,
    Field(
        description="Whether an event starts a run for a contact who has been in the automation before: always, never,"
        " or after so many days since the contact entered last. The contact is the prospect, else the document that the"
        " event is about; an event about neither always starts a run. Retrying a run is no entry.",
        examples=["never", {"after_days": 90}],
    ),
]


def may_reenter(reentry: Reentry, since: timedelta) -> bool:
    """Whether a contact may enter again so long after it has entered last."""
    if isinstance(reentry, ReentryAfter):
        return since >= timedelta(days=reentry.after_days)
    return reentry == "always"
