"""Reads delivery reports: as RFC 3464 has them, and as real servers send them. flufl.bounce knows the texts of many."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from shared.inbound import head, refusals
from shared.inbound.head import Head
from shared.inbound.mime import Mail
from shared.inbound.received import Report
from shared.inbound.refusals import State
from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of
from shared.providers.mail import dead_addresses

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
_RECIPIENT_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient", "original-rcpt-to")
_MAX_STATUS = 500_000  # bytes of a report that are read
_MAX_REPORTS = 1_000
_MAX_TEXT = 100_000
_MAX_LINE = 500
_DAEMONS = lazy_pattern(
    r"(?:mailer-?daemon|mail-?daemon|postmaster|mdaemon|daemon|mailerdaemon|mail-delivery|mailsystem|mail_system|"
    r"microsoftexchange[0-9a-f]{1,60}|bounces?|bounce-.{1,60}|mail\.delivery|undeliverable|ndr|no-?reply-bounce)",
    re.I,
)
_DAEMON_NAMES = any_of(
    r"""
    mail (?:delivery|system)|delivery (?:sub)?system|mailer.?daemon|postmaster|microsoft outlook|system administrator
    systemadministrator|mail administrator|internet mail delivery|administrador del sistema|administrateur système
    """
)
_SUBJECTS = any_of(
    r"""
    undeliver|not delivered|mail failure|delivery[ -](?:status|fail|notification|report|incomplete|problem|error|has
    delay
    subsystem)|returned (?:mail|e-?mail|to sender)|mail (?:delivery|system|could)|mail\.delivery|failure (?:notice
    notification|delivery)|failed (?:delivery|mail)|message (?:delivery )?(?:delayed|status|not)
    could not (?:be )?(?:deliver|send)|(?:warning: )?could not send|delayed (?:mail|delivery)|non[ -]?deliver|rejected
    bounce|\bndn\b|\bndr\b|unzustellbar|nicht zugestellt|zustell|unzustellbare|nicht zustellbar|non remis|non distribu
    échec|remise|non délivr|no se (?:puede|pudo|ha podido)|no entregad|no se entreg|devuelt|error (?:de|al) (?:entrega
    envi)|mancat[ao] (?:recapito|consegna)|impossibile|non recapit|non consegnat|não (?:entregue|foi)|falha na entrega
    não é possível|devolvid|onbestelbaar|niet (?:bezorgd|afgeleverd)|bezorg|配信|配達|届け|不達|未達|送信できません
    エラー|退信|投递|无法|無法|недостав
    """
)
_BODIES = any_of(
    r"""
    could ?n[o'’]t be delivered|can ?not be delivered|can[’']t be delivered|could not be delivered|was(?: not
    n[’']t) delivered|unable to deliver
    delivery (?:has )?failed|undeliverable|wasn[’']t delivered|failed to deliver|returned to sender
    permanent(?:ly)? (?:fatal )?(?:error|fail)|delivery to the following|did not reach|cannot deliver
    not able to deliver|has been delayed|was delayed|will be retried|not yet been delivered|i'm afraid i wasn't able
    problem delivering|delivery status|this is a permanent error|nicht zugestellt|konnte nicht|nicht zustellbar
    n'a pas pu être|impossible de (?:remettre|livrer|distribuer)|n'a pas été (?:remis|distribu|délivr)|no se (?:pudo
    ha podido|puede) entregar|no pudo ser|non è stato (?:possibile|recapitat|consegnat)|impossibile (?:recapitare
    consegnare)|não (?:foi possível|pôde|pode) (?:ser )?entreg|niet (?:worden )?(?:bezorgd|afgeleverd)|kon niet
    配信(?:でき|され)|届けでき|送信できません|无法(?:投递|送达|发送)|無法(?:傳遞|送達)
    """
)
_DELAYS = any_of(
    r"""
    \bdelay|not (?:yet )?been delivered yet|not yet been delivered|will be retried|will (?:continue
    keep) (?:to )?(?:try|retry)|warning message only|still trying|continue to be attempted|do not need to resend
    no action is required|temporarily deferred|noch nicht zugestellt|verzöger|weitere(?:r)? (?:zustell)?versuch|retard
    différé|n'a pas encore|retras|aún no|ritard|non è ancora|atras|ainda não|vertraag|nog niet|遅延|遅れ|延迟|稍后重试
    """
)
_GIVEN_UP = any_of(
    r"""
    giv(?:en|ing) up|no longer|not be retried|will not retry|permanent|retry timeout exceeded|expired
    too long in (?:the )?queue|delivery failed|has failed|undeliverable|endgültig|aufgegeben|définitive
    """
)
_REPLIED = lazy_pattern(r"(?:re|aw|antw|r|sv|rif|res|odp|回复|答复|返信)\s?[:：]", re.I)


@dataclass(frozen=True)
class Delivery:
    """What became of a message: the worst of its recipients decides."""

    state: State
    reports: tuple[Report, ...]
    reason: str


def read(mail: Mail, text: str, returned: Head) -> Delivery | None:
    """The delivery report that a mail is; None for any other mail."""
    described = [entry for raw in _status_texts(mail, text) for entry in _entries(raw, text)][:_MAX_REPORTS]
    if described:
        return _worst(described)
    if not _is_from_daemon(mail, text):
        return None
    return _of_text(mail, text, returned)


def _status_texts(mail: Mail, text: str) -> Iterator[bytes]:
    """The machine-readable parts; for servers that put them into the text, that."""
    for part in mail.parts:
        if part.type in _STATUS_TYPES or part.name.lower() in ("details.txt", "delivery-status", "deliverystatus.txt"):
            yield part.content()[:_MAX_STATUS]
    if _is_from_daemon(mail, text):
        for part in mail.of_type("text/plain"):
            content = part.content()[:_MAX_STATUS]
            lower = content.lower()
            if b"final-recipient:" in lower and (b"\naction:" in lower or b"\nstatus:" in lower):
                yield content


def _entries(raw: bytes, text: str) -> Iterator[tuple[State, Report]]:
    position = 0
    while position < len(raw):
        fields, following = head.read(raw, position, len(raw))
        if following == position:  # a line that is no field
            line_end = raw.find(b"\n", position)
            following = line_end + 1 if line_end >= 0 else len(raw)
        position = following
        for recipient in _recipients(fields):
            if (entry := _entry(recipient, text)) is not None:
                yield entry


def _recipients(fields: Head) -> Iterator[Head]:
    """The fields of each recipient: some servers leave out the empty lines between them."""
    count = len(fields.all("final-recipient"))
    if count <= 1:
        yield fields
        return
    for number in range(count):
        yield Head({name: [values[number]] for name, values in fields.fields.items() if number < len(values)})


def _entry(fields: Head, text: str) -> tuple[State, Report] | None:
    named = [field for field in _RECIPIENT_FIELDS if field in fields]
    if not named and "action" not in fields:
        return None
    recipient = next(
        (addresses[0] for field in named if (addresses := head.addresses(fields.raw(field)[:1_000]))), None
    )
    words = fields.text("diagnostic-code") or fields.text("x-postfix-queue-id")
    declared = fields.text("status")
    state = refusals.state_of(fields.text("action"), declared) or "failed"
    status = dead_addresses.status_of(declared, words)
    spoken = words if dead_addresses.status_of("", words) or len(words) > 20 else f"{words} {_near(text, recipient)}"
    permanent = state == "failed" and dead_addresses.is_dead(status, spoken)
    return state, Report(recipient, permanent, status, refusals.as_reason(spoken.strip() or declared or state))


def _near(text: str, recipient: str | None) -> str:
    """What the report's text says where it names the recipient; its first lines otherwise."""
    lower = text.lower()
    at = lower.find(recipient) if recipient else -1
    return text[max(0, at) : max(0, at) + 600].partition("\n---")[0]


def _worst(entries: Sequence[tuple[State, Report]]) -> Delivery:
    order: tuple[State, ...] = ("failed", "delayed", "delivered")
    state = next(state for state in order if any(state == one for one, _ in entries))
    reports = {report.recipient: report for one, report in reversed(entries) if one == state}
    return Delivery(state, tuple(reversed(reports.values())), f"The mail server's report says: {state}.")


def _is_from_daemon(mail: Mail, text: str) -> bool:
    """Whether a mail server wrote the mail about a delivery."""
    if "x-failed-recipients" in mail.head:
        return True
    subject = mail.head.text("subject")
    kind = mail.head.parameters("content-type")
    if kind.get_content_type() == "multipart/report" and kind.get_param("report-type") == "delivery-status":
        return True
    name, address = next(iter(mail.head.mailboxes("from")), ("", ""))
    daemon = _DAEMONS.fullmatch(address.partition("@")[0]) or _DAEMON_NAMES.search(name)
    unanswerable = mail.head.raw("return-path").strip() in ("<>", "< >") or not address
    if _REPLIED.match(subject) or not (daemon or unanswerable):
        return False
    about = _SUBJECTS.search(subject) is not None
    return (
        about and _BODIES.search(text[:5_000]) is not None
        if not daemon
        else bool(about or _BODIES.search(text[:5_000]) or dead_addresses.status_of("", text[:4_000]))
    )


def _of_text(mail: Mail, text: str, returned: Head) -> Delivery:
    delayed, failed = _recognized(mail, text)
    spoken = text[:_MAX_TEXT]
    opening = f"{mail.head.text('subject')}\n{spoken[:3_000]}"
    late = _DELAYS.search(opening) is not None and _GIVEN_UP.search(opening) is None
    state: State = "delayed" if (late or delayed) and not (failed and not late) else "failed"
    recipients = delayed | failed if delayed | failed else set(_named(mail, spoken, returned))
    reports = []
    affected: list[str | None] = [*sorted(recipients)[:_MAX_REPORTS]]
    for recipient in affected or [None]:
        words = _near(spoken, recipient) if recipient and recipient in spoken.lower() else spoken[:3_000]
        status = dead_addresses.status_of("", words) or dead_addresses.status_of("", spoken)
        permanent = state == "failed" and dead_addresses.is_dead(status, words)
        reports.append(Report(recipient, permanent, status, refusals.as_reason(words)))
    return Delivery(state, tuple(reports), f"A mail server's words say: {state}.")


def _recognized(mail: Mail, text: str) -> tuple[set[str], set[str]]:
    """The recipients that the mail says are delayed, and those that it says have failed."""
    message = Message()
    for name in ("From", "To", "Subject", "X-Failed-Recipients"):
        if value := mail.head.text(name.lower()):
            message[name] = value.encode("ascii", errors="replace").decode()
    message.set_payload("\n".join(line[:_MAX_LINE] for line in text[:_MAX_TEXT].split("\n")))
    late, lost = all_failures(message)
    return tuple(  # type: ignore[return-value]
        {address for raw in group if (address := head.addressed(raw.decode("ascii", errors="replace")))}
        for group in (late, lost)
    )


def _named(mail: Mail, text: str, returned: Head) -> list[str]:
    """The recipients of the returned message that the text names; else the first address that it names at all."""
    sent_to = [address for _, address in returned.mailboxes("to", "cc")]
    named = head.addresses(text[:20_000])
    if both := [address for address in sent_to if address in named]:
        return both
    ours = {address for _, address in mail.head.mailboxes("to", "from", "cc")}
    return sent_to[:1] or [address for address in named if address not in ours][:1]
