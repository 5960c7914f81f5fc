"""Reads feedback reports (RFC 5965): somebody pressed "this is spam". Also where a provider has a form of its own."""

import re
from dataclasses import dataclass

from shared.inbound import head
from shared.inbound.head import Head
from shared.inbound.mime import Mail
from shared.inbound.received import Report
from shared.kit.patterns import lazy_pattern

_MAX_REPORT = 200_000
_NO_COMPLAINTS = {
    "not-spam": "Somebody took back that our mail is spam.",
    "auth-failure": "A report that a mail's sender could not be proven.",
    "dmarc": "A report that a mail's sender could not be proven.",
}
_FROM = lazy_pattern(
    r"(?:staff@(?:hotmail|live|outlook|msn)\.|feedback@arf\.mail\.yahoo\.|scomp@aol\.|fbl@|feedbackloop@|fbl-.{1,60}@|"
    r".{0,60}abuse.{0,20}@.{0,60}(?:feedback|fbl))",
    re.I,
)
_SUBJECT = lazy_pattern(
    r"complaint about message from|(?:email )?(?:feedback|abuse|spam) report|spam complaint|fw:.{0,5}spam", re.I
)
_RECIPIENT_FIELDS = ("original-rcpt-to", "removal-recipient", "original-recipient")
_RETURNED_FIELDS = ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "envelope-to", "to")


@dataclass(frozen=True)
class Complaint:
    is_complaint: bool
    reports: tuple[Report, ...]
    reason: str


def read(mail: Mail, text: str, returned: Head) -> Complaint | None:
    """The feedback report that a mail is; None for any other mail."""
    fields = _feedback(mail)
    if "feedback-type" in fields:
        kind = fields.text("feedback-type").lower().partition(";")[0]
        if kind in _NO_COMPLAINTS:
            return Complaint(False, (), _NO_COMPLAINTS[kind])
        return Complaint(True, _reports(fields, returned, kind), f"A feedback report says: {kind}.")
    sender = next((address for _, address in mail.head.mailboxes("from", "sender")), "")
    if _FROM.match(sender) and (_SUBJECT.search(mail.head.text("subject")) or returned.fields):
        return Complaint(True, _reports(fields, returned, "abuse"), "The mailbox provider passes on a complaint.")
    return None


def _feedback(mail: Mail) -> Head:
    """The fields of the machine-readable part, also where it is declared as plain text."""
    reported = mail.head.parameters("content-type").get_param("report-type") == "feedback-report"
    for part in mail.parts:
        is_report = part.type in ("message/feedback-report", "text/feedback-report")
        if is_report or (reported and part.type == "text/plain" and part is not mail.parts[0]):
            content = part.content()[:_MAX_REPORT].lstrip()
            fields, _ = head.read(content, 0, len(content))
            if "feedback-type" in fields:
                return fields
    return Head({"feedback-type": ["abuse"]}) if reported else Head()


def _reports(fields: Head, returned: Head, kind: str) -> tuple[Report, ...]:
    named = [
        address for name in _RECIPIENT_FIELDS for value in fields.all(name) for address in head.addresses(value[:1_000])
    ]
    for name in _RETURNED_FIELDS:
        named = named or [address for _, address in returned.mailboxes(name)]
    visible: list[str | None] = [address for address in dict.fromkeys(named) if "redacted" not in address]
    return tuple(Report(address, True, None, f"Reported as {kind}.") for address in visible or [None])
