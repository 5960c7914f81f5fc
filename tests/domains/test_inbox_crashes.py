"""What takes in a mail dies at every write: handed in again, everything that follows is there, and once."""

from collections.abc import Callable
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from shared import settings
from shared.domains import notifications
from shared.domains.contacts import repository as contacts
from shared.domains.contacts import reputation
from shared.domains.contacts import service as governor
from shared.domains.files import service as files
from shared.domains.inbox import receiving
from shared.domains.inbox.repository import Sent, new_token, repository, to_keep_token
from shared.domains.outreach import service as outreach
from shared.domains.outreach.models import OutreachInput
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import SuppressionQuery
from shared.gcp import firestore
from shared.kit import clock
from shared.settings import Settings
from tests.fixtures.accounts import everything
from tests.fixtures.crashes import crashes

SECRET = "a-secret-of-the-forwarder"


@pytest.fixture(autouse=True)
def _open(local_settings: Settings) -> None:
    settings.use(local_settings.model_copy(update={"mail_hook_secret": SECRET}))


class Message:
    """A message that a user of its own has sent."""

    def __init__(self) -> None:
        self.uid, self.token = f"user-{uuid4().hex[:10]}", new_token()
        self.address = f"ann@{self.uid}.example"
        prospect = prospects.create(self.uid, ProspectInput(name="Ann", email=self.address))
        self.id = outreach.create(self.uid, OutreachInput(prospect_id=prospect.id, subject="Hi", body="Hello Ann")).id
        sent = {"status": "sent", "sent_at": clock.now(), "mail_token": self.token}
        kept = to_keep_token(self.token, Sent(self.uid, self.id, prospect.id, self.address, clock.now()))
        firestore.client().commit([outreach.repository.to_update(self.uid, self.id, sent), kept])

    def mail(self, text: str, **headers: str) -> EmailMessage:
        mail = EmailMessage()
        named = {"From": self.address, "To": f"reply+{self.token}@in.example", "Subject": "Re: Hi"} | headers
        for name, value in {**named, "Message-ID": f"<{uuid4().hex}@a.example>"}.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail

    def answer(self) -> bytes:
        mail = self.mail("Yes, see the attached.")
        mail.add_attachment(
            f"# Budget of {self.uid}\n\nWe have 40,000.\n".encode(), "text", "markdown", filename="b.md"
        )
        return mail.as_bytes()

    def removal(self) -> bytes:
        return self.mail("Please remove me from your list.").as_bytes()

    def bounce(self) -> bytes:
        text = f"<{self.address}>: host mx.example said: 550 5.1.1 User unknown (in reply to RCPT TO command)"
        return self.mail(
            text, From="MAILER-DAEMON@mx.example", Subject="Undelivered Mail Returned to Sender"
        ).as_bytes()

    def fifth_bounce(self) -> bytes:
        firestore.client().commit([contacts.to_count_responses(self.uid, {"bounced": 4})])
        return self.bounce()

    def hand_in(self, raw: bytes) -> Any:
        headers = {"content-type": "message/rfc822", "authorization": f"Bearer {SECRET}"}
        return receiving.receive("raw", raw, headers)


def _answered(message: Message) -> None:
    assert outreach.get(message.uid, message.id).status == "replied"
    assert [event.kind for event in repository.select(message.uid)] == ["reply"]
    assert [len(event.file_ids) for event in repository.select(message.uid)] == [1]
    assert len(files.repository.select(message.uid)) == 1
    assert [each.title for each in notifications.repository.select(message.uid)] == ["An answer"]


def _removed(message: Message) -> None:
    assert [event.needs for event in repository.select(message.uid)] == ["confirm"]
    assert len(suppression.list_page(message.uid, SuppressionQuery()).items) == 1
    assert [each.title for each in notifications.repository.select(message.uid)] == ["A removal request"]


def _paused(message: Message) -> None:
    assert [event.kind for event in repository.select(message.uid)] == ["bounced"]
    told = sorted(each.title for each in notifications.repository.select(message.uid))
    assert told == ["A message bounced", "Sending is paused"]
    assert governor.get_pause(message.uid).value.until is not None
    days = contacts.read_responses(message.uid, clock.now())[2]
    assert sum(day.get("bounced", 0) for day in days.values()) == reputation.FEWEST_BOUNCES


@pytest.mark.parametrize(
    ("mail", "check"),
    [(Message.answer, _answered), (Message.removal, _removed), (Message.fifth_bounce, _paused)],
    ids=["an answer with a file", "a removal request", "the bounce that pauses sending"],
)
def test_it_follows_once_wherever_it_dies(mail: Callable[[Message], bytes], check: Callable[[Message], None]) -> None:
    for boundary in count(1):
        message = Message()
        raw = mail(message)
        died = crashes(boundary, lambda: message.hand_in(raw))  # noqa: B023
        for _ in range(2):
            message.hand_in(raw)
        check(message)
        if not died:
            break
    assert boundary > 2


def test_a_stranger_s_mail_is_kept_once_wherever_it_dies() -> None:
    for boundary in count(1):
        message = Message()
        raw = message.mail("Hello?", From=f"x@{message.uid}.stranger.example", To="nora@sender.example").as_bytes()
        before = {path for path in everything() if path.startswith("dead_letters/") and path.count("/") == 1}
        died = crashes(boundary, lambda: message.hand_in(raw))  # noqa: B023
        for _ in range(2):
            message.hand_in(raw)
        after = {path for path in everything() if path.startswith("dead_letters/") and path.count("/") == 1}
        assert len(after - before) == 1
        assert repository.select(message.uid) == []
        if not died:
            break
    assert boundary > 2
