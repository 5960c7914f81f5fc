"""Checks a message before it is sent: an unfinished message is refused unless a person has accepted its findings."""

from collections.abc import Sequence

from shared.domains.content.readiness.checks import check_message, names_of_recipient
from shared.domains.content.readiness.findings import Finding, NotReady
from shared.domains.outreach.models import Outreach
from shared.domains.prospects.models import Prospect

WAY_OUT = "Correct the message, or set send_as_is on it to have it leave as it is."


def check_before_sending(message: Outreach, prospect: Prospect | None) -> list[Finding]:
    """Finds the defects that keep the message from being sent to the prospect; none where `send_as_is` is set."""
    if message.send_as_is:
        return []
    if prospect is None:
        return message.findings
    other_names = names_of_recipient(prospect.company, prospect.email)
    return check_message(message.subject, message.body, prospect.name, other_names)


def not_ready(message: Outreach, findings: Sequence[Finding], recipient: str) -> NotReady:
    """The error that refuses to send the message and lists the findings."""
    text = {"to": recipient, "subject": message.subject, "body": message.body}
    return NotReady(findings, WAY_OUT, text=text, recipient=recipient)
