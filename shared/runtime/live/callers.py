"""Authenticates who opens a stream: by ID token, by ticket or, on the local stack, as the development user."""

from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import HTTPConnection

from shared.context import SignedIn
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


def opening(connection: HTTPConnection) -> Opening:
    """A request or a WebSocket's opening."""
    method = connection.scope.get("method", UPGRADE)
    address = connection.client.host if connection.client else None
    query = tuple(connection.query_params.multi_items())
    return Opening(method, connection.url.path, connection.headers, address, query)


def admitted(request: Opening, guard: rates.Guard, model: type[Q]) -> tuple[SignedIn, Q]:
    """Authenticate whoever opens a stream, count that against the user's rate limit, and read the query.

    Costs a read and a commit with a ticket; a read and a look-up more where nobody has asked for a minute whether the
    account is closed or access was revoked. Raises AppError; called on a thread of its own.
    """
    ticket = next((value for name, value in request.query if name == "ticket" and value), None)
    caller = _caller(request, ticket)
    guard.admit_user(caller.principal.uid)
    _refuse_cut_off(caller)
    proven = caller.principal if ticket or not auth.is_development(request) else None
    return caller, arguments.validated(model, arguments.parameters(request.query, proven))


def extended(token: str, caller: SignedIn) -> SignedIn:
    """The same user, by another ID token. Raises Unauthenticated for a token that is not valid, or of another user;
    called on a thread of its own."""
    longer = auth.of_token(token)
    if longer.principal.uid != caller.principal.uid:
        raise Unauthenticated("The ID token is another user's; open a stream of its own for them.")
    _refuse_cut_off(longer)
    return longer


def _refuse_cut_off(caller: SignedIn) -> None:
    accounts.refuse_closed(caller.principal.uid)
    revocation.refuse_revoked(caller.principal.uid, caller.issued_at)


def _caller(request: Incoming, ticket: str | None) -> SignedIn:
    if request.headers.get("Authorization", ""):
        return auth.signed_in(request)
    if ticket:
        return tickets.redeem(ticket)
    if not auth.is_development(request):
        raise Unauthenticated("Send an ID token (Authorization: Bearer <token>), or ?ticket= of /api/realtime/tickets.")
    return auth.signed_in(request)
