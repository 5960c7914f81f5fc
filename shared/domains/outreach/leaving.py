"""Whether a message is fit to leave: what is unfinished in it is found, and refused unless a person has accepted it."""

from collections.abc import Sequence

from shared.domains.content.readiness.checks import check_message
from shared.domains.content.readiness.findings import Finding, NotReady
from shared.domains.outreach.models import Outreach
from shared.domains.prospects.models import Prospect

WAY_OUT = "Correct the message, or set send_as_is on it to have it leave as it is."


def findings(message: Outreach, prospect: Prospect | None) -> list[Finding]:
    """What keeps the message from leaving to the prospect as it is now; nothing where `send_as_is` is set."""
    if message.send_as_is:
        return []
    if prospect is None:
        return message.findings
    beside = [prospect.company or "", (prospect.email or "").partition("@")[0].replace("_", ".").replace("-", ".")]
    words = " ".join(beside).replace(".", " ").split()
    return check_message(message.subject, message.body, prospect.name, words)


def refusal(message: Outreach, found: Sequence[Finding], recipient: str) -> NotReady:
    """The error that says what is unfinished."""
    text = {"to": recipient, "subject": message.subject, "body": message.body}
    return NotReady(found, WAY_OUT, text=text, recipient=recipient)
