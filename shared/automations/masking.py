"""A step's settings for others' eyes: without what its action calls secret, at any depth. Pure."""

from collections.abc import Callable
from typing import Any

from shared.automations.actions import ACTIONS

MASK = "•••"


def masked(action: str, config: dict[str, Any]) -> dict[str, Any]:
    """As its record keeps them, and those of the steps within it."""
    return _settings(action, config, _hidden)


def stripped(action: str, config: dict[str, Any]) -> dict[str, Any]:
    """As they can be given away: what is secret is left out."""
    return _settings(action, config, None)


def _settings(action: str, config: dict[str, Any], hide: Callable[[Any], Any] | None) -> dict[str, Any]:
    known = ACTIONS.get(action)
    secret = known.secret if known else frozenset[str]()
    shown = {name: _within(value, hide) for name, value in config.items() if name not in secret}
    return shown | ({name: hide(value) for name, value in config.items() if name in secret} if hide else {})


def _hidden(value: Any) -> Any:
    """Of an object the names stay: they help to find a mistake."""
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    return value if value is None else MASK


def _within(value: Any, hide: Callable[[Any], Any] | None) -> Any:
    if isinstance(value, list):
        return [_within(item, hide) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _within(child, hide) for name, child in value.items()}
    action, config = value.get("action"), value.get("config")
    if isinstance(action, str) and isinstance(config, dict):
        inner["config"] = _settings(action, config, hide)
    return inner
