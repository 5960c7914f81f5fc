"""Many prospects in one request: created, approved or rejected."""

from pydantic import BaseModel

from shared.domains.prospects import creation, rows, service
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.models import ApproveInput, Prospect, ProspectBatch, ProspectInput
from shared.errors import NotFound
from shared.gcp import firestore
from shared.kit import clock
from shared.kit.ids import is_valid_id


class CreatedProspects(BaseModel):
    """What came of one or many; `prospect` is the one that was sent alone."""

    prospect: Prospect | None = None
    created_ids: list[str]
    prospects: list[Prospect]
    errors: list[str]


class ApprovalReport(BaseModel):
    approved_count: int
    rejected_count: int
    errors: list[str]


def create(uid: str, data: ProspectBatch) -> CreatedProspects:
    """One batch; a row that is bad, or exists already, is named and stops no other."""
    good, errors = rows.checked(ProspectInput, data.prospects, "prospects")
    built: dict[str, tuple[int, Prospect]] = {}
    for number, row in good:
        prospect = service.build(uid, row, service.prospect_id(row))
        first, _ = built.setdefault(prospect.id, (number, prospect))
        if first != number:
            errors.append(f"prospects.{number}.email: {row.email} is in row {first} already")
    outcomes = creation.create_each([prospect for _, prospect in built.values()])
    created = []
    for (number, prospect), outcome in zip(built.values(), outcomes, strict=True):
        if isinstance(outcome, Prospect):
            created.append(outcome)
        elif isinstance(outcome, AddressTaken):
            errors.append(f"prospects.{number}.email: {prospect.email} already exists: {outcome.holder}")
        else:
            errors.append(f"prospects.{number}: {outcome.detail}")
    return CreatedProspects(created_ids=[p.id for p in created], prospects=created, errors=errors)


def approve(uid: str, data: ApproveInput) -> ApprovalReport:
    """One batch, no read: each write demands that its prospect exists. Raises NotFound when none does."""
    fields = {
        "approval_status": data.approval_status,
        "last_action": data.approval_status,
        "updated_at": clock.now(),
    }
    ids = list(dict.fromkeys(data.prospect_ids))
    valid = [id for id in ids if is_valid_id(id)]
    outcomes = firestore.client().batch_write([service.repository.to_update(uid, id, fields) for id in valid])
    errors = [rows.unknown(id) for id in ids if not is_valid_id(id)]
    errors += [rows.refused(id, error) for id, error in zip(valid, outcomes, strict=True) if error]
    done = len(ids) - len(errors)
    if not done and all(isinstance(outcome, NotFound) for outcome in outcomes):
        raise NotFound("There is no prospect with " + ("this id." if len(ids) == 1 else "any of these ids."))
    approved = data.approval_status == "approved"
    return ApprovalReport(approved_count=done if approved else 0, rejected_count=0 if approved else done, errors=errors)
