"""Sends at once meet in a part of the daily quota, not in the whole: many get on, and none passes the quota."""

import pytest

from shared.domains.contacts import repository
from shared.domains.contacts import service as contacts
from shared.domains.contacts.models import ContactPolicy
from shared.domains.contacts.service import Later, Permit
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect, ProspectInput
from shared.domains.suppression import service as suppression
from shared.errors import AlreadyExists, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock

pytestmark = pytest.mark.usefixtures("local_settings")
UID = "ann"


def _prospects(number: int) -> list[Prospect]:
    contacts.ask(UID, _prospect(number), suppression.mailbox("first@acme.io"), clock.now())  # keys are looked at once
    return [_prospect(n) for n in range(number)]


def _prospect(n: int) -> Prospect:
    return prospects.create(UID, ProspectInput(name=f"P{n}", email=f"p{n}@acme{n}.io"))


def _ask(prospect: Prospect) -> Permit | Later:
    assert prospect.email
    return contacts.ask(UID, prospect, suppression.mailbox(prospect.email), clock.now())


def _claim(permit: Permit) -> bool:
    try:
        firestore.client().commit(list(permit.claim))
    except (AlreadyExists, PreconditionFailed):
        return False
    return True


def _round(waiting: list[Prospect]) -> tuple[list[Prospect], int]:
    """All ask before any claims; returns who has to ask again, and how many may never today."""
    asked = [(prospect, _ask(prospect)) for prospect in waiting]
    later = sum(isinstance(answer, Later) for _, answer in asked)
    again = [prospect for prospect, answer in asked if isinstance(answer, Permit) and not _claim(answer)]
    return again, later


def test_of_many_sends_at_once_many_get_on_in_each_round_and_all_in_the_end() -> None:
    waiting, rounds = _prospects(60), 0
    while waiting:
        before, (waiting, later) = len(waiting), _round(waiting)
        assert later == 0
        assert before - len(waiting) >= min(before, 3)
        rounds += 1
    assert rounds <= 20  # one document lets one on in a round: 60


@pytest.mark.parametrize("quota", [1, 5, 17])
def test_no_order_of_sends_passes_the_quota(quota: int) -> None:
    contacts.set_policy(UID, ContactPolicy(daily_quota=quota))
    everybody = _prospects(quota + 8)
    waiting, refused = everybody, 0
    while waiting:
        waiting, later = _round(waiting)
        refused += later
    assert refused == 8
    assert repository.part_with_room(UID, clock.now(), quota) is None


def test_a_place_that_is_given_back_is_taken_again_though_in_another_part() -> None:
    contacts.set_policy(UID, ContactPolicy(daily_quota=2))
    first, second, third = _prospects(3)
    assert all(isinstance(permit := _ask(each), Permit) and _claim(permit) for each in (first, second))
    assert isinstance(_ask(third), Later)
    firestore.client().commit([repository.to_give_back(UID, clock.now())])
    permit = _ask(third)
    assert isinstance(permit, Permit)
    assert _claim(permit)
    assert isinstance(_ask(_prospect(9)), Later)
