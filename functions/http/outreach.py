"""/api/outreach: messages to prospects."""

from shared.automations.builtins import sending
from shared.automations.operations.lineage import Lineage, of_outreach
from shared.domains.content.manual_prompts import OutreachPrompt
from shared.domains.outreach import generation, service
from shared.domains.outreach.models import (
    Generated,
    GenerateInput,
    Outreach,
    OutreachInput,
    OutreachQuery,
    OutreachUpdate,
    PromptInput,
    ReplyInput,
)
from shared.kit.paging import Page
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router

router = Router("/api/outreach")


@router.get("", Many("outreach", Outreach), tagged=HOURLY)
def list_outreach(call: Call, query: OutreachQuery) -> Page[Outreach]:
    """Messages to prospects, newest first."""
    return service.list_page(call.uid, query)


@router.post("", One("outreach", Outreach), status=201)
def create_outreach(call: Call, body: OutreachInput) -> Outreach:
    """Store a message that you have written, as a draft."""
    return service.create(call.uid, body)


@router.post("/generate", Fields(Generated), status=201)
def generate_outreach(call: Call, body: GenerateInput) -> Generated:
    """Variants of a message, of which the best is stored as a draft."""
    return generation.generate(call.uid, body)


@router.post("/manual/prompts/generate", Fields(OutreachPrompt))
def outreach_prompt(call: Call, body: PromptInput) -> OutreachPrompt:
    """A prompt for a language model of your own, in place of `/generate`. Nothing is stored."""
    return service.build_prompt(call.uid, body)


@router.get("/{id}", One("outreach", Outreach))
def get_outreach(call: Call, id: str) -> Outreach:
    """One message."""
    return service.get(call.uid, id)


@router.put("/{id}", One("outreach", Outreach))
@router.patch("/{id}", One("outreach", Outreach))
def update_outreach(call: Call, id: str, body: OutreachUpdate) -> Outreach:
    """Change the fields that are sent. What has left cannot be changed (409)."""
    return service.update(call.uid, id, body, call.if_match)


@router.delete("/{id}")
def delete_outreach(call: Call, id: str) -> Message:
    """Delete the message."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The outreach message was deleted.")


@router.post("/{id}/send", One("outreach", Outreach))
def send_outreach(call: Call, id: str) -> Outreach:
    """Send the message as soon as the contact policy permits; its status tells how it went."""
    return sending.send(call.uid, id, call.if_match)


@router.post("/{id}/reply", One("outreach", Outreach))
def mark_replied(call: Call, id: str, body: ReplyInput) -> Outreach:
    """Note that the prospect has answered: runs that began before do not write again."""
    return service.mark_replied(call.uid, id, body, call.if_match)


@router.get("/{id}/lineage", Fields(Lineage))
def get_lineage(call: Call, id: str) -> Lineage:
    """Why this person got, or would get, this message."""
    return of_outreach(call.uid, id)


outreach = http_function("outreach", router)
