"""What a rehearsal says of an execution."""

from datetime import datetime

from pydantic import Field

from shared.automations.runs.wait_views import WaitView
from shared.domains.content.readiness.findings import Finding
from shared.kit.fields import Fields
from shared.kit.schema import Model


class WouldWrite(Model):
    operation: str
    path: str
    fields: Fields


class WouldSend(Model):
    """A text as it would leave. With `findings` it would be refused for them, and nothing would leave."""

    channel: str
    recipient: str
    preview: Fields
    findings: list[Finding] = []
    at: datetime | None = Field(None, exclude=True)  # when, in a time that goes on


class Held(Model):
    """A step that would have been held up, and why."""

    step: str
    rule: str  # of the contact governor; `step` where the step itself waits
    reason: str
    since: datetime
    until: datetime


class DryStep(Model):
    step: str
    action: str
    status: str
    message: str
    code: str | None  # of the error, of one that failed
    input: Fields
    output: Fields
    writes: list[WouldWrite]
    messages: list[WouldSend]
    waiting_for: WaitView | None


class DryCost(Model):
    """`commits` and `writes` are the most that the engine would make, the start included: light steps share them."""

    steps: int
    commits: int
    writes: int
    mails: int
    messages: int
    provider_calls: int


class DryRun(Model):
    """`filter_passes`: on the document as it is, which is then `before` and `after`; None where there is no filter or
    it cannot be evaluated. `truncated`: the run would go on beyond the steps that are told."""

    status: str
    error: str | None
    filter_passes: bool | None
    truncated: bool
    steps: list[DryStep]
    writes: list[WouldWrite]
    messages: list[WouldSend]
    cost: DryCost
    held: list[Held] = Field([], exclude=True)  # in a time that goes on
