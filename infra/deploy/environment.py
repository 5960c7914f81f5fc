"""Checks the settings and secrets that the planned functions would start with, by the code that reads them."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.bundle import ROOT
from infra.deploy.commands import Answer, Command, Site
from infra.deploy.preflight import Problem
from shared.settings import Settings

_OTHERS = {"THREADS"}  # read by what serves the functions
# Any of the right form: a secret's value is not ours to see.
_SECRETS = {"SIGNING_KEY": "x" * 64, "SECRETS_KEY": "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="}
_CHECK = "from shared import settings; settings.current()"


@dataclass(frozen=True)
class Planned:
    """One function as Terraform plans it: its variables, and its secrets' names and versions."""

    name: str
    variables: Mapping[str, str]
    secrets: tuple[tuple[str, str], ...]


def planned(plan: Mapping[str, Any]) -> list[Planned]:
    """The functions of Terraform's plan (terraform show -json)."""
    resources = plan.get("planned_values", {}).get("root_module", {}).get("resources", ())
    return [_planned(entry["values"]) for entry in resources if entry["type"] == "google_cloudfunctions2_function"]


def _planned(values: Mapping[str, Any]) -> Planned:
    config = values["service_config"][0]
    secrets = config.get("secret_environment_variables") or ()
    return Planned(
        values["name"],
        config.get("environment_variables") or {},
        tuple(sorted((entry["secret"], str(entry.get("version", ""))) for entry in secrets)),
    )


def unknown(functions: list[Planned]) -> Iterator[Problem]:
    """Variables that no setting reads: misspelt, as a rule."""
    names = {str(field.validation_alias or name).upper() for name, field in Settings.model_fields.items()}
    given = {name for function in functions for name in function.variables}
    for name in sorted(given - names - _OTHERS):
        yield Problem(f"{name} is no setting: nothing would read it. Correct `environment` in terraform.tfvars.")


def trials(functions: list[Planned]) -> dict[str, Command]:
    """For each different environment the command that starts with it, by the name of a function that has it."""
    different: dict[tuple[tuple[str, str], ...], str] = {}
    for function in functions:
        secrets = {name: _SECRETS.get(name, "x") for name, _ in function.secrets}
        variables = {**function.variables, **secrets}
        for name in _OTHERS:
            variables.pop(name, None)
        different.setdefault(tuple(sorted(variables.items())), function.name)
    own = {"PYTHONPATH": str(ROOT), "K_SERVICE": "preflight"}
    return {
        name: Command((sys.executable, "-c", _CHECK), environment=tuple(sorted({**dict(variables), **own}.items())))
        for variables, name in different.items()
    }


def wrong(answers: Mapping[str, Answer]) -> Iterator[Problem]:
    """What the trials ended with; the same sentence once."""
    seen = set()
    for name, answer in answers.items():
        lines = [line for line in answer.err.splitlines() if line.strip()]
        sentence = lines[-1].strip() if lines else "it ended without a word"
        if not answer.ok and sentence not in seen:
            seen.add(sentence)
            yield Problem(f"{name} would not start: {sentence}")


def secrets(site: Site, plan: Mapping[str, Any], functions: list[Planned]) -> dict[tuple[str, str], Command]:
    """The questions after each secret's version, but for the secrets that this very plan makes."""
    made = {
        str((change["change"].get("after") or {}).get("secret_id"))
        for change in plan.get("resource_changes", ())
        if change.get("type") == "google_secret_manager_secret" and "create" in change["change"]["actions"]
    }
    pairs = {pair for function in functions for pair in function.secrets if pair[0] not in made}
    return {
        (name, version): site.gcloud("secrets", "versions", "describe", version or "latest", f"--secret={name}")
        for name, version in sorted(pairs)
    }


def absent(site: Site, answers: Mapping[tuple[str, str], Answer]) -> Iterator[Problem]:
    """Secrets without the version that functions would read."""
    for (name, version), answer in answers.items():
        if not answer.ok:
            yield Problem(
                f"Secret {name} has no version {version}. Add it: gcloud secrets create {name} "
                f"--project={site.project}; gcloud secrets versions add {name} --project={site.project} --data-file=-"
            )
        elif (state := (answer.json() or {}).get("state")) != "ENABLED":
            yield Problem(
                f"Version {version} of secret {name} is {state}. Enable it (gcloud secrets versions enable {version} "
                f"--secret={name} --project={site.project}), or name another in terraform.tfvars."
            )
