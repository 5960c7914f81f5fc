"""Stores, changes, lists and deletes outreach messages, and records replies."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domains.content import manual_prompts
from shared.domains.content.manual_prompts import OutreachPrompt
from shared.domains.outreach.models import (
    Outreach,
    OutreachInput,
    OutreachQuery,
    OutreachUpdate,
    PromptInput,
    ReplyInput,
)
from shared.domains.outreach.repository import repository as repository
from shared.domains.personas import service as personas
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.errors import Conflict
from shared.gcp.writes import ArrayRemove, ArrayUnion, Increment, Write
from shared.kit import clock
from shared.kit.paging import Page
from shared.kit.schema import stamp
from shared.store import together
from shared.store.optimistic import Edit
from shared.store.together import Lookup

_TEXT = ("subject", "body")


def list_page(uid: str, query: OutreachQuery) -> Page[Outreach]:
    """Lists the user's messages, newest first: one query."""
    return repository.matching_page(uid, query)


def get(uid: str, id: str) -> Outreach:
    """Returns a message: one round trip; raises NotFound."""
    return repository.get(uid, id)


def find(uid: str, id: str) -> Outreach | None:
    """Returns a message, or None: one round trip."""
    return repository.find(uid, id)


def create(uid: str, data: OutreachInput) -> Outreach:
    """Stores a draft that a person wrote: one read of the prospect, one commit."""
    prospect = prospects.get(uid, data.prospect_id)
    return repository.create(_build(prospect, generator="person", **data.model_dump()))


def update(uid: str, id: str, data: OutreachUpdate, version: datetime | None) -> Outreach:
    """Changes a message; raises Conflict for one that is being sent or has been sent: one read, one commit."""
    fields = repository.changes(data)

    def change(current: Outreach) -> dict[str, Any]:
        if current.status in ("sending", "sent", "replied"):
            raise Conflict(f"This message is {current.status} already and cannot be changed; draft a new one.")
        rewritten = any(fields.get(name, getattr(current, name)) != getattr(current, name) for name in _TEXT)
        accepted = {"send_as_is": False} if rewritten and current.send_as_is else {}
        outdated = {"scores": None} if rewritten and current.scores else {}  # they were another text's
        return {**accepted, **outdated, **fields, "updated_at": clock.now()}

    return repository.edit(uid, id, change, version=version)


def mark_replied(uid: str, id: str, data: ReplyInput, version: datetime | None) -> Outreach:
    """Records the prospect's reply to a message of any status: a person may have sent a draft by hand. Runs that began
    before do not write to the prospect again. Two reads, one commit."""
    now = clock.now()
    fields = {"status": "replied", "replied_at": now, "updated_at": now}
    if data.message:
        fields["reply"] = data.message

    def change(current: Outreach) -> Edit[None]:
        prospect = prospects.find(uid, current.prospect_id)
        heard = prospects.to_change(prospect, {"replied_at": now, "away_until": None}) if prospect else ()
        return Edit(fields, heard, None)

    return repository.edit_with(uid, id, change, version=version)[0]


def to_begin_sending(message: Outreach, sending: Outreach) -> Write:
    """The write that claims a message to be sent, with the tokens and the thread of `sending`; its commit fails where
    the message has changed since it was read."""
    named = ("unsubscribe_token", "mail_token", "in_reply_to", "references")
    fresh = {"status": "sending", "error": None, "updated_at": clock.now()}  # the error was of an earlier attempt
    fields = {name: getattr(sending, name) for name in named} | fresh
    return repository.to_update(message.user_id, message.id, fields, version=message.version)


def to_note_response(message: Outreach, fields: Mapping[str, Any]) -> Write:
    """The write of what came back for a message. Fields other than transforms demand the version that was read."""
    plain = any(not isinstance(value, Increment) for value in fields.values())
    changed = {**fields, "updated_at": clock.now()}
    return repository.to_update(message.user_id, message.id, changed, version=message.version if plain else None)


def note_response(uid: str, id: str, change: Callable[[Outreach], Mapping[str, Any]]) -> Outreach:
    """Changes a message by what came back for it: one read, one commit. Raises NotFound."""
    return repository.edit(uid, id, lambda current: {**change(current), "updated_at": clock.now()})


def latest_sent(uid: str, prospect_id: str) -> Outreach | None:
    """The latest message that has left for a prospect, of the latest 20: one query."""
    return repository.latest_sent(uid, prospect_id)


def has_replied(uid: str, prospect_id: str, since: datetime) -> bool:
    """Whether the prospect has replied to any message since then: one query."""
    return repository.has_reply(uid, prospect_id, since)


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """Deletes a message: one commit, with `beside`; raises NotFound, or PreconditionFailed for another version."""
    repository.delete(uid, id, version=version, beside=beside)


def delete_of_prospect(uid: str, prospect_id: str) -> int:
    """Deletes the prospect's messages and returns their number: a query and a batch per 500."""
    return repository.delete_each(uid, [("prospect_id", "==", prospect_id)])


def build_prompt(uid: str, data: PromptInput) -> OutreachPrompt:
    """Builds the prompt that a person copies into a language model of their own: three reads."""
    prospect = prospects.get(uid, data.prospect_id)
    return manual_prompts.build_outreach_prompt(
        prospect,
        personas.find_default(uid),
        data.audience_profile,
        tone=data.preferred_tone,
        include_social=data.include_social,
    )


def _build(prospect: Prospect, **fields: Any) -> Outreach:
    return Outreach(
        **stamp(prospect.user_id),
        prospect_name=prospect.name,
        company=prospect.company,
        **fields,
    )


def lookup(uid: str, id: str) -> Lookup[Outreach]:
    """The lookup of a message, to read it together with another document. Raises NotFound for an impossible id."""
    return together.lookup(repository, uid, id)


def to_link_vault_item(uid: str, id: str, vault_id: str) -> Write:
    """The write that links the message with a vault item; its commit raises NotFound without the message."""
    return repository.to_update(uid, id, {"linked_vault_ids": ArrayUnion((vault_id,))})


def to_unlink_vault_item(uid: str, id: str, vault_id: str) -> Write:
    """The write that removes the link with a vault item; its commit raises NotFound without the message."""
    return repository.to_update(uid, id, {"linked_vault_ids": ArrayRemove((vault_id,))})
