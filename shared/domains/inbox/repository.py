"""Stored mail events, and the tokens that name the messages they are for."""

import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domains.inbox.models import InboxQuery, MailEvent
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.queries import Direction, Query, Where, equal
from shared.gcp.writes import Write
from shared.kit import mailboxes
from shared.kit.ids import derived_id
from shared.kit.paging import Page
from shared.store.repository import Order, Repository

_TOKENS = "mail_tokens"
_TOKENS_LAST = timedelta(days=730)  # answers come late; after that a message is matched by nobody
_LATEST: Order = (("at", "desc"),)


class MailEventRepository(Repository[MailEvent]):
    def __init__(self) -> None:
        super().__init__(MailEvent, "mail_events", "mail event")

    def matching_page(self, uid: str, query: InboxQuery) -> Page[MailEvent]:
        """A page of the events that match, the latest first: one query and its count."""
        names = ("kind", "needs", "outreach_id", "prospect_id")
        where = equal(**{name: getattr(query, name) for name in names})
        return self.page(uid, where=where, order=_LATEST, limit=query.limit, cursor=query.cursor)

    def of_message(self, uid: str, outreach_id: str, limit: int) -> list[MailEvent]:
        """The latest events of a message, the latest first: one query."""
        return self.select(uid, where=[("outreach_id", "==", outreach_id)], order=_LATEST, limit=limit)

    def of_prospect(self, uid: str, prospect_id: str, limit: int) -> list[MailEvent]:
        """The latest events of a prospect, the latest first: one query."""
        return self.select(uid, where=[("prospect_id", "==", prospect_id)], order=_LATEST, limit=limit)


repository = MailEventRepository()


@dataclass(frozen=True)
class Sent:
    """A message that left, as its token names it."""

    uid: str
    outreach_id: str
    prospect_id: str
    email: str
    at: datetime


def new_token() -> str:
    """26 characters that nobody can guess; lower case, as some servers change the case of an address."""
    return b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def to_keep_token(token: str, sent: Sent) -> Write:
    """Store what a token names; again, where a claim was given back and is made anew."""
    fields = {
        "uid": sent.uid,
        "outreach_id": sent.outreach_id,
        "prospect_id": sent.prospect_id,
        "email": sent.email,
        "email_key": mailboxes.key_of(sent.email),
        "sent_at": sent.at,
        "expires_at": sent.at + _TOKENS_LAST,
    }
    return writes.merge(_token_path(token), fields)


def find_tokens(tokens: Sequence[str]) -> dict[str, Sent | None]:
    """The messages that tokens name, in their order, without those that are not known; None for one of an account that
    is closed: one round trip, a read each."""
    documents = firestore.client().get_all([_token_path(token) for token in tokens]) if tokens else []
    return {
        token: None if document.data.get("closed") else _sent(document)
        for token, document in zip(tokens, documents, strict=True)
        if document
    }


def find_latest_to(address: str) -> Sent | None:
    """The latest message to an address, if one user alone has written there: two queries, of a document each."""
    sent_there: Where = ("email_key", "==", mailboxes.key_of(address))
    latest = [_sent(each) for each in _query([sent_there], order=[("sent_at", "desc")])]
    if not latest or _query([sent_there, ("uid", "!=", latest[0].uid)], order=[("uid", "asc")]):
        return None
    return latest[0]


def _query(where: list[Where], order: list[tuple[str, Direction]]) -> list[Document]:
    return list(firestore.client().query(Query(_TOKENS, where=where, order=order, limit=1)))


def _token_path(token: str) -> str:
    """By the hash: who can read the store cannot answer for anybody."""
    return f"{_TOKENS}/{derived_id('mail', token)}"


def _sent(document: Document) -> Sent:
    data = document.data
    return Sent(data["uid"], data["outreach_id"], data["prospect_id"], data["email"], data["sent_at"])


def event_id(*parts: str) -> str:
    """The id of an event: what is told twice is one."""
    return derived_id("mail event", *parts)
