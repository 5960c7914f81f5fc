"""From a document's change to the sentences a user reads in the activity feed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any

from shared.domains.activity import service
from shared.domains.activity.models import ActivityEvent, ActivityStatus, ActivityType
from shared.kit.ids import derived_id
from shared.kit.links import page_of, page_of_message
from shared.store.changes import Change


@dataclass(frozen=True)
class _Told:
    type: ActivityType
    kind: str
    title: str
    message: str
    metadata: dict[str, Any] = field(default_factory=dict)
    status: ActivityStatus = "success"
    link: str | None = None  # where it is not the document's own page


def describe(change: Change) -> list[ActivityEvent]:
    """The activity events of one change; told twice, they have the same ids."""
    teller = _TELLERS.get(change.collection)
    if teller is None:
        return []
    return [
        service.build(
            change.uid,
            entry.type,
            entry.title,
            entry.message,
            id=derived_id(change.event_id, entry.kind),
            at=change.time,
            status=entry.status,
            metadata=entry.metadata | _automation(change),
            link=None if change.deleted else entry.link or page_of(change.collection, change.id),
        )
        for entry in teller(change)
    ]


def _automation(change: Change) -> dict[str, Any]:
    cause = change.cause
    return {"automation_id": cause["automation_id"], "execution_id": cause["execution_id"]} if cause else {}


def _prospect(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    name = fields.get("name", "A prospect")
    who = f"{name} ({fields['company']})" if fields.get("company") else name
    described = plain = {"prospect_id": change.id, "fit_score": fields.get("fit_score")}
    if change.before is not None and change.after is not None:  # by which a trigger's events of that time are known
        described = (
            plain | {"status": fields.get("status")} | _earlier(change, "status") | _earlier(change, "fit_score")
        )
    if change.created:
        yield _Told("prospect", "created", "New prospect", f"{who} was added.", described)
    elif change.deleted:
        yield _Told("prospect", "deleted", "Prospect deleted", f"{who} was deleted.", described)
    elif change.changed("analysis") and fields.get("analysis"):
        yield _Told(
            "prospect", "analyzed", "Prospect analyzed", f"{who} {_fits(fields.get('fit_score') or 0)}.", described
        )
    elif change.changed("status"):
        status = str(fields.get("status")).replace("_", " ")
        yield _Told("prospect", "status", "Prospect status changed", f"{who} is now {status}.", described)
    if not (change.created or change.deleted) and change.changed("approval_status"):
        approval = fields.get("approval_status")
        yield _Told("prospect", "approval", f"Prospect {approval}", f"{who} was {approval}.", plain)


def _earlier(change: Change, name: str) -> dict[str, Any]:
    before = (change.before or {}).get(name)
    return {f"{name}_before": before} if change.changed(name) else {}


def _fits(score: Any) -> str:
    percent = 100 * score if isinstance(score, int | float) else nan
    return f"fits at {round(percent)} %" if isfinite(percent) else "was analyzed"


def _outreach(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    who = fields.get("prospect_name", "a prospect")
    described = {
        "draft_id": change.id,
        "prospect_id": fields.get("prospect_id"),
        "message_type": fields.get("kind"),
    }
    link = page_of_message(str(fields.get("prospect_id")), change.id)
    if change.created:
        yield _Told(
            "outreach",
            "drafted",
            "Outreach drafted",
            f"A message to {who}: {fields.get('subject')}",
            described,
            link=link,
        )
    elif change.deleted:
        yield _Told("outreach", "deleted", "Outreach deleted", f"The message to {who} was deleted.", described)
    elif change.became("status", "replied"):
        yield _Told("outreach", "status", "Outreach replied", f"{who} replied.", described, link=link)
    elif change.became("delivery", "bounced"):
        why = f"The message to {who} bounced: {fields.get('delivery_reason')}"
        yield _Told("outreach", "bounced", "Outreach bounced", why, described, "failed", link)
    elif change.became("delivery", "complained"):
        why = f"{who} has reported the message as spam."
        yield _Told("outreach", "complained", "Outreach reported as spam", why, described, "failed", link)
    elif change.became("status", "failed"):
        why = f"The message to {who} did not leave: {fields.get('error')}"
        yield _Told("outreach", "status", "Outreach failed", why, described, "failed", link)
    elif change.changed("status"):
        status = str(fields.get("status"))
        state: ActivityStatus = "pending" if status == "sending" else "success"
        what = f"The message to {who} is now {status}."
        yield _Told("outreach", "status", f"Outreach {status}", what, described, state, link)


def _calendar(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    what = str(fields.get("type", "follow_up")).replace("_", " ")
    who = fields.get("prospect_name") or "nobody in particular"
    described = {
        "event_id": change.id,
        "prospect_id": fields.get("prospect_id"),
        "date": fields.get("scheduled_date"),
    }
    on = fields.get("scheduled_date")
    if change.created:
        yield _Told("outreach", "scheduled", "Follow-up scheduled", f"A {what} with {who} on {on}.", described)
    elif change.became("announced", True):
        yield _Told("outreach", "due", "Follow-up due", f"The {what} with {who} was due on {on}.", described)
    elif change.became("completed", True):
        yield _Told("outreach", "completed", "Follow-up completed", f"The {what} with {who} is done.", described)
    elif change.deleted:
        yield _Told(
            "outreach", "deleted", "Follow-up deleted", f"The {what} with {who} on {on} was deleted.", described
        )
    elif change.changed("completed"):
        yield _Told("outreach", "reopened", "Follow-up reopened", f"The {what} with {who} is open again.", described)
    elif change.changed("scheduled_date"):
        yield _Told("outreach", "rescheduled", "Follow-up moved", f"The {what} with {who} is now on {on}.", described)


def _research_task(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    what = f"“{fields.get('title')}”"
    described = {"task_id": change.id}
    if change.created:
        yield _Told("research", "created", "Research task created", f"{what} is queued.", described)
    elif change.deleted:
        yield _Told("research", "deleted", "Research task deleted", f"{what} was deleted.", described)
    elif change.became("status", "running"):
        yield _Told("research", "running", "Research started", f"{what} is running.", described, "pending")
    elif change.became("status", "done"):
        yield _Told("research", "done", "Research completed", f"{what} has its insights.", described)
    elif change.became("status", "failed"):
        yield _Told("research", "failed", "Research failed", f"{what}: {fields.get('error')}", described, "failed")


def _template(change: Change) -> Iterator[_Told]:
    """Its content only: using it or marking it as a favourite leaves `updated_at` as it was."""
    fields = change.after or change.before or {}
    name = fields.get("name", "A template")
    described = {"template_id": change.id, "content_type": fields.get("category")}
    if change.created:
        yield _Told("content", "created", "Template created", f"“{name}” was added.", described)
    elif change.deleted:
        yield _Told("content", "deleted", "Template deleted", f"“{name}” was deleted.", described)
    elif change.changed("updated_at"):
        yield _Told("content", "updated", "Template updated", f"“{name}” was changed.", described)


def _playbook_run(change: Change) -> Iterator[_Told]:
    if not change.created or change.after is None:
        return
    playbook = change.after.get("playbook_id")
    described = {"playbook_id": playbook, "playbook_run_id": change.id, "content_type": "playbook"}
    answered = str(change.after.get("generator")).startswith("llm:")
    done = "was worked through" if answered else "prepared its prompts"
    message = f"“{change.after.get('playbook_name')}” {done}."
    yield _Told("content", "run", "Playbook run", message, described, link=page_of("playbooks", str(playbook)))


def _vault(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    if fields.get("file_id"):
        return  # the file's own event tells of it
    title = fields.get("title", "Untitled")
    described = {"vault_id": change.id, "category": fields.get("category")}
    if change.created:
        yield _Told("insight", "created", "Insight saved", f"{title} is in the knowledge vault.", described)
    elif change.deleted:
        yield _Told(
            "insight", "deleted", "Insight deleted", f"{title} was deleted from the knowledge vault.", described
        )


def _file(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    name = f"“{fields.get('name')}”"
    described = {"file_id": change.id, "vault_id": fields.get("vault_id"), "kind": fields.get("kind")}
    if change.created:
        count = fields.get("chunk_count")
        yield _Told(
            "insight",
            "created",
            "File ingested",
            f"{name} is in the knowledge vault: {count} passage{'' if count == 1 else 's'}.",
            described,
            link=page_of("vault", str(fields.get("vault_id"))),
        )
    elif change.deleted:
        yield _Told("insight", "deleted", "File deleted", f"{name} was deleted from the knowledge vault.", described)


def _automation_definition(change: Change) -> Iterator[_Told]:
    fields = change.after or change.before or {}
    name = f"“{fields.get('name')}”"
    described = {"automation_id": change.id, "trigger": fields.get("trigger")}
    if change.created:
        yield _Told("automation", "created", "Automation created", f"{name} was created.", described)
    elif change.deleted:
        yield _Told("automation", "deleted", "Automation deleted", f"{name} was deleted.", described)
    elif change.became("status", "active"):
        yield _Told("automation", "activated", "Automation activated", f"{name} is active.", described)
    elif change.became("status", "paused"):
        why = f"{name} is paused: {fields.get('paused_reason')}."
        yield _Told("automation", "paused", "Automation paused", why, described, "pending")
    elif change.changed("status"):
        yield _Told("automation", "deactivated", "Automation deactivated", f"{name} is switched off.", described)
    elif change.changed("updated_at"):  # its next time moves on by itself
        yield _Told("automation", "updated", "Automation updated", f"{name} was changed.", described)


_TELLERS: dict[str, Callable[[Change], Iterator[_Told]]] = {
    "prospects": _prospect,
    "outreach": _outreach,
    "calendar_events": _calendar,
    "templates": _template,
    "playbook_runs": _playbook_run,
    "vault": _vault,
    "files": _file,
    "research_tasks": _research_task,
    "automations": _automation_definition,
}
