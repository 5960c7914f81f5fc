"""Who knows a recipient's address alone cannot speak for a mail server, or for anybody else."""

from email.message import EmailMessage

import pytest

from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence


def _unnamed(notice: bytes, mail: Correspondence) -> bytes:
    """The notice without what names the message: as a stranger writes it who knows the address alone."""
    return notice.replace(mail.left()["headers"]["Message-ID"].encode(), b"<made-up@stranger.example>").replace(
        mail.reply_address().encode(), b"nora@sender.example"
    )


@pytest.mark.parametrize("kind", ["bounce", "complaint"])
def test_a_notice_without_a_token_changes_nothing(api: Api, mail: Correspondence, kind: str) -> None:
    message = mail.sent()
    notice = mail.bounce() if kind == "bounce" else mail.complaint()
    assert mail.hand_in(_unnamed(notice, mail))["unmatched"] == 1
    assert mail.message(message["id"])["delivery"] is None
    assert mail.prospect(message)["status"] == "contacted"
    assert api.get("/api/contacts/suppressions")["total"] == 0
    assert mail.hand_in(notice)["stored"] == 1
    assert api.get("/api/contacts/suppressions")["total"] == 1


def test_markup_is_text(api: Api, mail: Correspondence) -> None:
    mail.sent()
    answer = EmailMessage()
    answer["From"], answer["To"] = "Ann <script>alert(1)</script> <ann@acme.io>", mail.reply_address()
    answer["Subject"], answer["Message-ID"] = "Re: Hello", "<markup@acme.io>"
    answer.set_content("<p>Yes <img src=x onerror=alert(1)>please<script>alert(1)</script></p>", subtype="html")
    mail.hand_in(answer)
    [event] = mail.events()
    assert event["text"] == "Yes please"
