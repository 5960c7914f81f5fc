"""The plan holds all of the manifest, and what would bite on Google Cloud."""

import json
import re

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Resources, Schedule, Topic
from infra.deploy import plan
from infra.deploy.needs import Needs
from infra.deploy.plan import Plan, Target
from shared.settings import Settings

PLAN = plan.plan()


def test_every_function_is_planned_under_its_deployed_name() -> None:
    assert {name: function.entry_point for name, function in PLAN.functions.items()} == {
        spec.deployed_name: spec.name for spec in FUNCTIONS
    }


def _of(kind: type) -> set[str]:
    return {spec.deployed_name for spec in FUNCTIONS if isinstance(spec.trigger, kind)}


def test_what_has_a_trigger_is_called_by_its_account_alone_and_the_rest_by_anybody() -> None:
    kinds = {"call-eventarc": DocumentWritten, "call-pubsub": Topic, "call-tasks": Queue, "call-scheduler": Schedule}
    assert {caller: set(names) for caller, names in PLAN.callers.items()} == {c: _of(kind) for c, kind in kinds.items()}
    assert {name for name, function in PLAN.functions.items() if function.caller is None} == _of(Http)
    for caller, names in PLAN.callers.items():
        for name in names:
            environment = PLAN.functions[name].environment
            assert environment["CALLER_SERVICE_ACCOUNT"] == f"{caller}@{{project}}.iam.gserviceaccount.com"


def test_event_functions_are_retried() -> None:
    events = {name: function for name, function in PLAN.functions.items() if function.document}
    assert events.keys() == _of(DocumentWritten)
    assert all(function.retry for function in events.values())


def test_the_server_takes_as_many_requests_as_the_instance_is_sent() -> None:
    for function in PLAN.functions.values():
        assert function.environment["THREADS"] == str(function.concurrency)
        assert float(function.cpu) >= 1 or function.concurrency == 1


def test_times_fit_the_platforms_limits() -> None:
    for function in PLAN.functions.values():
        longest = 3600 if function.kind == "api" else 1800
        assert function.timeout <= (540 if function.document else longest)
    for topic in PLAN.topics.values():  # else Pub/Sub sends again what is still being worked at
        assert PLAN.functions[topic.function].timeout <= topic.ack_deadline <= 600
    for queue in PLAN.queues.values():
        assert PLAN.functions[queue.function].timeout <= 600  # a task's own deadline
    for name, job in PLAN.jobs.items():
        assert PLAN.functions[name].timeout == job.deadline


def test_variables_are_settings() -> None:
    settings = {field.validation_alias or name.upper() for name, field in Settings.model_fields.items()}
    named = {name for function in PLAN.functions.values() for name in function.environment}
    assert named - settings <= {"THREADS", "TASKS_SERVICE_ACCOUNT"}
    assert set(PLAN.secrets) <= settings


def test_names_are_such_as_google_takes() -> None:
    names = [*PLAN.functions, *PLAN.topics, *PLAN.queues, *PLAN.jobs]
    assert [name for name in names if not re.fullmatch("[a-z][a-z0-9-]{1,61}[a-z0-9]", name)] == []


def test_account_ids_are_as_long_as_google_demands() -> None:
    assert [account for account in (*PLAN.accounts, *PLAN.callers) if not 6 <= len(account) <= 30] == []


@pytest.mark.parametrize(
    ("location", "region"),
    [("nam5", "us-central1"), ("nam7", "us-central1"), ("eur3", "europe-west1"), ("europe-west3", "europe-west3")],
)
def test_triggers_are_where_the_database_is_and_functions_beside_it(location: str, region: str) -> None:
    values = Target("p", location).values()
    assert (values["trigger_location"], values["region"]) == (location, region)
    assert values["functions_url"] == f"https://{region}-p.cloudfunctions.net"


def test_a_target_fills_every_placeholder() -> None:
    target = Target("shop-1", "eur3", region="europe-west4", public_url="https://app.example.com")
    filled = {name: target.fill(text) for name, text in PLAN.functions["wake-execution"].environment.items()}
    assert filled == {
        "GOOGLE_CLOUD_PROJECT": "shop-1",
        "FUNCTION_REGION": "europe-west4",
        "FUNCTIONS_URL": "https://europe-west4-shop-1.cloudfunctions.net",
        "PUBLIC_URL": "https://app.example.com",
        "CORS_ORIGINS": "https://app.example.com",
        "THREADS": "80",
        "CALLER_SERVICE_ACCOUNT": "call-tasks@shop-1.iam.gserviceaccount.com",
        "TASKS_SERVICE_ACCOUNT": "call-tasks@shop-1.iam.gserviceaccount.com",
    }
    with pytest.raises(KeyError):
        target.fill("{zone}")


def test_rights_follow_from_what_functions_need() -> None:
    made = _plan(
        FunctionSpec("quiet", "functions.http.quiet", Http("/api/quiet")),
        FunctionSpec("loud_one", "functions.events.loud_one", DocumentWritten("a/{b}"), Resources(timeout=120)),
        FunctionSpec("late", "functions.workers.late", Queue("later")),
    )
    assert (made.accounts["run-api"].publishes, made.accounts["run-api"].acts_as) == ((), ())
    loud = made.accounts["run-events"]
    assert (loud.publishes, loud.enqueues, loud.acts_as) == (("steps",), ("later",), ("call-tasks",))
    assert made.functions["quiet"].secrets == ("SIGNING_KEY",)
    assert "TASKS_SERVICE_ACCOUNT" not in made.functions["quiet"].environment
    assert made.functions["loud-one"].environment["TASKS_SERVICE_ACCOUNT"].startswith("call-tasks@")


def _plan(*specs: FunctionSpec) -> Plan:
    loud = Needs(secrets=("SECRETS_KEY", "SIGNING_KEY"), publishes=("steps",), enqueues=("later",))
    return plan.plan(specs, lambda module: loud if module.endswith("loud_one") else Needs(secrets=("SIGNING_KEY",)))


def test_another_manifest_is_another_file() -> None:
    """The comparison above sees a function that is missing, and one that changed."""
    assert plan.plan(FUNCTIONS[1:]).text() != PLAN.text()
    assert json.loads(PLAN.text())["functions"]["health"]["paths"] == ["/api/health", "/health"]
