"""A refusal is read the same when a server answers with it and when it comes back in a bounce."""

import pytest

from shared.inbound import read
from tests.providers.mail.test_refusals import DEAD, OTHERS

_BOUNCE = """\
From: MAILER-DAEMON@mx.north.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.north.example

Final-Recipient: rfc822; ann@acme.example
Action: failed
{status}Diagnostic-Code: smtp; {code} {words}

--b--
"""


@pytest.mark.parametrize("status", ["", "Status: 5.0.0\n"])
@pytest.mark.parametrize(
    ("code", "words", "is_dead"), [*((*refused, True) for refused in DEAD), *((*refused, False) for refused in OTHERS)]
)
def test_a_bounce_says_of_the_address_what_the_answer_says(code: int, words: str, is_dead: bool, status: str) -> None:
    folded = words.replace("\n", "\n    ")
    received = read(_BOUNCE.format(status=status, code=code, words=folded).encode())
    assert received.kind == "bounce"
    assert [(report.recipient, report.permanent) for report in received.reports] == [("ann@acme.example", is_dead)]
