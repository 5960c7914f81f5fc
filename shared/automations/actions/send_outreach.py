"""Send a drafted message, if the contact governor lets it leave now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from shared.automations.actions.action import Action
from shared.automations.actions.base import Again, Done, Effect, Outcome, StepContext
from shared.automations.runs.models import Execution
from shared.domains import notifications
from shared.domains.contacts import service as contacts
from shared.domains.contacts import unsubscribe
from shared.domains.contacts.service import Automatic, Later
from shared.domains.content.readiness.findings import Finding, summarize_findings
from shared.domains.inbox import service as inbox
from shared.domains.inbox import threads
from shared.domains.notifications import Notification
from shared.domains.outreach import send_check
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.suppression import service as suppression
from shared.errors import Forbidden, Invalid, ProviderError, Undeliverable
from shared.gcp import writes
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.links import page_of_message
from shared.kit.mailboxes import Mailbox
from shared.kit.schema import Id, Input
from shared.providers import mail
from shared.providers.mail.base import Mail, MailProvider, Sent, Traceable

_SOON, _RARELY = timedelta(seconds=30), timedelta(hours=1)  # until it is asked again what became of the message


class Config(Input):
    """Without `outreach_id` it is the message that an earlier step of this run has drafted. With `require_approval`
    the run waits until a person has approved the message; so it does with a message whose author, a language model, has
    asserted what nothing that it was given says."""

    outreach_id: Id | None = None
    require_approval: bool = False


def run(context: StepContext, config: Config) -> Outcome:
    message = context.read(outreach.repository, config.outreach_id or _drafted(context))
    if elsewhere := _elsewhere(context, message):
        return elsewhere
    prospect = context.prospect(message.prospect_id)
    if not context.claimed and (wait := _held(context, config, message, prospect)):
        return wait
    if not prospect.email:
        raise Invalid.at("email", f"{prospect.name} has no address; add one, then run this step again")
    mailbox = suppression.mailbox(prospect.email)
    provider = _provider(context)
    if context.in_doubt:
        return _in_doubt(context, provider, message, prospect, mailbox)
    if not context.claimed and _has_answered(context, message, prospect):
        why = f"{prospect.name} has answered since this run began; “{message.subject}” was not sent."
        return Done(why, {"outreach_id": message.id, "sent": False})
    asked = contacts.ask(
        context.uid,
        prospect,
        mailbox,
        context.now,
        automatic=_automatic(context, message),
        claimed=context.claimed,
        dry=context.dry,
    )
    if isinstance(asked, Later):
        return Again(asked.at, asked.reason, rule=asked.rule)
    _note_sent(context, message, prospect)
    if context.claimed:
        return _effect(provider, message, _mail(context, message, prospect, mailbox), asked.claim)
    sending = _under_way(message, prospect)
    claim = [
        outreach.to_begin_sending(message, sending),
        *unsubscribe.to_offer(sending.unsubscribe_token, context.uid, mailbox.address, prospect.id),
        threads.to_keep_token(sending, mailbox.address),
        *asked.claim,
    ]
    return _effect(provider, message, _mail(context, sending, prospect, mailbox), claim)


def _automatic(context: StepContext, message: Outreach) -> Automatic | None:
    """None for a message that a person has sent: it waits for nobody's return."""
    if _by_hand(context, message):
        return None
    return Automatic(message.id, context.postponed_since or context.now)


def _by_hand(context: StepContext, message: Outreach) -> bool:
    event = context.execution.event
    return event.trigger == "manual" and event.document_id == message.id


def _has_answered(context: StepContext, message: Outreach, prospect: Prospect) -> bool:
    """Whether the prospect has answered since the run began, and no step of the run has waited for that."""
    execution, at = context.execution, prospect.replied_at
    if at is None or at <= execution.started_at or _by_hand(context, message):
        return False
    if context.dry and at > context.now:  # in a time that has passed: later than the step
        return False
    signals = [signal for events in execution.signals.values() for signal in events.values()]
    return not any(isinstance(signal, dict) and (signal.get("at") or execution.started_at) >= at for signal in signals)


def _under_way(message: Outreach, prospect: Prospect) -> Outreach:
    """The message as its claim stores it: with its tokens, the same as before where it was claimed before, and its
    thread."""
    named = {"mail_token": message.mail_token or threads.new_token(), "unsubscribe_token": unsubscribe.new_token()}
    return threads.continued(message.model_copy(update=named), prospect)


def _in_doubt(
    context: StepContext, provider: MailProvider | None, message: Outreach, prospect: Prospect, mailbox: Mailbox
) -> Effect:
    """The message may have left. A no that came since is raised once the provider says that it has not."""
    _note_sent(context, message, prospect)
    mail = _mail(context, message, prospect, mailbox)
    try:
        return _effect(provider, message, mail, contacts.ask_again(context.uid, prospect, mailbox).claim)
    except Forbidden as refusal:
        return _effect(provider, message, mail, refusal=refusal)


def _note_sent(context: StepContext, message: Outreach, prospect: Prospect) -> None:
    """What is true once it has left, for the commit that records it."""
    context.update(outreach.repository, message.id, status="sent", sent_at=clock.now())
    contacted = {"status": "contacted"} if prospect.status in ("new", "analyzed") else {}
    context.update(prospects.repository, prospect.id, last_action="contacted", **contacted)


def _mail(context: StepContext, message: Outreach, prospect: Prospect, mailbox: Mailbox) -> Mail:
    """The key is the effect's. `since` is when it was first tried: a provider drops repetitions for a while only."""
    intent = context.execution.intent
    return Mail(
        key="",
        to=mailbox.recipient,
        to_name=prospect.name,
        subject=message.subject,
        body=unsubscribe.with_link(message.body, message.unsubscribe_token),
        unsubscribe_url=unsubscribe.url(message.unsubscribe_token),
        token=message.mail_token,
        in_reply_to=message.in_reply_to,
        references=tuple(message.references),
        since=intent.at if context.claimed and intent else None,
    )


def _provider(context: StepContext) -> MailProvider | None:
    """None in a dry run alone. Raises ProviderError where none is connected."""
    provider = mail.configured()
    if provider is None and not context.dry:
        raise ProviderError("No mail provider is connected here; set RESEND_API_KEY or SMTP_URL, and MAIL_FROM.")
    return provider


def _drafted(context: StepContext) -> str:
    latest_first = sorted(context.execution.results.values(), key=lambda result: result.sequence, reverse=True)
    named = context.execution.event.data.get("outreach_id")
    found = next((id for result in latest_first if (id := result.output.get("outreach_id"))), named)
    if context.execution.event.collection == "outreach" and not found:
        found = context.execution.event.document_id
    if not found:
        raise Invalid.at("outreach_id", "no earlier step has drafted a message; add one that does, or name a message")
    return str(found)


def _held(context: StepContext, config: Config, message: Outreach, prospect: Prospect) -> Again | None:
    """Why the message waits for a person. Raises NotReady where it is unfinished and no approval is awaited."""
    unfinished = send_check.check_before_sending(message, prospect)
    awaits = (config.require_approval or message.needs_approval) and not context.dry
    if awaits and (message.status != "approved" or unfinished):
        return _await_approval(context, message, unfinished)
    if unfinished:
        raise send_check.not_ready(message, unfinished, prospect.email or prospect.name)
    return None


def _await_approval(context: StepContext, message: Outreach, unfinished: Sequence[Finding]) -> Again:
    """Its approval wakes the run that has drafted it; else it is asked for, ever more rarely. The user is told once."""
    invented = ", ".join(f"“{words}”" for words in message.unsupported_words) if message.needs_approval else ""
    doubt = f" Nothing that is known bears out {invented}." if invented else ""
    wrong = f" It cannot leave as it is: {summarize_findings(unfinished)}. {send_check.WAY_OUT}" if unfinished else ""
    reason = f"Waits until “{message.subject}” is approved.{doubt}{wrong}"
    at = _asks_again_at(context)
    earlier = context.execution.results.get(context.step.partition("[")[0])
    if earlier and earlier.status == "waiting":
        return Again(at, reason)
    text = f"{context.execution.automation_name}: approve “{message.subject}”, and it is sent.{doubt}{wrong}"
    notification = Notification(
        **context.new_document("approval"),
        type="info",
        priority="high",
        title="A message waits for your approval",
        message=text[:5_000],
        link=page_of_message(message.prospect_id, message.id),
        prospect_id=message.prospect_id,
    )
    return Again(at, reason, [notifications.to_create(notification)])


def _asks_again_at(context: StepContext) -> datetime:
    """After as long as the step has waited already, so that each wait is twice as long as the one before."""
    waited = context.now - (context.postponed_since or context.now)
    return context.now + min(max(waited, _SOON), _RARELY)


def _elsewhere(context: StepContext, message: Outreach) -> Done | Again | None:
    """What another run, or a person, has made of the message, or its recipient's server before anybody knew it left."""
    if message.has_arrived_unrecorded and not context.in_doubt:
        return _arrived(context, message)
    if context.claimed:
        return None
    if message.status in ("sent", "replied"):
        return Done(f"“{message.subject}” was sent already.", {"outreach_id": message.id, "sent": False})
    if message.status == "sending":
        return Again(_asks_again_at(context), f"“{message.subject}” is on its way already.")
    if message.channel != "email":
        raise Invalid.at("channel", f"a message for {message.channel} cannot be sent by mail; copy it there by hand")
    return None


def _arrived(context: StepContext, message: Outreach) -> Done:
    """Records that the message has left, as what came back for it says, whatever its runner or a person could tell."""
    status = "replied" if message.replied_at else "sent"
    context.update(outreach.repository, message.id, status=status, sent_at=message.delivered_at or message.replied_at)
    why = f"“{message.subject}” has left before, as what came back for it says; it was not sent again."
    return Done(why, {"outreach_id": message.id, "sent": False})


def _effect(
    provider: MailProvider | None,
    message: Outreach,
    mail: Mail,
    claim: Sequence[Write] = (),
    refusal: Forbidden | None = None,
) -> Effect:
    def leave(key: str) -> Done:
        assert provider is not None  # noqa: S101
        try:
            return _left(message, provider.send(replace(mail, key=key)))
        except Undeliverable as refusal:
            inbox.take_refusal(message, mail.to, provider.name, refusal.detail)
            raise

    def look_up(asked: Traceable, key: str) -> Done | None:
        sent = asked.find(key, since=mail.since)
        if sent is None and refusal:
            raise refusal
        return _left(message, sent) if sent else None

    return Effect(
        channel="mail",
        recipient=mail.to,
        perform=leave,
        find=partial(look_up, provider) if isinstance(provider, Traceable) else None,
        claim=claim,
        preview={"to": mail.to, "subject": mail.subject, "body": mail.body},
        message_id=message.id,
        prior=message.status,
    )


def _left(message: Outreach, sent: Sent) -> Done:
    about = {"provider": sent.provider, "provider_id": sent.provider_id}
    return Done(f"Sent “{message.subject}”.", {"outreach_id": message.id, "sent": True, **about})


def release(execution: Execution, *, failed: bool) -> Sequence[Write]:
    """The contact may be written to again, and the message is what it was, or says that it did not leave."""
    intent = execution.intent
    if intent is None:
        return ()
    message = outreach.repository.path(execution.user_id, str(intent.about))
    status = "failed" if failed else intent.prior or "failed"
    return [
        *contacts.to_release(execution.user_id, intent.recipient, intent.at),
        writes.update(message, {"status": status, "updated_at": clock.now()}),
    ]


ACTION = Action(
    name="send_outreach",
    title="Send the message",
    config=Config,
    run=run,
    writes=frozenset({"prospect_status_changed"}),
    sets={"status": "contacted"},
    channel="mail",
    release=release,
)
