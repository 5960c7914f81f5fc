"""Many prospects in one request: created, approved or rejected."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domains.prospects import creation, rows, service
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.models import ApproveInput, Prospect, ProspectBatch, ProspectInput
from shared.domains.prospects.repository import repository
from shared.domains.prospects.rows import Answers, RowResult
from shared.errors import NotFound
from shared.gcp import firestore
from shared.gcp.refusals import raise_common
from shared.kit import clock
from shared.kit.ids import is_valid_id
from shared.kit.schema import Model


class CreatedProspects(Model):
    """What came of one or many; `prospect` is the one that was sent alone."""

    prospect: Prospect | None = None
    created_ids: list[str]
    prospects: list[Prospect]
    errors: list[str]
    rows: list[RowResult] = []


class ApprovalReport(Model):
    approved_count: int
    rejected_count: int
    errors: list[str]
    rows: list[RowResult]


def create(uid: str, data: ProspectBatch) -> CreatedProspects:
    """One batch; a row that is bad, or exists already, is named and stops no other."""
    answers = Answers(len(data.prospects))
    good = rows.checked(ProspectInput, data.prospects, "prospects", answers)
    built: dict[str, tuple[int, Prospect]] = {}
    for number, row in good:
        prospect = service.build(uid, row, service.prospect_id(row))
        first, earlier = built.setdefault(prospect.id, (number, prospect))
        if first != number:
            if prospect.refuses and not earlier.refuses:  # a no in any of the rows is one
                built[prospect.id] = (first, earlier.model_copy(update={"status": prospect.status}))
            answers.refuse(number, f"prospects.{number}.email: {row.email} is in row {first} already")
    outcomes = creation.create_each([prospect for _, prospect in built.values()])
    created = []
    for (number, prospect), outcome in zip(built.values(), outcomes, strict=True):
        if isinstance(outcome, Prospect):
            created.append(outcome)
            answers.store(number, outcome.id)
        elif isinstance(outcome, AddressTaken):
            suppressed = "; the address was put on the suppression list" if outcome.suppressed else ""
            sentence = f"prospects.{number}.email: {prospect.email} already exists: {outcome.holder}{suppressed}"
            answers.refuse(number, sentence, outcome.holder)
        else:
            answers.refuse(number, f"prospects.{number}: {outcome.detail}")
    ids = [prospect.id for prospect in created]
    return CreatedProspects(created_ids=ids, prospects=created, errors=answers.errors, rows=answers.results())


def approve(uid: str, data: ApproveInput) -> ApprovalReport:
    """One batch, no read: each write demands that its prospect exists. Raises NotFound when none does."""
    fields = {
        "approval_status": data.approval_status,
        "last_action": data.approval_status,
        "updated_at": clock.now(),
    }
    answers = Answers(len(data.prospect_ids))
    indexes = rows.places(data.prospect_ids, answers)
    valid = [id for id in indexes if is_valid_id(id)]
    outcomes = firestore.client().batch_write([repository.to_update(uid, id, fields) for id in valid])
    raise_common(outcomes)
    refusals = {id: rows.unknown(id) for id in indexes if not is_valid_id(id)}
    refusals |= {id: rows.refused(id, error) for id, error in zip(valid, outcomes, strict=True) if error}
    done = len(indexes) - len(refusals)
    if not done and all(isinstance(outcome, NotFound) for outcome in outcomes):
        raise NotFound("There is no prospect with " + ("this id." if len(indexes) == 1 else "any of these ids."))
    answers.settle(indexes, refusals)
    approved, rejected = (done, 0) if data.approval_status == "approved" else (0, done)
    return ApprovalReport(
        approved_count=approved, rejected_count=rejected, errors=answers.errors, rows=answers.results()
    )


def change_each(uid: str, changes: Sequence[tuple[Prospect, Mapping[str, Any]]]) -> dict[str, str]:
    """Change each prospect if it still has the version that was read: one batch.

    Answers by id why some were not written. Raises TypeError for a change of status or address that might say no.
    """
    stamp = {"updated_at": clock.now()}
    outcomes = firestore.client().batch_write(
        [
            repository.to_update(uid, prospect.id, {**change, **stamp}, version=prospect.version)
            for prospect, change in changes
        ]
    )
    raise_common(outcomes)
    pairs = [(prospect.id, outcome) for (prospect, _), outcome in zip(changes, outcomes, strict=True)]
    return {id: rows.refused(id, error) for id, error in pairs if error}
