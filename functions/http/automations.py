"""/api/automations: definitions, and what became of their runs."""

from pydantic import BaseModel

from shared.automations import recipes, service
from shared.automations.catalog import Catalog, catalog
from shared.automations.definitions import AutomationInput, AutomationUpdate
from shared.automations.models import (
    Automation,
    AutomationQuery,
    Execution,
    ExecutionQuery,
    StepRecord,
)
from shared.automations.recipes import Recipe
from shared.kit.paging import Page
from shared.kit.schema import Input, Metadata
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Many, Message, One, Router

router = Router("/api/automations")


class ManualRun(Input):
    input: Metadata = {}


class Recipes(BaseModel):
    recipes: list[Recipe]


class ExecutionView(BaseModel):
    execution: Execution
    steps: list[StepRecord]


@router.get("", Many("automations", Automation))
def list_automations(call: Call, query: AutomationQuery) -> Page[Automation]:
    return service.list_page(call.uid, query)


@router.post("", One("automation", Automation), status=201)
def create_automation(call: Call, body: AutomationInput) -> Automation:
    return service.create(call.uid, body)


@router.get("/catalog", Fields(Catalog))
def get_catalog(call: Call) -> Catalog:
    """Triggers and actions, with the JSON schema of their settings."""
    return catalog()


@router.get("/recipes", Fields(Recipes))
def list_recipes(call: Call) -> Recipes:
    return Recipes(recipes=list(recipes.RECIPES.values()))


@router.post("/recipes/{id}", One("automation", Automation), status=201)
def create_from_recipe(call: Call, id: str) -> Automation:
    return service.create(call.uid, recipes.get(id).automation)


@router.get("/{id}", One("automation", Automation))
def get_automation(call: Call, id: str) -> Automation:
    return service.get(call.uid, id)


@router.put("/{id}", One("automation", Automation))
def update_automation(call: Call, id: str, body: AutomationUpdate) -> Automation:
    return service.update(call.uid, id, body.given(), call.if_match)


@router.delete("/{id}")
def delete_automation(call: Call, id: str) -> Message:
    service.delete(call.uid, id, call.if_match)
    return Message(message="The automation was deleted.")


@router.post("/{id}/activate", One("automation", Automation))
def activate(call: Call, id: str) -> Automation:
    return service.activate(call.uid, id)


@router.post("/{id}/deactivate", One("automation", Automation))
def deactivate(call: Call, id: str) -> Automation:
    return service.deactivate(call.uid, id)


@router.post("/{id}/run", One("execution", Execution), status=201)
def run_automation(call: Call, id: str, body: ManualRun) -> Execution:
    return service.run(call.uid, id, body.input)


@router.get("/{id}/executions", Many("executions", Execution))
def list_executions(call: Call, id: str, query: ExecutionQuery) -> Page[Execution]:
    return service.executions(call.uid, id, query)


@router.get("/{id}/executions/{execution_id}", Fields(ExecutionView))
def get_execution(call: Call, id: str, execution_id: str) -> ExecutionView:
    execution, steps = service.execution(call.uid, id, execution_id)
    return ExecutionView(execution=execution, steps=steps)


automations = http_function("automations", router)
