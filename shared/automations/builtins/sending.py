"""Sends one message because a person asked, with the same step, ledger and send limits as in an automation."""

from collections.abc import Sequence
from datetime import datetime

from shared.automations.builtins.base import Builtin
from shared.automations.definitions.models import Step
from shared.automations.runs import queue
from shared.automations.runs import store as run_store
from shared.automations.runs.models import Execution, TriggerEvent
from shared.domains.outreach import send_check
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.domains.prospects import service as prospects
from shared.errors import Conflict
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.links import page_of_message
from shared.store.optimistic import Edit


def send(uid: str, id: str, version: datetime | None = None) -> Outreach:
    """Starts the execution that sends a message: one read, one commit, one publish. Raises NotFound, Conflict,
    NotReady."""

    def begin(current: Outreach) -> Edit[Execution]:
        if current.status in ("sent", "replied"):
            raise Conflict(f"This message is {current.status} already; draft a new one.")
        if current.status == "sending":
            raise Conflict("This message is on its way already.")
        _check(current)
        sends = current.sends + 1
        event = TriggerEvent(
            id=f"{id}:{sends}",
            trigger="manual",
            collection="outreach",
            document_id=id,
            data={"outreach_id": id, "prospect_id": current.prospect_id, "subject": current.subject},
        )
        run = BUILTIN.execution(uid, event)
        fields = {"status": "approved", "sends": sends, "error": None}
        return Edit(fields, [run_store.executions.to_create(run)], result=run)

    message, run = outreach.repository.edit_with(uid, id, begin, version=version)
    queue.hand_over([queue.message(run)])
    return message


def _check(message: Outreach) -> None:
    """Raises NotReady for an unfinished text. If the draft had findings, they are taken anew on the prospect: one
    read."""
    if message.findings and not message.send_as_is:
        prospect = prospects.find(message.user_id, message.prospect_id)
        if findings := send_check.check_before_sending(message, prospect):
            raise send_check.not_ready(message, findings, message.prospect_name)


def _ended(execution: Execution) -> Sequence[Write]:
    """Builds the write that fails the message of a failed execution."""
    if execution.status != "failed" or execution.event.document_id is None:
        return ()
    failed = {"status": "failed", "error": execution.error, "updated_at": clock.now()}
    return [outreach.repository.to_update(execution.user_id, execution.event.document_id, failed)]


BUILTIN = Builtin(
    id="send_outreach",
    title="Send a message",
    category="outreach",
    link=lambda event: page_of_message(event.data["prospect_id"], str(event.document_id)),
    steps=[Step(id="send", action="send_outreach")],
    ended=_ended,
)
