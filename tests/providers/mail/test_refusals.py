"""Which refusals say that an address is dead: the words that well-known servers answer with."""

import pytest

from shared.errors import ProviderError, Unavailable, Undeliverable
from shared.providers.mail.refusals import refusal

DEAD = [
    # Gmail
    (550, "5.1.1 The email account that you tried to reach does not exist. Please try\n5.1.1 double-checking the "
     "recipient's email address for typos or\n5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser"),
    (550, "5.2.1 The email account that you tried to reach is inactive. For more information, go to https://x.example"),
    # Exchange
    (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ann@acme.example not found by SMTP address lookup"),
    (550, "5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB5EUR01FT050.eop-EUR01.prod.outlook.com]"),
    (550, "5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."),
    # Postfix, Sendmail, Exim, qmail
    (550, "5.1.1 <ann@acme.example>: Recipient address rejected: User unknown in virtual mailbox table"),
    (550, "5.1.1 <ann@acme.example>: Recipient address rejected: User unknown in relay recipient table"),
    (550, "5.1.1 <spam-policy@acme.example>: Recipient address rejected: User unknown in local recipient table"),
    (550, "5.1.1 <ann@acme.example>: Recipient address rejected: undeliverable address: host said: 550 no mailbox"),
    (550, "5.1.2 <ann@acme.example>: Recipient address rejected: Domain not found"),
    (550, "5.1.1 <ann@acme.example>... User unknown"),
    (501, "5.1.3 Bad recipient address syntax"),
    (556, "5.1.10 acme.example does not accept mail (nullMX)"),
    (553, "5.1.3 <ann@acme.example>... Hostname required"),
    (550, "No such user here"),
    (550, "Unrouteable address"),
    (550, "unknown user"),
    (550, "sorry, no mailbox here by that name. (#5.1.1)"),
    # others
    (554, "delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]"),
    (550, "5.1.1 <ann@icloud.com>: user does not exist"),
    (550, "Requested action not taken: mailbox unavailable"),
    (550, "5.1.1 Not our Customer"),
    (550, "Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550"),
    (550, "5.7.1 No such user!"),
    (550, "Message was not accepted -- invalid mailbox. Local mailbox ann@mail.ru is unavailable: user not found"),
    (550, "User not found: ann@163.com"),
    (550, "<ann@acme.example>, Recipient unknown"),
]  # fmt: skip

OTHERS = [
    (550, "5.7.1 Relaying denied"),
    (550, "5.7.1 <ann@acme.example>: Relay access denied"),
    (554, "5.7.1 <ann@acme.example>: Recipient address rejected: Access denied by policy"),
    (550, "5.7.26 Unauthenticated email from us.example is not accepted due to domain's DMARC policy."),
    (554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
    (550, "5.7.1 Our system has detected that this message is likely unsolicited mail; has been blocked."),
    (550, "Requested action not taken: mailbox unavailable\nFor explanation visit https://postmaster.gmx.net/?ip=1.2.3.4"),
    (550, "5.1.8 <jo@us.example>: Sender address rejected: Domain not found"),
    (550, "Verification failed for <jo@us.example>\nNo Such User Here\nSender verify failed"),
    (550, "5.1.1 sender unknown"),
    (552, "5.2.2 The email account that you tried to reach is over quota."),
    (552, "5.2.2 Mailbox full"),
    (550, "5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages"),
    (552, "5.3.4 Message size exceeds fixed limit"),
    (554, "5.6.0 Message content rejected"),
    (530, "5.7.0 Authentication required"),
    (550, "5.1.1 mailbox temporarily disabled"),
    (503, "5.5.1 Error: need MAIL command"),
    (501, "Syntax error in the recipient's address"),
    (530, "5.1.1 user unknown"),
    (550, "Administrative prohibition"),
    (550, "5.0.0 Access denied"),
    (554, "no"),
    (550, ""),
    (550, "10.5.1.1 is listed"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), DEAD)
def test_a_dead_address(code: int, text: str) -> None:
    error = refusal(code, text.encode(), "the recipient", "ann@acme.example")
    assert type(error) is Undeliverable
    assert (error.recipient, error.answer.split()[0]) == ("ann@acme.example", str(code))
    assert error.reason.split()[0] == text.split()[0]
    assert not error.retriable
    assert type(refusal(code, text, "the sender")) is ProviderError


@pytest.mark.parametrize(("code", "text"), OTHERS)
def test_the_address_may_be_alive(code: int, text: str) -> None:
    assert type(refusal(code, text, "the recipient", "ann@acme.example")) is ProviderError


@pytest.mark.parametrize("code", [421, 450, 451, 452, 354, 0])
def test_what_may_pass_says_nothing_for_good(code: int) -> None:
    assert type(refusal(code, "5.1.1 user unknown", "the recipient", "ann@acme.example")) is Unavailable


def test_a_page_of_words_is_read_in_its_time() -> None:
    error = refusal(550, "user " * 200_000 + "<" * 200_000, "the recipient", "ann@acme.example")
    assert len(error.detail) < 300
