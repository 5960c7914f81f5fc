"""Ask people: the run goes on once enough of them have agreed."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from shared.automations.actions import outgoing
from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.automations.runs.models import Waiting
from shared.domains import notifications
from shared.domains.notifications import Notification
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.errors import Forbidden, NotFound
from shared.kit import clock
from shared.kit.links import page_of_execution
from shared.kit.schema import Id, Input, Text


class Config(Input):
    """`required` (or `n`) of the `approvers`, anybody signed in if none are named, have to agree before `timeout`
    (or `expires_in`) seconds. The wait shows the message that the run has drafted last, as it would leave, with its
    findings."""

    message: Text
    title: Text = "Your approval is needed"
    required: Annotated[int, Field(ge=1, le=20, validation_alias=AliasChoices("required", "n"))] = 1
    approvers: Annotated[list[Id], Field(max_length=20)] = []
    timeout: Annotated[float, Field(gt=0, le=366 * 86_400, validation_alias=AliasChoices("timeout", "expires_in"))] = (
        7 * 86_400
    )
    on_expiry: Literal["reject", "approve"] = "reject"

    @model_validator(mode="after")
    def _enough_of_them(self) -> Self:
        if self.approvers and len(set(self.approvers)) < self.required:
            raise ValueError(f"required: {self.required} cannot agree, as only {len(set(self.approvers))} are named")
        return self


def run(context: StepContext, config: Config) -> Wait:
    execution = context.execution
    text = {"title": config.title, "message": config.message}
    outgoing.check(context, text, recipient="the approvers", text=text)
    drafts = [_as_it_would_leave(message) for message in _drafted(context)]
    notification = Notification(
        **context.new_document("approval"),
        type="info",
        priority="high",
        title=config.title,
        message=config.message,
        link=page_of_execution(execution.automation_id, execution.id),
        prospect_id=context.prospect_id(),
    )
    context.create(notifications.repository, notification)
    about = {"required": config.required, "approvers": config.approvers, "drafts": drafts}
    return Wait(clock.now() + timedelta(seconds=config.timeout), config.message, "approval", about)


def _drafted(context: StepContext) -> Iterator[Outreach]:
    """The message that the run has drafted last: a read. One that was deleted meanwhile is left out."""
    results = sorted(context.execution.results.values(), key=lambda result: result.sequence, reverse=True)
    latest = next((id for result in results if isinstance(id := result.output.get("outreach_id"), str)), None)
    with suppress(NotFound):
        yield from [context.read(outreach.repository, latest)] if latest else []


def _as_it_would_leave(message: Outreach) -> dict[str, Any]:
    shown = message.model_dump(include={"subject", "body", "prospect_name", "findings", "send_as_is"})
    return {"outreach_id": message.id, **shown}


def resume(context: StepContext, config: Config, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    votes = _votes(signals, context.execution.generation)
    agreed = [vote["approver"] for vote in votes if vote["approved"]]
    refused = [vote["approver"] for vote in votes if not vote["approved"]]
    output = {"approved": True, "approved_by": agreed, "rejected_by": refused, "votes": votes}
    if len(agreed) >= config.required:
        return Done(f"Approved by {', '.join(agreed)}.", output)
    # Without a list one refusal decides; with one, as soon as too few are left who could agree.
    if refused and len(config.approvers or refused) - len(refused) < config.required:
        comments = "; ".join(vote["comment"] for vote in votes if vote.get("comment"))
        raise Forbidden(f"Rejected by {', '.join(refused)}{': ' + comments if comments else ''}.")
    if waiting.until and clock.now() < waiting.until:
        return None
    if config.on_expiry == "approve":
        return Done("Nobody objected in time.", {**output, "expired": True})
    raise Forbidden("The approval expired: too few agreed in time.")


def _votes(signals: Mapping[str, Any], generation: int) -> list[dict[str, Any]]:
    """The decisions about this very question: a run that was taken up again asks anew."""
    return [
        {name: value for name, value in vote.items() if name != "generation"} | {"approver": approver}
        for approver, vote in sorted(signals.items())
        if vote.get("generation", 0) == generation
    ]


def _rehearse(wait: Wait) -> Mapping[str, Any]:
    return {"approved": True, "approved_by": ["dry run"], "rejected_by": []}


ACTION = Action(
    name="approval",
    title="Ask for approval",
    config=Config,
    run=run,
    resume=resume,
    light=True,
    rehearse=_rehearse,
    short_form={"message": "May it go on{{ ' with ' ~ event.name if event.name }}?"},
)
