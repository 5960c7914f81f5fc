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
        "Hi Bob, quick one from the airport: yes, send the contract, I sign when I land. Out of office "
        "on is just for others.",
        "Bin heute nicht im Büro, morgen ab 9 passt's.",
        "Danke, aber wir haben seit Januar einen anderen Anbieter und sind zufrieden.",
        "Je suis absente demain mais disponible jeudi à 14h.",
        "Estoy fuera esta semana, el lunes te llamo.",
        "Thanks for reaching out. We will get back to you if this becomes relevant. Regards, Ann",
        "Thank you for your email. I'm on parental leave, but I forwarded it to Kim who will respond.",
        "Please contact Kim in purchasing, she decides. I'm only here until Friday.",
        "We don't accept cold email. Next time ask first.",
        "Is your ticket system down? I opened a case yesterday, number 4711, and got no confirmation.",
        "I unsubscribed from three tools like this already. What makes yours different?",
        "Ich habe Ihre E-Mail erhalten und leite sie an die Geschäftsführung weiter.",
        "Thanks for the note. I'm out of office tomorrow, Wednesday is good.",
        "Wir haben das intern besprochen und melden uns nach dem Urlaub. Bitte um Geduld.",
        "I am on leave until September, please contact my colleague Kim about this, she handles it and knows "
        "about your mail.",
        "We received your message and forwarded it to the support team; they said no.",
        "Merci pour votre message, je suis en congés mais mon collègue Luc va vous appeler.",
        "Bin im Urlaub, rufen Sie bitte meinen Kollegen Kern an, der kennt das Thema.",
        "Gracias por tu correo. Estoy de vacaciones, llámame cuando vuelva el 20.",
        "I'm travelling, ping Kim. Good timing!",
        "I have received your message and I will respond when my boss is back.",
        "Thanks for your message. I will return to this after the summer. We are closed until then.",
        "Danke für Ihre Nachricht, wir sind ausgebucht bis Herbst. Melden Sie sich im Oktober wieder.",
        "Nein danke, wir sind bereits versorgt.",
        "Not now, we are in a hiring freeze until October.",
        "I will be away for the conference, back on 18 August, can't do before that. 19th ok?",
        "Ihre Nachricht habe ich erhalten und an Herrn Kern gegeben. Er ist Leiter Einkauf.",
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
        ("We don't want any more emails from you.", "removal_request"),
        ("Bitte löschen Sie meine Adresse.", "removal_request"),
        ("Keine weiteren Mails bitte, danke.", "removal_request"),
        ("Arrêtez de m'écrire svp.", "removal_request"),
        ("No me escriba más.", "removal_request"),
        ("Kein Interesse. Bitte senden Sie mir keine weiteren E-Mails.", "removal_request"),
        ("Bitte keine weiteren Mails.", "removal_request"),
        ("Dadnos de baja, por favor.", "removal_request"),
        ("Bitte schreiben Sie mir nicht mehr an diese Adresse, sondern an neu@acme.example.", "reply"),
        ("Please don't email me at this address any more, use my new one: ann@beta.example.", "reply"),
    ],
)
def test_another_address_is_no_request_to_be_left_alone(text: str, kind: str) -> None:
    assert read(f"{_HEAD}{text}\n".encode()).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "We would like to confirm that we have received your message. Our team will respond within two business days.",
        "Thank you for your interest in Acme. We have received your enquiry and will get back to you as soon "
        "as possible.",
        "I would like to let you know that I am out of the office until 20 August. For urgent matters please "
        "contact Kim.",
        "Vielen Dank für Ihr Interesse an unserem Unternehmen. Ihre Nachricht ist bei uns eingegangen, wir "
        "melden uns schnellstmöglich.",
        "Guten Tag, ich bin derzeit nicht im Büro. Ihre E-Mail wird nicht weitergeleitet. Bei Fragen zu "
        "laufenden Projekten hilft Ihnen Frau Klein, klein@acme.example, gerne weiter.",
        "Bonjour, je suis absente jusqu'au 21 août. Pour toute demande urgente, contactez mon collègue Luc "
        "au 01 23 45 67 89. Cordialement",
        "Je suis actuellement en déplacement et j'aurai un accès limité à ma messagerie. Je vous répondrai "
        "dès que possible.",
        "Hola, estoy de baja maternal. Para cualquier tema urgente contacta con Marta. De acuerdo con el "
        "RGPD, los interesados podrán ejercer sus derechos.",
        "Estaremos cerrados por vacaciones del 3 al 24 de agosto. Responderemos a su correo a nuestra vuelta.",
        "Thanks for your message. I'm on annual leave and back on Monday 17 August. If we need to speak "
        "urgently please call the office.",
        "Our offices are closed for the summer break until August 24. Your message will be answered when we are back.",
        "Hello, you have reached the mailbox of Acme sales. We received your message and a colleague will "
        "answer within 24 hours.",
        "Danke für deine Mail! Ich bin bis 14. August offline und antworte danach.",
        "Ich bin im Mutterschutz und anschließend in Elternzeit. Bitte wenden Sie sich an Herrn Kern.",
        "Sehr geehrte Damen und Herren, am heutigen Tag ist unser Büro nicht besetzt. Wir bearbeiten Ihr "
        "Anliegen am nächsten Werktag.",
        "Merci pour votre message. Notre équipe reviendra vers vous dans les plus brefs délais. Numéro de "
        "dossier : 88121.",
        "Thank you for reaching out. Due to high demand our response time may be longer than usual. Case "
        "number: 00182.",
        "Ann Smith is no longer with Acme. For all matters please contact info@acme.example. This mailbox is "
        "not monitored.",
        "Sono in ferie fino al 23 agosto. Per urgenze contattare l'ufficio al 02 1234.",
        "I'm OOO this week. Slack me if urgent, otherwise I'll reply next Monday.",
        "Ich habe Urlaub vom 3. bis 14. August. Meine Mails lese ich erst danach wieder.",
        "Gracias por contactar con Acme. Hemos recibido su solicitud con número 8812 y le contestaremos lo "
        "antes posible.",
        "Thank you for your email. I am out of the country until August 24th and will only be checking "
        "messages sporadically. Anything urgent should go to Kim.",
        "Ich bin vom 03.08. bis 21.08.2026 nicht im Haus. Ihre Nachricht wird nicht automatisch weitergeleitet.",
        "Bonjour, je suis en congé maternité jusqu'au 15 décembre 2026. En mon absence, merci de vous "
        "adresser à Luc Petit (luc@acme.example).",
        "Gracias por su mensaje. Me encuentro fuera de la oficina hasta el 24 de agosto. Para asuntos "
        "urgentes, contacte con mi compañera Marta.",
        "Guten Tag, vielen Dank für Ihre Anfrage. Diese wird schnellstmöglich von unseren Mitarbeitern "
        "bearbeitet. Mit freundlichen Grüßen Ihr Acme-Team",
        "Hi, we've logged your request as ticket #8812. One of our agents will pick it up soon.",
        "Bonjour, votre message nous est bien parvenu. Nous y répondrons dans un délai de 72 heures. "
        "Merci de votre patience.",
        "To make sure you're a real person, please confirm your address by clicking the link: "
        "https://verify.example/x. Your message will then be delivered.",
    ],
)
def test_machines_in_free_words_are_known_without_headers(text: str) -> None:
    assert read(f"{_HEAD}{text}\n".encode()).kind == "auto_reply"
