"""Names the schemas after their models, without module paths."""

from collections.abc import Iterable

# Models that are both sent and answered, whose class is named after the input.
_ANSWERED = {"AutomationInput": "RecipeAutomation", "StepInput": "RecipeStep", "StepFields": "ErrorStep"}
# Views of what is stored: clients know nothing else by that name.
_VIEWS = {
    "AutomationView": "Automation",
    "ExecutionView": "Execution",
    "StepView": "StepRecord",
    "EventView": "TriggerEvent",
    "ResultView": "StepResult",
    "AttemptView": "Attempt",
    "ParentView": "Parent",
    "WaitView": "Wait",
}
_SENT = {"StepFields": "ErrorStepInput"}


def nouns(keys: Iterable[str]) -> dict[str, str]:
    """Map pydantic's schema keys to names. Pydantic adds `-Input` or `-Output` where a model's two schemas differ, and
    the module where two models share a name. Raises ValueError for the latter: a reader could not tell them apart."""
    names: dict[str, str] = {}
    for key in keys:
        name = _noun(key)
        if other := next((earlier for earlier, taken in names.items() if taken == name), None):
            raise ValueError(f"Two models are called {name} in the API ({other}, {key}): rename one of the classes.")
        names[key] = name
    return names


def _noun(key: str) -> str:
    path, _, mode = key.partition("-")
    model = path.rsplit("__", 1)[-1]
    model = _VIEWS.get(model, model)
    if mode.startswith("Output"):
        return _ANSWERED.get(model, model)
    if mode.startswith("Input"):
        return _SENT.get(model, model if model.endswith("Input") else f"{model}Input")
    return model
