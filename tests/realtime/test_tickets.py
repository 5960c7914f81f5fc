"""A ticket admits one stream, once, for a minute, and nothing else does."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

import pytest

from shared import context
from shared.context import Context, Principal, SignedIn
from shared.errors import AppError, Unauthenticated, Unavailable
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit import clock, failpoint
from shared.kit.clock import VirtualClock
from shared.realtime import tickets
from tests.automations.scenario import standing_clock
from tests.fixtures.accounts import everything

ANN, BOB = Principal("ann"), Principal("bob", operator=True)

pytestmark = pytest.mark.usefixtures("local_settings")


def _refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tickets.redeem(text)


def test_it_stands_for_its_user_and_ends_with_the_token() -> None:
    until = clock.now() + timedelta(minutes=40)
    anns, bobs = tickets.issue(SignedIn(ANN, until)), tickets.issue(SignedIn(BOB, None))
    assert tickets.redeem(bobs.text) == SignedIn(BOB, None)
    assert tickets.redeem(anns.text) == SignedIn(ANN, until)
    _refused(anns.text)
    _refused(bobs.text)
    assert firestore.client().query(Query("realtime_tickets")) == []


def test_it_is_valid_for_a_minute_and_for_no_longer_than_the_token() -> None:
    with standing_clock() as time:
        _expires_after(time, timedelta(hours=1), timedelta(seconds=60))
        _expires_after(time, timedelta(seconds=10), timedelta(seconds=10))


def _expires_after(time: VirtualClock, token: timedelta, ticket: timedelta) -> None:
    first, second = (tickets.issue(SignedIn(ANN, clock.now() + token)) for _ in range(2))
    assert first.expires_at == clock.now() + ticket
    time.advance(ticket - timedelta(milliseconds=1))
    assert tickets.redeem(first.text).principal == ANN
    time.advance(timedelta(milliseconds=1))
    _refused(second.text)


@pytest.mark.parametrize(
    "text",
    ["", "x", "../tickets", "a/b", "ä" * 43, "x" * 42, "x" * 44, "x" * 1_000_000, "x" * 42 + "\n", "\0" * 43, "__x__"],
)
def test_what_is_no_ticket_by_its_form_is_refused_without_a_read(text: str) -> None:
    with context.bound(Context()) as call:
        _refused(text)
    assert call.meter.cost.rpcs == 0


def test_forged_ones_are_refused() -> None:
    ticket = tickets.issue(SignedIn(ANN, None))
    _refused(secrets.token_urlsafe(32))
    _refused(ticket.text[:-1] + ("A" if ticket.text[-1] != "A" else "B"))
    [stored] = firestore.client().query(Query("realtime_tickets"))
    _refused(stored.path.rpartition("/")[2])
    assert tickets.redeem(ticket.text).principal == ANN


def test_the_store_does_not_know_its_text() -> None:
    ticket = tickets.issue(SignedIn(ANN, None))
    assert ticket.text not in str(everything())


def test_of_many_at_once_one_is_admitted() -> None:
    for _ in range(20):
        ticket = tickets.issue(SignedIn(ANN, None))

        def attempt(ticket: str = ticket.text) -> object:
            try:
                return tickets.redeem(ticket)
            except AppError as error:
                return type(error)

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(lambda copied: copied.run(attempt), [copy_context() for _ in range(8)]))
        assert sorted(map(str, outcomes)) == sorted(map(str, [SignedIn(ANN, None), *[Unauthenticated] * 7]))


def test_one_whose_removal_got_no_answer_admits_nobody() -> None:
    """The store has removed it, and says nothing: who asked is told to come again, with another."""
    ticket = tickets.issue(SignedIn(ANN, None))
    hits = iter((False, True))  # before the write, and after it

    def break_off() -> None:
        if next(hits, False):
            raise Unavailable("No answer.")

    def redeem() -> None:
        failpoint.stop_at(break_off)
        with pytest.raises(Unavailable):
            tickets.redeem(ticket.text)

    copy_context().run(redeem)
    _refused(ticket.text)


def test_costs() -> None:
    with context.bound(Context()) as call:
        ticket = tickets.issue(SignedIn(ANN, None))
        assert (call.meter.cost.rpcs, call.meter.cost.reads, call.meter.cost.commits) == (1, 0, 1)
        tickets.redeem(ticket.text)
        assert (call.meter.cost.rpcs, call.meter.cost.reads, call.meter.cost.commits) == (3, 1, 2)
