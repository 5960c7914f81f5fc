"""Hides, restores and changes what an action calls secret among a step's settings, at any depth.

Of a setting that is an object, the values are secret. All of it raises Undeclared before the actions are declared.
"""

from collections.abc import Callable
from typing import Any

from shared.automations.definitions import declared

MASK = "•••"


def masked(action: str, config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a step, and those of the steps within it."""
    secret = _secret(action)
    return {name: _hidden(value) if name in secret else _within(value) for name, value in config.items()}


def restored(steps: Any, current: list[dict[str, Any]]) -> Any:
    """Steps that their reader sends back: what was hidden from them is that of the current step of the same id."""
    known: dict[str, Any] = {}
    _collect(current, known)
    return _restored(steps, known)


def stripped(value: Any) -> Any:
    """What steps are in, to be given away: without what their actions call secret."""
    if isinstance(value, list):
        return [stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: stripped(child) for name, child in value.items()}
    if isinstance(config := inner.get("config"), dict):
        secret = _secret(value.get("action"))
        inner["config"] = {name: setting for name, setting in config.items() if name not in secret}
    return inner


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """What steps are in, with every text that their actions call secret changed."""
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: changed(child, change) for name, child in value.items()}
    if isinstance(config := inner.get("config"), dict):
        secret = _secret(value.get("action")) & config.keys()
        inner["config"] = config | {name: _texts_changed(config[name], change) for name in secret}
    return inner


def _texts_changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _texts_changed(inner, change) for name, inner in value.items()}
    return change(value) if isinstance(value, str) else value


def _secret(action: Any) -> frozenset[str]:
    return declared.action_named(action).secrets if isinstance(action, str) else frozenset()


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
    if isinstance(config := value.get("config"), dict) and _secret(value.get("action")):
        inner["config"] = masked(value["action"], config)
    return inner


def _collect(value: Any, known: dict[str, Any]) -> None:
    """The settings of all steps with secrets, by the steps' ids."""
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _collect(child, known)
    if isinstance(value, dict) and _secret(value.get("action")) and isinstance(value.get("config"), dict):
        known[value.get("id") or value["action"]] = value["config"]


def _restored(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_restored(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _restored(child, known) for name, child in value.items()}
    before = known.get(value.get("id") or value.get("action") or "", {})
    config = inner.get("config")
    if isinstance(config, dict):
        hidden = _secret(value.get("action")) & before.keys() & config.keys()
        config.update({name: _shown_again(config[name], before[name]) for name in hidden})
    return inner


def _shown_again(sent: Any, before: Any) -> Any:
    if isinstance(sent, dict) and isinstance(before, dict):
        return {name: before.get(name, value) if value == MASK else value for name, value in sent.items()}
    return before if sent == MASK else sent
