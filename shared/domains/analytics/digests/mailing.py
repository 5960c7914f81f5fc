"""Mails a digest once: what may have left already is never sent again unless the mail service drops repetitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import log
from shared.domains.analytics.digests.content import Digest
from shared.domains.system_logs import service as system_logs
from shared.errors import Ambiguous, AppError, ProviderError, Unavailable
from shared.gcp import firestore, identity
from shared.kit import clock
from shared.providers import mail as mails
from shared.providers.mail.base import Attachment, Mail, Traceable

AGAIN = timedelta(minutes=15)
_GIVEN_UP = timedelta(hours=20)  # before mail services forget their idempotency keys
_OFF = "\n\nYou get this once a week. It is switched off with the digest's settings (PUT /api/analytics/digest)."


@dataclass(frozen=True)
class Letter:
    """A digest's mail on its way. `tried`: an attempt began, and nobody has noted how it ended."""

    key: str
    to: str
    subject: str
    text: str
    since: datetime
    tried: bool = True

    def fields(self, *, tried: bool = True) -> dict[str, Any]:
        """As it is stored until it is settled."""
        return {**self.__dict__, "tried": tried}


def letter(uid: str, key: str, digest: Digest) -> Letter | None:
    """The mail of a digest; None where no mail service is set or the user has no verified address: one request."""
    if mails.configured() is None:
        return None
    try:
        user = identity.look_up(uid)
    except ProviderError as error:  # of the deployment: the notification comes all the same
        log.error("a digest is not mailed: the user's address cannot be looked up", exception=error)
        return None
    if user is None or not user.exists or user.email is None:
        return None
    return Letter(key, user.email, digest.title, digest.text + _OFF, clock.now())


def of_fields(fields: Mapping[str, Any]) -> Letter:
    return Letter(**fields)


def send(uid: str, letter: Letter, picture: bytes | None) -> bool:
    """Send it. False: it did not leave, and is to be tried again. What cannot leave is written into the user's log."""
    provider = mails.configured()
    if provider is None:
        return True
    attachments = (Attachment("week.png", "image/png", picture),) if picture else ()
    try:
        provider.send(
            Mail(letter.key, letter.to, "", letter.subject, letter.text, since=letter.since, attachments=attachments)
        )
    except Ambiguous as error:
        _log(uid, letter, f"The weekly digest may or may not have left: {error.detail}")
    except AppError as error:
        if error.retriable and clock.now() - letter.since < _GIVEN_UP:
            return False
        _log(uid, letter, f"The weekly digest was not mailed: {error.detail}")
    return True


def may_be_repeated(uid: str, letter: Letter) -> bool:
    """Whether a letter may be sent whose earlier attempt has no known end. Raises Unavailable where the mail service
    does not say now."""
    provider = mails.configured()
    if not letter.tried:
        return True
    if isinstance(provider, Traceable):
        try:
            return provider.find(letter.key, since=letter.since) is None
        except Unavailable:
            raise
        except AppError as error:
            _log(uid, letter, f"The weekly digest may or may not have left: {error.detail}")
            return False
    _log(uid, letter, "The weekly digest may or may not have left: its sender stopped half-way.")
    return False


def _log(uid: str, letter: Letter, sentence: str) -> None:
    entry = system_logs.build(uid, "warning", "system", sentence, id=letter.key)
    firestore.client().commit([system_logs.to_put(entry)])
