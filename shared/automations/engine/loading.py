"""Loads an execution for a runner."""

from shared.automations import builtins
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.program import compiled
from shared.automations.engine import budgets, reservations
from shared.automations.engine.running import Reservation, Run
from shared.automations.runs.loading import load_with_automation
from shared.automations.runs.models import Execution, PausedBy
from shared.automations.runs.queue import RunMessage
from shared.kit.ids import new_id


def load(message: RunMessage) -> Run | None:
    """The execution, with the steps it started with; None where it is gone. Two reads, one for each meter in
    which its start has reserved steps, one round trip; one more for an earlier definition."""
    builtin = builtins.BUILTINS.get(message.automation_id)
    execution, automation, meters = load_with_automation(
        message.uid, message.execution_id, None if builtin else message.automation_id, message.meters
    )
    if execution is None:
        return None
    if builtin:
        return Run(execution, compiled(builtin.steps), runner=new_id())
    steps = _pinned(execution, automation)
    run = Run(execution, compiled(steps or []), runner=new_id(), automation=automation, hold=hold_of(automation))
    run.switched_off = steps is None or _switched_off(execution, automation)
    if automation and budgets.limits_steps(automation):
        run.counts_steps = True
        run.covered = reservations.covered(execution, automation, meters)
        run.reservation = Reservation.COVERED if run.covered else Reservation.NONE
    return run


def hold_of(automation: Automation | None) -> PausedBy | None:
    """Who holds all runs of the automation."""
    if automation is None:
        return None
    return "kill_switch" if automation.halted else "automation" if automation.status == "paused" else None


def _switched_off(execution: Execution, automation: Automation | None) -> bool:
    if automation is None:
        return True
    return automation.status == "inactive" and execution.triggered_by != "manual"


def _pinned(execution: Execution, automation: Automation | None) -> list[Step] | None:
    if automation and automation.definition == execution.definition:
        return automation.steps
    return definition_store.load_definition(execution.user_id, execution.automation_id, execution.definition)
