"""Sends mail by SMTP to any server, which neither drops repetitions nor can look up an attempt."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from urllib.parse import unquote, urlsplit

from shared.errors import Ambiguous, ProviderError, Unavailable
from shared.providers.mail import addresses
from shared.providers.mail.base import Mail, Sent
from shared.providers.mail.message import composed, mailbox
from shared.providers.mail.refusals import refusal
from shared.providers.watching import watched
from shared.settings import Settings

_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def by_settings(config: Settings) -> "Smtp":
    """The provider that the settings name; `mail_from` has a value."""
    return Smtp(
        config.smtp_url or "",
        addresses.sender(config).recipient,
        config.mail_from_name,
        reply_domain=addresses.reply_domain(config),
        timeout=config.mail_seconds,
    )


class Smtp:
    name = "smtp"

    def __init__(
        self,
        url: str,
        sender: str,
        sender_name: str,
        *,
        timeout: float,
        reply_domain: str | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`url` is smtp://user:password@host:port (TLS where the server offers it) or smtps://…; with `reply_domain`,
        answers to a message with a token come back there."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ProviderError("SMTP_URL is not of the form smtp://user:password@host:port.")
        self._host, self._port = parts.hostname, port or _PORTS[parts.scheme]
        self._at_once = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._name = mailbox(sender_name, sender), sender_name
        self._reply_domain = reply_domain
        self._timeout = timeout
        self._tls = tls

    def send(self, mail: Mail) -> Sent:
        """Send a message. Fails surely unsent until the server has the whole message; after that, Ambiguous."""
        recipient = mailbox(mail.to_name, mail.to).addr_spec
        reply = self._reply_to(mail)
        id = self._id(mail)
        content = _stuffed(composed(self._sender, mail, id, reply))
        bounces_to = reply or self._sender
        with watched(self.name), self._session() as server:
            _expect(server.mail(bounces_to.addr_spec), "the sender")
            _expect(server.rcpt(recipient), "the recipient", recipient)
            _expect(server.docmd("DATA"), "the message", good=354)
            server.send(content)  # if this breaks, the end of the message has not been sent
            _expect(_last_word(server), "the message", recipient)
        return Sent(self.name, id)

    def _id(self, mail: Mail) -> str:
        if mail.token:
            return addresses.id_at(mail.token, self._sender.domain)
        return f"<{re.sub(r'[^A-Za-z0-9.-]', '-', mail.key)}@{self._sender.domain}>"

    def _reply_to(self, mail: Mail) -> Address | None:
        """Where answers go, bounces too, which name no message otherwise (VERP)."""
        if not mail.token or not self._reply_domain:
            return None
        return mailbox(self._name, addresses.reply_at(mail.token, self._reply_domain))

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A session with the server, ready to send. Where it fails, the message has not left."""
        server: smtplib.SMTP | None = None
        try:
            server = self._open()
            self._secure(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.putcmd("quit")
        except smtplib.SMTPNotSupportedError as error:
            raise ProviderError("The mail server takes no user; leave it out of SMTP_URL.") from error
        except ssl.SSLCertVerificationError as error:
            raise ProviderError(f"The mail server {self._host} has no valid certificate.") from error
        except smtplib.SMTPResponseException as error:
            login = isinstance(error, smtplib.SMTPAuthenticationError)
            what = "the user or password of SMTP_URL" if login else "us"
            raise refusal(error.smtp_code, error.smtp_error, what) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"The mail server {self._host} cannot be reached, or broke off.") from error
        finally:
            if server is not None:
                server.close()

    def _open(self) -> smtplib.SMTP:
        name = self._sender.domain
        if self._at_once:
            return smtplib.SMTP_SSL(self._host, self._port, name, timeout=self._timeout, context=self._context())
        return smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if not self._at_once and server.has_extn("starttls"):
            server.starttls(context=self._context())
            server.ehlo_or_helo_if_needed()
        elif not self._at_once and self._password and self._host not in _LOOPBACK:
            raise ProviderError(f"The mail server {self._host} offers no TLS; the password is not sent in the clear.")
        if self._user:
            server.login(self._user, self._password)

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()


def _stuffed(whole: bytes) -> bytes:
    """A message as DATA takes it: with its end, and no line within that looks like it."""
    return re.sub(rb"(?m)^\.", b"..", whole) + (b".\r\n" if whole.endswith(b"\r\n") else b"\r\n.\r\n")


def _last_word(server: smtplib.SMTP) -> tuple[int, bytes]:
    """The server's reply to the whole message. Raises Ambiguous without one."""
    try:
        code, text = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Ambiguous("the mail server had the whole message and broke off before it confirmed.") from error
    if not 200 <= code < 600:
        raise Ambiguous("the mail server had the whole message and answered what is no answer.")
    return code, text


def _expect(reply: tuple[int, bytes], what: str, recipient: str | None = None, good: int = 250) -> None:
    """Raise ProviderError, Undeliverable or Unavailable unless the reply has the `good` code. `recipient`: the
    address that the server may refuse here."""
    code, text = reply
    if code != good and not (good == 250 and 200 <= code < 300):
        raise refusal(code, text, what, recipient)
