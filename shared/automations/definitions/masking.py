"""Hides, restores and changes the secret settings of steps, at any depth.

An action declares which of its settings are secret; of an object among these, the values are. Every function raises
Undeclared before the actions are declared.
"""

from collections.abc import Callable
from typing import cast

from shared.automations.definitions import declared
from shared.kit.fields import Fields

MASK = "•••"


def masked(action: str, config: Fields) -> Fields:
    """The settings of a step with dots for secrets, also in the steps within it."""
    secret = _secret(action)
    return {name: _hidden(value) if name in secret else _within(value) for name, value in config.items()}


def restored(steps: list[Fields], current: list[Fields]) -> list[Fields]:
    """The steps that a client sends back, with the secrets of the current steps of the same ids where it sends dots."""
    configs: dict[str, Fields] = {}
    _collect(current, configs)
    return cast("list[Fields]", _restored(steps, configs))


def stripped(value: object) -> object:
    """A value without the secret settings of the steps in it, for an export."""
    if isinstance(value, list):
        return [stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: stripped(child) for name, child in value.items()}
    if isinstance(config := inner.get("config"), dict):
        secret = _secret(value.get("action"))
        inner["config"] = {name: setting for name, setting in config.items() if name not in secret}
    return inner


def changed(value: object, change: Callable[[str], str]) -> object:
    """A value with `change` applied to each text in the secret settings of the steps in it."""
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: changed(child, change) for name, child in value.items()}
    if isinstance(config := inner.get("config"), dict):
        secret = _secret(value.get("action")) & config.keys()
        inner["config"] = config | {name: _texts_changed(config[name], change) for name in secret}
    return inner


def _texts_changed(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        return {name: _texts_changed(inner, change) for name, inner in value.items()}
    return change(value) if isinstance(value, str) else value


def _secret(action: object) -> frozenset[str]:
    return declared.action_named(action).secrets if isinstance(action, str) else frozenset()


def _hidden(value: object) -> object:
    """Dots in place of a secret; an object keeps its names, which help to find a mistake."""
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    return value if value is None else MASK


def _within(value: object) -> object:
    if isinstance(value, list):
        return [_within(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _within(child) for name, child in value.items()}
    if isinstance(config := value.get("config"), dict) and _secret(value.get("action")):
        inner["config"] = masked(value["action"], config)
    return inner


def _collect(value: object, configs: dict[str, Fields]) -> None:
    """Adds the settings of all steps with secrets in a value to `configs`, by the steps' ids."""
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _collect(child, configs)
    if isinstance(value, dict) and _secret(value.get("action")) and isinstance(value.get("config"), dict):
        configs[_name(value)] = value["config"]


def _restored(value: object, configs: dict[str, Fields]) -> object:
    if isinstance(value, list):
        return [_restored(item, configs) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _restored(child, configs) for name, child in value.items()}
    before = configs.get(_name(value), {})
    config = inner.get("config")
    if isinstance(config, dict):
        hidden = _secret(value.get("action")) & before.keys() & config.keys()
        config.update({name: _shown_again(config[name], before[name]) for name in hidden})
    return inner


def _name(step: Fields) -> str:
    """The step's id, or its action where it has none. An object in a step's settings may hold anything as its id."""
    id = step.get("id")
    return id if id and isinstance(id, str) else str(step.get("action") or "")


def _shown_again(sent: object, before: object) -> object:
    """The secret that a client sent, or the stored one where it sent dots."""
    if isinstance(sent, dict) and isinstance(before, dict):
        return {name: before.get(name, value) if value == MASK else value for name, value in sent.items()}
    return before if sent == MASK else sent
