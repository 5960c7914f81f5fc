"""Builds messages whose addresses and headers are safe from header injection. Pure."""

from collections.abc import Iterable, Sequence
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote

from shared.errors import ProviderError
from shared.kit import clock
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line
from shared.providers.mail.base import Mail

_ENCODED_WORD = lazy_pattern(r"=\?[\w.:+-]{1,40}(?:\*[\w-]{1,20})?\?[bBqQ]\?[^?\s]{0,500}\?=")  # RFC 2047, 2
_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_MESSAGE_ID = lazy_pattern(r"<(?!=\?)(?:(?!=\?)[!-;=?-~]){1,400}>")  # RFC 5322, 3.6.4, as programs write it
_LONGEST_THREAD = 900  # characters of References: a line, however it is folded on its way
_MOST_IDS = 20
_IN_A_URL = "!#$%&'()*+,/:;=?@[]~"  # what `quote` leaves as it is; it always leaves letters, digits and -._


def mailbox(name: str, address: str) -> Address:
    """The mail header form of a person and an address. Raises ProviderError for an invalid address."""
    try:
        parsed = Address(header_text(name), addr_spec=address.strip())
    except (ValueError, IndexError, HeaderParseError) as error:  # which of them, differs between Pythons
        raise ProviderError(f"{one_line(address)[:200]} is no mail address.") from error
    spec = parsed.addr_spec
    if not parsed.domain or not spec.isascii() or not spec.isprintable() or "=?" in spec:
        raise ProviderError(f"{one_line(address)[:200]} is no mail address that can be written to.")
    return parsed


def header_text(text: str) -> str:
    """The text as one header line without encoded words (RFC 2047).

    An encoded word is decoded first and cleaned after: Python's email package (CVE-2024-6923) and mail servers decode
    it later, and would find the line break that it hides. What decodes to another encoded word is broken up.
    """
    return one_line(_ENCODED_WORD.sub(lambda word: _decoded(word.group()), text)).replace("=?", "= ?")


def _decoded(word: str) -> str:
    try:
        return str(make_header(decode_header(word)))
    except (HeaderParseError, LookupError, ValueError):  # an unknown charset, or no text in it
        return word


class _Verbatim(EmailPolicy):
    """Writes URLs and Message-IDs verbatim: folded or encoded, they could not be called or compared."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name in ("List-Unsubscribe", "Message-ID", "In-Reply-To"):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name == "References":
            return f"{name}: {str(value).replace(' ', self.linesep + ' ')}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Verbatim(linesep="\r\n", cte_type="7bit")  # for servers that take nothing else


def composed(sender: Address, mail: Mail, id: str, reply_to: Address | None = None) -> bytes:
    """Compose a message in RFC 5322 format, with CRLF line ends. Raises ProviderError."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mailbox(mail.to_name, mail.to)
    message["Subject"] = header_text(mail.subject)
    message["Date"] = clock.now()
    message["Message-ID"] = id
    if reply_to:
        message["Reply-To"] = reply_to
    for name, value in {**thread_headers(mail), **list_headers(mail)}.items():
        message[name] = value
    message.set_content(mail.body.replace("\0", ""))
    for file in mail.attachments:
        kind, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    whole = message.as_bytes()
    check_head(whole, message.keys())
    return whole


def check_head(message: bytes, names: Sequence[str]) -> None:
    """Raise ProviderError unless the message's head has exactly these fields, in this order."""
    lines = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    fields = [line.partition(b":")[0].decode("latin-1") for line in lines if not line.startswith((b" ", b"\t"))]
    broken = any(b"\r" in line or b"\n" in line or len(line) > _LONGEST_LINE for line in lines)
    if broken or fields != list(names):
        raise ProviderError("The subject or a name cannot be written as a mail header; shorten it, or write it anew.")


def list_headers(mail: Mail) -> dict[str, str]:
    """The headers by which mail programs offer to unsubscribe (RFC 2369); by one click for https (RFC 8058)."""
    url = mail.unsubscribe_url
    if not url:
        return {}
    headers = {"List-Unsubscribe": f"<{quote(one_line(url), safe=_IN_A_URL).replace('=?', '=%3F')}>"}
    return headers | ({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {})


def thread_headers(mail: Mail) -> dict[str, str]:
    """The headers that put a message into its thread (RFC 5322, 3.6.4).

    Message-IDs come from whoever wrote before: what is none is left out, and the message leaves all the same.
    """
    parents = _message_ids([mail.in_reply_to or ""])[:1]
    thread = [id for id in _message_ids(mail.references) if id not in parents] + parents
    return ({"In-Reply-To": parents[0]} if parents else {}) | ({"References": _shortened(thread)} if thread else {})


def _message_ids(texts: Iterable[str]) -> list[str]:
    """The Message-IDs in the texts, each once; one without its brackets gets them."""
    bracketed = (text if "<" in text else f"<{text.strip()}>" for text in texts)
    return list(dict.fromkeys(match.group() for text in bracketed for match in _MESSAGE_ID.finditer(text)))


def _shortened(thread: list[str]) -> str:
    """The first Message-ID of a thread, which programs find it by, and as many of the last as fit (RFC 5537, 3.4.4)."""
    kept = [*thread[:1], *thread[1:][-(_MOST_IDS - 1) :]]
    while len(" ".join(kept)) > _LONGEST_THREAD:
        del kept[1]
    return " ".join(kept)
