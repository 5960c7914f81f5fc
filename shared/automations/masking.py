"""A step's settings as its record keeps them: without what its action calls secret, at any depth. Pure."""

from typing import Any

from shared.automations.actions import ACTIONS

MASK = "•••"


def masked(action: str, config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a step, and those of the steps within it."""
    known = ACTIONS.get(action)
    secret = known.secret if known else frozenset[str]()
    return {name: _hidden(value) if name in secret else _within(value) for name, value in config.items()}


def _hidden(value: Any) -> Any:
    """Of an object the names stay: they help to find a mistake."""
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    return value if value is None else MASK


def _within(value: Any) -> Any:
    if isinstance(value, list):
        return [_within(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _within(child) for name, child in value.items()}
    action, config = value.get("action"), value.get("config")
    if isinstance(action, str) and isinstance(config, dict):
        inner["config"] = masked(action, config)
    return inner
