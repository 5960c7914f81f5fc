"""The post office of the tests: what it takes, what it refuses, and what comes back for what it took."""

from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from shared.errors import Unavailable, Undeliverable
from shared.kit.ids import derived_id
from shared.providers.mail.addresses import tokens_in
from shared.providers.mail.base import Mail
from shared.providers.mail.smtp import Smtp
from tests.fixtures.post_office import PostOffice, Returned, planned, shuffled

PEOPLE = [f"person{n}@acme{n % 7}.example" for n in range(100)]


def _send(office: PostOffice, to: str, in_reply_to: str | None = None) -> str:
    """Sends a message with a token; answers the token."""
    token = derived_id(to, in_reply_to or "")
    smtp = Smtp(office.url, "nora@us.example", "Nora Poe", timeout=5, reply_domain="re.us.example")
    smtp.send(Mail(token, to, "Ann Lee", "Hello “Ann”", "Hi Ann,\n\na word.\n", token=token, in_reply_to=in_reply_to))
    return token


def _back(office: PostOffice, to: str, in_reply_to: str | None = None) -> tuple[str, Returned, EmailMessage]:
    token = _send(office, to, in_reply_to)
    [returned] = [each for each in office.coming_back() if each.letter.recipient == to]
    return token, returned, message_from_bytes(returned.raw, policy=policy.default)


def _report(message: EmailMessage) -> dict[str, str]:
    """What a delivery status notification says of its one recipient."""
    [part] = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    blocks: Any = part.get_payload()
    return dict(blocks[1].items())


def test_each_fate_gets_exactly_its_share() -> None:
    plan = planned(PEOPLE, seed=7, bounces=0.1, delays=0.1, answers=0.2, complains=0.02)
    counts = Counter(plan.values())
    assert counts == {"takes": 58, "bounces": 10, "delays": 10, "answers": 20, "complains": 2}
    assert plan == planned(reversed(PEOPLE), seed=7, bounces=0.1, delays=0.1, answers=0.2, complains=0.02)
    assert plan != planned(PEOPLE, seed=8, bounces=0.1, delays=0.1, answers=0.2, complains=0.02)
    with pytest.raises(ValueError, match="more than all"):
        planned(PEOPLE, seed=7, bounces=0.6, delays=0.6)
    with pytest.raises(ValueError, match="explodes is no fate"):
        planned(PEOPLE, seed=7, explodes=0.1)


def test_it_refuses_defers_and_takes() -> None:
    with PostOffice({"no@acme.example": "refuses", "later@acme.example": "defers"}) as office:
        with pytest.raises(Undeliverable, match="User unknown"):
            _send(office, "no@acme.example")
        with pytest.raises(Unavailable, match="Greylisted"):
            _send(office, "later@acme.example")
        _send(office, "later@acme.example")
        _send(office, "ann@acme.example")
        assert [(letter.number, letter.recipient) for letter in office.letters] == [
            (0, "later@acme.example"),
            (1, "ann@acme.example"),
        ]
        assert office.asked == {"no@acme.example": 1, "later@acme.example": 2, "ann@acme.example": 1}
        assert office.coming_back() == []


def test_bounces_have_the_shapes_of_two_servers() -> None:
    plan = planned(PEOPLE, seed=1, bounces=1.0)
    with PostOffice(plan) as office:
        tokens = [_send(office, to) for to in PEOPLE[:2]]
        first, second = office.coming_back()
        assert office.coming_back() == [first, second]
        assert office.coming_back(since=1) == [second]
    assert [first.recipient, second.recipient] == [f"reply+{token}@re.us.example" for token in tokens]
    for returned, status in ((first, "5.1.1"), (second, "5.1.10")):
        message = message_from_bytes(returned.raw, policy=policy.default)
        of_the_recipient = _report(message)
        assert (of_the_recipient["Action"], of_the_recipient["Status"]) == ("failed", status)
        assert of_the_recipient["Final-Recipient"].endswith(returned.letter.recipient)
        assert tokens_in([returned.raw.decode()])[0] in tokens
        assert message.defects == []


def test_a_delay_says_that_nothing_is_decided() -> None:
    with PostOffice({"ann@acme.example": "delays"}) as office:
        token, returned, message = _back(office, "ann@acme.example")
    assert _report(message)["Action"] == "delayed"
    assert (returned.kind, tokens_in([message["To"]])) == ("delayed", [token])


def test_a_complaint_hides_who_complained() -> None:
    with PostOffice({"ann@acme.example": "complains"}) as office:
        token, returned, message = _back(office, "ann@acme.example")
    assert message.get_content_type() == "multipart/report"
    assert b"ann@acme.example" not in returned.raw
    assert tokens_in([returned.raw.decode()]) == [token]


def test_people_answer_in_the_thread() -> None:
    with PostOffice({"ann@acme.example": "answers"}) as office:
        token, returned, message = _back(office, "ann@acme.example", in_reply_to="<0@acme.example>")
    assert (returned.recipient, message["To"]) == (f"reply+{token}@re.us.example",) * 2
    assert message["In-Reply-To"] == f"<m.{token}@us.example>"
    assert message["References"].split() == ["<0@acme.example>", f"<m.{token}@us.example>"]
    assert message["Subject"] == "Re: Hello “Ann”"
    assert "Thursday at ten" in message.get_content()
    assert "\n> a word." in message.get_content()
    assert "Auto-Submitted" not in message


def test_one_program_says_that_it_is_one_and_another_does_not() -> None:
    with PostOffice({"ann@acme.example": "away", "info@acme.example": "circles"}) as office:
        _, _, away = _back(office, "ann@acme.example")
        _, first, circle = _back(office, "info@acme.example")
        _send(office, "info@acme.example", in_reply_to=str(circle["Message-ID"]))
        _, second = [each for each in office.coming_back() if each.kind == "circle"]
    assert away["Auto-Submitted"] == "auto-replied"
    assert not {"Auto-Submitted", "Precedence", "X-Loop"} & set(circle.keys())
    assert first.raw.partition(b"\r\n\r\n")[2] == second.raw.partition(b"\r\n\r\n")[2]
    assert first.raw != second.raw


def test_everything_comes_twice_and_in_another_order() -> None:
    with PostOffice(dict.fromkeys(PEOPLE, "answers")) as office:
        for to in PEOPLE[:20]:
            _send(office, to)
        back = office.coming_back()
    mixed = shuffled(back, seed=3)
    assert Counter(each.raw for each in mixed) == dict.fromkeys((each.raw for each in back), 2)
    assert [each.letter.number for each in mixed] != sorted(each.letter.number for each in mixed)
    assert mixed == shuffled(back, seed=3) != shuffled(back, seed=4)
