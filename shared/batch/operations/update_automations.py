"""Change automations, or switch them on, off or into a pause."""

from pydantic import Field

from shared.automations.authoring import service as automations
from shared.automations.authoring.validation import StopWhen
from shared.automations.definitions.models import Automation, AutomationStatus
from shared.automations.definitions.restrictions import Limits, Reentry
from shared.batch.models import Selection
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.errors import Invalid
from shared.kit.schema import Text, Update


class AutomationChanges(Update):
    """Any of these; what steps do is changed one automation at a time."""

    description: Text | None = None
    stop_when: StopWhen | None = None
    limits: Limits | None = None
    reentry: Reentry | None = None


class UpdateAutomations(Selection):
    """One of the two: `changes`, or the `status` that all shall have."""

    changes: AutomationChanges | None = Field(None, description="null: only the status is changed.")
    status: AutomationStatus | None = Field(None, description="As the single switch does. null: it stays.")


def begin(uid: str, body: UpdateAutomations) -> Perform:
    fields = {"status": body.status} if body.status else (body.changes or AutomationChanges()).changes(Automation)

    def perform(item: Item) -> None:
        automations.update(uid, item.value, fields, None, beside=item.done())

    return perform


def check(uid: str, body: UpdateAutomations) -> None:
    """Raises Invalid where nothing would change, or twice: each is a commit, and an item has one."""
    if (body.status is None) == (body.changes is None):
        raise Invalid.at("changes", "give either changes or a status; for both, make two jobs")


OPERATION = Operation(
    name="update_automations",
    text="Change automations, or activate, deactivate or pause them.",
    body=UpdateAutomations,
    begin=begin,
    collection=lambda body: "automations",
    costs=lambda body: Costs(reads=20, writes=5),
    check=check,
)
