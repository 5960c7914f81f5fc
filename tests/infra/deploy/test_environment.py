"""Functions are tried with the settings that they would be given, by the code that reads them."""

from copy import deepcopy
from typing import Any

from infra.deploy import environment
from infra.deploy.commands import Answer, Site
from infra.deploy.execute import Terminal
from tests.infra.deploy import recorded

SITE = Site("shop-1", "europe-west1", "state")
PLAN: dict[str, Any] = recorded.content("plan")


def _with(**variables: str) -> dict[str, Any]:
    plan = deepcopy(PLAN)
    for resource in plan["planned_values"]["root_module"]["resources"]:
        resource["values"]["service_config"][0]["environment_variables"] |= variables
    return plan


def _wrong(plan: dict[str, Any]) -> list[str]:
    functions = environment.planned(plan)
    trials = environment.trials(functions)
    answers = Terminal().run_all(list(trials.values()))
    found = [*environment.unknown(functions), *environment.wrong(dict(zip(trials, answers, strict=True)))]
    return [problem.text for problem in found]


def test_the_planned_settings_start() -> None:
    assert _wrong(PLAN) == []


def test_functions_that_differ_in_threads_alone_are_tried_once() -> None:
    plan = deepcopy(PLAN)
    for resource in plan["planned_values"]["root_module"]["resources"]:
        resource["values"]["service_config"][0]["secret_environment_variables"] = []
    assert len(environment.trials(environment.planned(plan))) == 1
    assert len(environment.trials(environment.planned(PLAN))) == 2


def test_wrong_settings_are_refused_before_anything_is_deployed() -> None:
    assert any("RUN_SECONDS" in text or "run_seconds" in text.lower() for text in _wrong(_with(RUN_SECONDS="-1")))
    (local,) = _wrong(_with(FIRESTORE_EMULATOR_HOST="127.0.0.1:8681"))
    assert "FIRESTORE_EMULATOR_HOST" in local
    (misspelt,) = _wrong(_with(LLM_MODLE="small"))
    assert "LLM_MODLE is no setting" in misspelt


def test_each_secret_is_asked_for_by_its_version() -> None:
    asked = environment.secrets(SITE, PLAN, environment.planned(PLAN))
    assert list(asked) == [("LLM_API_KEY", "2"), ("SIGNING_KEY", "1")]
    assert asked["LLM_API_KEY", "2"].argv[1:6] == ("secrets", "versions", "describe", "2", "--secret=LLM_API_KEY")


def test_a_secret_that_the_plan_makes_is_not_missed() -> None:
    made = {
        "type": "google_secret_manager_secret",
        "change": {"actions": ["create"], "after": {"secret_id": "SIGNING_KEY"}},
    }
    plan = {**PLAN, "resource_changes": [made]}
    assert list(environment.secrets(SITE, plan, environment.planned(plan))) == [("LLM_API_KEY", "2")]


def test_an_absent_or_disabled_version_is_named() -> None:
    answers = {
        ("LLM_API_KEY", "2"): Answer(1, "", "NOT_FOUND"),
        ("SIGNING_KEY", "1"): Answer(0, '{"state": "DISABLED"}'),
    }
    absent, disabled = (problem.text for problem in environment.absent(SITE, answers))
    assert "LLM_API_KEY has no version 2" in absent
    assert "is DISABLED" in disabled
    assert list(environment.absent(SITE, {("SIGNING_KEY", "1"): Answer(0, '{"state": "ENABLED"}')})) == []
