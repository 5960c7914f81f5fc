"""A permit to send rests on what was read: a no that is written before the claim makes the claim's commit fail."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.domains import removal
from shared.domains.contacts import service as contacts
from shared.domains.contacts.service import Permit
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect, ProspectInput, ProspectUpdate
from shared.domains.suppression import service as suppression
from shared.domains.suppression.models import SuppressionInput
from shared.errors import AlreadyExists, Forbidden, NotFound, PreconditionFailed
from shared.gcp import firestore
from shared.kit import clock

pytestmark = pytest.mark.usefixtures("local_settings")


def _suppress(**entry: object) -> Callable[[Prospect], None]:
    def say(prospect: Prospect) -> None:
        suppression.suppress(prospect.user_id, SuppressionInput.model_validate(entry))

    return say


def _status(prospect: Prospect) -> None:
    prospects.update(prospect.user_id, prospect.id, ProspectUpdate(status="not_interested"), None)


def _step(prospect: Prospect) -> None:
    """As a run's step does it."""
    firestore.client().commit(prospects.repository.to_change(prospect, {"status": "unsubscribed"}))


def _deleted(prospect: Prospect) -> None:
    removal.delete(prospect.user_id, prospect.id, None)


def _another_address(prospect: Prospect) -> None:
    prospects.update(prospect.user_id, prospect.id, ProspectUpdate(email="ann@home.example"), None)


SAID = {
    "the address": _suppress(email="ann+news@eu.acme.io", include_subaddresses=False),
    "the mailbox": _suppress(email="ANN@eu.acme.io"),
    "another tag": _suppress(email='"ann+other"@eu.acme.io'),
    "the domain": _suppress(domain="eu.acme.io"),
    "the domain above": _suppress(domain="acme.io"),
    "a status": _status,
    "a status in a run": _step,
    "deleted": _deleted,
    "another address": _another_address,
}


@pytest.mark.parametrize("written_before", [False, True])
@pytest.mark.parametrize("attempt", ["first", "again", "in doubt"])
@pytest.mark.parametrize("said", SAID)
def test_a_no_between_question_and_claim_is_heard(said: str, attempt: str, written_before: bool) -> None:
    prospect = prospects.create(f"user-{uuid4().hex}", ProspectInput(name="Ann", email="ann+news@eu.acme.io"))
    if attempt != "first" or written_before:
        firestore.client().commit(_permit(prospect).claim)
    permit = _permit(prospect, attempt)
    SAID[said](prospect)
    with pytest.raises((PreconditionFailed, AlreadyExists, NotFound)):
        firestore.client().commit(permit.claim)
    if said not in ("deleted", "another address"):
        with pytest.raises(Forbidden):
            _permit(prospects.get(prospect.user_id, prospect.id), attempt)


@pytest.mark.parametrize("attempt", ["first", "again", "in doubt"])
def test_without_one_the_claim_stands(attempt: str) -> None:
    prospect = prospects.create(f"user-{uuid4().hex}", ProspectInput(name="Ann", email="ann+news@eu.acme.io"))
    for _ in range(2):
        before = prospects.get(prospect.user_id, prospect.id)
        firestore.client().commit(_permit(prospect, attempt).claim)
        assert prospects.get(prospect.user_id, prospect.id).version == before.version  # nothing is written there


def test_of_two_claims_one_counts() -> None:
    prospect = prospects.create(f"user-{uuid4().hex}", ProspectInput(name="Ann", email="ann@acme.io"))
    first, second = _permit(prospect), _permit(prospect)
    firestore.client().commit(first.claim)
    with pytest.raises((PreconditionFailed, AlreadyExists)):
        firestore.client().commit(second.claim)


def _permit(prospect: Prospect, attempt: str = "first") -> Permit:
    uid, box = prospect.user_id, suppression.mailbox(prospect.email or "")
    if attempt == "in doubt":
        return contacts.ask_again(uid, prospect, box)
    asked = contacts.ask(uid, prospect, box, clock.now() + timedelta(seconds=1), claimed=attempt == "again")
    assert isinstance(asked, Permit)
    return asked
