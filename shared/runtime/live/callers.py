"""Authenticates who opens a stream: by ID token, by ticket or, on the local stack, as the development user."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from starlette.requests import HTTPConnection

from shared.context import Principal
from shared.errors import Unauthenticated
from shared.kit.schema import Input
from shared.realtime import tickets
from shared.runtime import accounts, arguments, auth, rates
from shared.runtime.incoming import Headers, Incoming
from shared.runtime.live import revocation

UPGRADE = "UPGRADE"  # stands for the method of a WebSocket's opening, which no page of another site may do unasked


@dataclass(frozen=True)
class Opening:
    """A request that opens a stream, in the form that the rest of the runtime looks at."""

    method: str
    path: str
    headers: Headers
    remote_addr: str | None
    query: tuple[tuple[str, str], ...]


class StreamQuery(Input):
    """What a stream is opened with."""

    channels: str | None = None
    cursor: str | None = None
    ticket: str | None = None

    @property
    def names(self) -> list[str] | None:
        """The channels that are asked for; None for those that are served unasked."""
        return None if self.channels is None else self.channels.split(",")


Q = TypeVar("Q", bound=StreamQuery)


@dataclass(frozen=True)
class Caller:
    """A user, until when that is proven, and when the ID token was issued that proves it; None: without end, on the
    local stack alone."""

    principal: Principal
    until: datetime | None
    issued_at: datetime | None = None
    is_signed_in: bool = True


def opening(connection: HTTPConnection) -> Opening:
    """A request or a WebSocket's opening."""
    method = connection.scope.get("method", UPGRADE)
    address = connection.client.host if connection.client else None
    query = tuple(connection.query_params.multi_items())
    return Opening(method, connection.url.path, connection.headers, address, query)


def admitted(request: Opening, guard: rates.Guard, model: type[Q]) -> tuple[Caller, Q]:
    """Authenticate whoever opens a stream, count that against the user's rate limit, and read the query.

    Costs a read and a commit with a ticket; a read and a look-up more where nobody has asked for a minute whether the
    account is closed or access was revoked. Raises AppError; called on a thread of its own.
    """
    ticket = next((value for name, value in request.query if name == "ticket" and value), None)
    caller = _caller(request, ticket)
    guard.admit_user(caller.principal.uid)
    _refuse_cut_off(caller)
    signed_in = caller.principal if caller.is_signed_in else None
    return caller, arguments.validated(model, arguments.parameters(request.query, signed_in))


def extended(token: str, caller: Caller) -> Caller:
    """The same caller, by another ID token. Raises Unauthenticated for a token that is not valid, or of another user;
    called on a thread of its own."""
    signed_in = auth.of_token(token)
    if signed_in.principal.uid != caller.principal.uid:
        raise Unauthenticated("The ID token is another user's; open a stream of its own for them.")
    longer = Caller(signed_in.principal, signed_in.until, signed_in.issued_at)
    _refuse_cut_off(longer)
    return longer


def _refuse_cut_off(caller: Caller) -> None:
    accounts.refuse_closed(caller.principal.uid)
    revocation.refuse_revoked(caller.principal.uid, caller.issued_at)


def _caller(request: Incoming, ticket: str | None) -> Caller:
    if request.headers.get("Authorization", ""):
        signed_in = auth.signed_in(request)
        return Caller(signed_in.principal, signed_in.until, signed_in.issued_at)
    if ticket:
        redeemed = tickets.redeem(ticket)
        return Caller(redeemed.principal, redeemed.until, redeemed.issued_at)
    if not auth.is_development(request):
        raise Unauthenticated("Send an ID token (Authorization: Bearer <token>), or ?ticket= of /api/realtime/tickets.")
    signed_in = auth.signed_in(request)
    return Caller(signed_in.principal, signed_in.until, is_signed_in=False)
