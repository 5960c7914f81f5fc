"""People use the words of machines: who has read our mail is a person, and their answer is one."""

import pytest

from shared.inbound import read

_HEAD = (
    "From: Ann Smith <ann@acme.example>\nTo: bob@north.example\nSubject: Re: Idea\nIn-Reply-To: <x@north.example>\n"
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "I don't work with agencies, sorry.",
        "We do not work with outside vendors. I no longer work with freelancers at all.",
        "I no longer work at Acme, I'm at Beta now, and we'd be interested there!",
        "I no longer work in procurement, Kim Hall does.",
        "Ich bin nicht mehr für den Einkauf zuständig, wenden Sie sich bitte an Kim Hall.",
        "Ich arbeite nicht mehr mit externen Partnern.",
        "Je ne travaille plus avec des agences.",
        "Je ne suis plus à Paris cette semaine, mais appelez-moi.",
        "Ya no trabajo con agencias externas, gracias.",
        "Non lavoro più con agenzie esterne.",
        "Ich bin ab heute im Urlaub und erst am 20. wieder da. In dringenden Fällen können Sie mich mobil anrufen, "
        "Ihr Vorschlag gefällt mir.",
        "Vielen Dank für Ihre Nachricht. Ich bin nächste Woche im Urlaub, danach können wir gern telefonieren.",
        "Thank you for your email. I will be on holiday next week but let's talk when I return on the 17th.",
        "I'm away on Monday. Please contact me on Tuesday.",
        "Bitte antworten Sie nicht auf diese E-Mail, sondern an meine private Adresse.",
        "Thanks. Please do not reply to my old address, use this one.",
        "Your demo says this is an automated message, which is funny. We want it.",
        "We have received your message and it was discussed in the support team meeting. We'd like an offer.",
        "Our ticket 33 has been created for your proposal, I will respond within the week. Looks good.",
        "This mailbox is not checked daily, so call me.",
    ],
)
def test_their_answer_is_one(text: str) -> None:
    received = read(f"{_HEAD}{text}\n".encode())
    assert received.kind == "reply", received.reason


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kein Interesse. Bitte senden Sie mir keine weiteren E-Mails.", "removal_request"),
        ("Bitte keine weiteren Mails.", "removal_request"),
        ("Dadnos de baja, por favor.", "removal_request"),
        ("Bitte schreiben Sie mir nicht mehr an diese Adresse, sondern an neu@acme.example.", "reply"),
        ("Please don't email me at this address any more, use my new one: ann@beta.example.", "reply"),
    ],
)
def test_another_address_is_no_request_to_be_left_alone(text: str, kind: str) -> None:
    assert read(f"{_HEAD}{text}\n".encode()).kind == kind
