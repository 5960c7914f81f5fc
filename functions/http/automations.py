"""/api/automations: definitions, and what became of their runs."""

from shared.automations.authoring import limits, portable, recipes, service
from shared.automations.authoring.portable import Portable, PortableInput
from shared.automations.authoring.recipes.base import Recipe
from shared.automations.authoring.validation import AutomationInput, AutomationQuery, AutomationUpdate
from shared.automations.backtest.models import BacktestInput
from shared.automations.catalog.schemas import Catalog, catalog
from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Limits
from shared.automations.definitions.views import AutomationView
from shared.automations.operations import control, listing, reruns
from shared.automations.operations.control import Halted, KillSwitch, Resume, Vote
from shared.automations.operations.dry_run import dry_run
from shared.automations.operations.listing import (
    AllExecutionCountQuery,
    AllExecutionQuery,
    ExecutionCountQuery,
    ExecutionCounts,
    ExecutionQuery,
)
from shared.automations.operations.rehearsed import DryRun
from shared.automations.operations.reruns import BulkRetry, ExecutionRetry, Retried
from shared.automations.runs.requests import RunInput
from shared.automations.runs.rows import ExecutionRow
from shared.automations.runs.views import ExecutionView, StepView
from shared.automations.starts import manual, webhooks
from shared.batch import service as batch
from shared.batch.models import Job
from shared.batch.operations import backtest
from shared.kit.paging import Page
from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.router import HOURLY, Fields, Many, Message, One, Router
from shared.store.single import Versioned

router = Router("/api/automations")


class Recipes(Model):
    recipes: list[Recipe]


class Activated(Model):
    automation: AutomationView
    warnings: list[str]


class ExecutionWithSteps(Model):
    execution: ExecutionView
    steps: list[StepView]


@router.get("", Many("automations", AutomationView), tagged=HOURLY)
def list_automations(call: Call, query: AutomationQuery) -> Page[AutomationView]:
    """All automations, newest first."""
    return service.list_page(call.uid, query).each(AutomationView.of)


@router.post("", One("automation", AutomationView), status=201)
def create_automation(call: Call, body: AutomationInput) -> AutomationView:
    """A new automation, inactive until it is activated. Trigger, conditions and settings are checked now."""
    return AutomationView.of(service.create(call.uid, body))


@router.get("/catalog", Fields(Catalog))
def get_catalog(call: Call) -> Catalog:
    """Triggers and actions, with the JSON schema of their settings."""
    return catalog()


@router.get("/recipes", Fields(Recipes))
def list_recipes(call: Call) -> Recipes:
    """Definitions that are ready for use."""
    return Recipes(recipes=list(recipes.every().values()))


@router.post("/recipes/{id}", One("automation", AutomationView), status=201)
def create_from_recipe(call: Call, id: str) -> AutomationView:
    """A new automation from a recipe; it is inactive."""
    return AutomationView.of(service.create(call.uid, recipes.get(id).automation))


@router.post("/import", One("automation", AutomationView), status=201)
def import_automation(call: Call, body: PortableInput) -> AutomationView:
    """What an export has answered, as a new automation; it is inactive."""
    return AutomationView.of(portable.create(call.uid, body))


@router.get("/executions", Many("executions", ExecutionView, row=ExecutionRow), tagged=HOURLY)
def list_all_executions(call: Call, query: AllExecutionQuery) -> Page[ExecutionView] | Page[ExecutionRow]:
    """Runs of all automations; the failed ones can be taken up again, one by one or many at once. The words of `search`
    are looked for in the names of automation and subject and in the error, among the newest 1,000 runs that the other
    filters leave."""
    return _listed(call.uid, query, query.automation_id)


@router.get("/executions/counts", Fields(ExecutionCounts), tagged=HOURLY)
def count_all_executions(call: Call, query: AllExecutionCountQuery) -> ExecutionCounts:
    """How many runs of all automations are in each status, by the filters of the list."""
    return listing.counts(call.uid, query, query.automation_id)


@router.post("/executions/retry", Fields(Retried))
def retry_executions(call: Call, body: BulkRetry) -> Retried:
    """Take up many ended runs again, chosen by filters; the oldest first."""
    return reruns.retry_many(call.uid, body)


@router.post("/kill-switch", Fields(Halted))
def kill_switch(call: Call, body: KillSwitch) -> Halted:
    """Hold every run within one step and start no more; or let all go on."""
    return control.halt(call.uid, on=body.on)


@router.get("/limits", One("limits", Limits))
def get_limits(call: Call) -> Versioned[Limits]:
    """What all automations of the user may do together."""
    return limits.of_user(call.uid)


@router.put("/limits", One("limits", Limits))
def set_limits(call: Call, body: Limits) -> Versioned[Limits]:
    """Replace what all automations of the user may do together; what is left out has no limit."""
    return limits.set_of_user(call.uid, body, call.if_match)


@router.get("/{id}", One("automation", AutomationView))
def get_automation(call: Call, id: str) -> AutomationView:
    """One automation."""
    return AutomationView.of(service.get(call.uid, id))


@router.put("/{id}", One("automation", AutomationView))
@router.patch("/{id}", One("automation", AutomationView))
def update_automation(call: Call, id: str, body: AutomationUpdate) -> AutomationView:
    """Change the fields that are sent. Runs under way keep the definition that they began with."""
    return AutomationView.of(service.update(call.uid, id, body.changes(Automation), call.if_match))


@router.delete("/{id}")
def delete_automation(call: Call, id: str) -> Message:
    """Delete it; its runs end."""
    service.delete(call.uid, id, call.if_match)
    return Message(message="The automation was deleted.")


@router.post("/{id}/activate", Fields(Activated))
def activate(call: Call, id: str) -> Activated:
    """`warnings` name automations that start each other in a circle, and documents that steps miss."""
    switched = service.activate(call.uid, id, call.if_match)
    return Activated(automation=AutomationView.of(switched.automation), warnings=switched.warnings)


@router.post("/{id}/deactivate", One("automation", AutomationView))
def deactivate(call: Call, id: str) -> AutomationView:
    """Events start no more runs; those under way are ended."""
    return AutomationView.of(service.deactivate(call.uid, id, call.if_match))


@router.post("/{id}/webhook/rotate", One("automation", AutomationView))
def rotate_webhook(call: Call, id: str) -> AutomationView:
    """A new address and secret, in `trigger_config`; the old are void at once. The secret is shown this once."""
    return AutomationView.of(webhooks.rotate(call.uid, id, call.if_match))


@router.get("/{id}/export", Fields(Portable))
def export_automation(call: Call, id: str) -> Portable:
    """The definition as data, for another account or another place."""
    return portable.export(call.uid, id)


@router.post("/{id}/run", One("execution", ExecutionView), status=201)
def run_automation(call: Call, id: str, body: RunInput) -> ExecutionView:
    """Start a run by hand, whether the automation is active or not."""
    return ExecutionView.of(manual.run(call.uid, id, body))


@router.post("/{id}/dry-run", Fields(DryRun))
def dry_run_automation(call: Call, id: str, body: RunInput) -> DryRun:
    """What a run would write, send and cost; nothing is."""
    return dry_run(call.uid, id, body)


@router.post("/{id}/backtest", One("job", Job), status=202)
def backtest_automation(call: Call, id: str, body: BacktestInput) -> Job:
    """What the automation, active or not, would have done with the events of a time that has passed: a batch job, whose
    items are the events and whose `report` says what they come to together. Nothing is written, sent or paid. Documents
    are as they are today."""
    return batch.begin(call.uid, backtest.OPERATION, backtest.body_of(call.uid, id, body), subject=id)


@router.get("/{id}/executions", Many("executions", ExecutionView, row=ExecutionRow), tagged=HOURLY)
def list_executions(call: Call, id: str, query: ExecutionQuery) -> Page[ExecutionView] | Page[ExecutionRow]:
    """The automation's runs, newest first; ended ones are kept for 90 days. `search` is as for the runs of all."""
    page = _listed(call.uid, query, id)
    if not page.total:
        listing.check_exists(call.uid, id)
    return page


@router.get("/{id}/executions/counts", Fields(ExecutionCounts), tagged=HOURLY)
def count_executions(call: Call, id: str, query: ExecutionCountQuery) -> ExecutionCounts:
    """How many of the automation's runs are in each status, by the filters of the list."""
    counted = listing.counts(call.uid, query, id)
    if not counted.total:
        listing.check_exists(call.uid, id)
    return counted


@router.get("/{id}/executions/{execution_id}", Fields(ExecutionWithSteps))
def get_execution(call: Call, id: str, execution_id: str) -> ExecutionWithSteps:
    """One run with all its steps."""
    execution, steps = listing.get(call.uid, id, execution_id)
    return ExecutionWithSteps(execution=ExecutionView.of(execution), steps=[StepView.of(step) for step in steps])


@router.post("/{id}/executions/{execution_id}/cancel", One("execution", ExecutionView))
def cancel_execution(call: Call, id: str, execution_id: str) -> ExecutionView:
    """End the run before its next step; a run that it waits for ends with it."""
    return ExecutionView.of(control.cancel(call.uid, id, execution_id))


@router.post("/{id}/executions/{execution_id}/pause", One("execution", ExecutionView))
def pause_execution(call: Call, id: str, execution_id: str) -> ExecutionView:
    """Hold the run before its next step."""
    return ExecutionView.of(control.pause(call.uid, id, execution_id))


@router.post("/{id}/executions/{execution_id}/resume", One("execution", ExecutionView))
def resume_execution(call: Call, id: str, execution_id: str, body: Resume) -> ExecutionView:
    """Let a held run go on, or say what became of an effect that nobody could tell."""
    return ExecutionView.of(control.resume(call.uid, id, execution_id, body))


@router.post("/{id}/executions/{execution_id}/approve", One("execution", ExecutionView))
def approve_execution(call: Call, id: str, execution_id: str, body: Vote) -> ExecutionView:
    """Agree where the run waits for an approval; each person's last vote counts."""
    return ExecutionView.of(control.vote(call.uid, id, execution_id, body, approved=True))


@router.post("/{id}/executions/{execution_id}/reject", One("execution", ExecutionView))
def reject_execution(call: Call, id: str, execution_id: str, body: Vote) -> ExecutionView:
    """Refuse where the run waits for an approval; each person's last vote counts."""
    return ExecutionView.of(control.vote(call.uid, id, execution_id, body, approved=False))


@router.post("/{id}/executions/{execution_id}/retry", One("execution", ExecutionView))
def retry_execution(call: Call, id: str, execution_id: str, body: ExecutionRetry) -> ExecutionView:
    """Take an ended run up again where it ended, or start it anew."""
    return ExecutionView.of(reruns.retry(call.uid, id, execution_id, body))


def _listed(uid: str, query: ExecutionQuery, automation_id: str | None) -> Page[ExecutionView] | Page[ExecutionRow]:
    if query.view == "row":
        return listing.row_page(uid, query, automation_id)
    return listing.page(uid, query, automation_id).each(ExecutionView.of)


automations = http_function("automations", router)
