"""Names a message that is to leave, so that what comes back for it is found, and continues its thread."""

from shared.domains.inbox import repository
from shared.domains.inbox.repository import Sent
from shared.domains.inbox.repository import new_token as new_token
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import Outreach
from shared.domains.prospects.models import Prospect
from shared.gcp.writes import Write
from shared.kit import clock
from shared.providers.mail import addresses


def to_keep_token(message: Outreach, email: str) -> Write:
    """The write by which the message is found by its token, for the commit that claims the send."""
    assert message.mail_token is not None  # noqa: S101
    sent = Sent(message.user_id, message.id, message.prospect_id, email, clock.now())
    return repository.to_keep_token(message.mail_token, sent)


def continued(message: Outreach, prospect: Prospect) -> Outreach:
    """The message as an answer to the latest one that went to the prospect, or to what the prospect has answered; a
    first message to somebody who has not answered begins a thread. One query."""
    if message.in_reply_to or (message.kind == "initial" and prospect.replied_at is None):
        return message
    earlier = outreach.latest_sent(message.user_id, prospect.id)
    if earlier is None or earlier.mail_token is None or earlier.id == message.id:
        return message
    left = addresses.message_id(earlier.mail_token)
    thread = [*earlier.references, left, *filter(None, [earlier.reply_message_id])]
    return message.model_copy(update={"in_reply_to": thread[-1], "references": thread})
