"""What an apply would make is what the manifest says, value by value."""

import json
import re
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DEAD_LETTERS, DocumentWritten, FunctionSpec, Queue, Topic
from infra.bundle import ROOT
from infra.deploy import plan, terraform_check
from infra.deploy.hcl import schema
from infra.deploy.hcl.configuration import Configuration
from infra.deploy.hcl.expand import ExpansionFault, World
from infra.deploy.plan import Target
from infra.deploy.terraform_check import EXAMPLE, Resources

pytestmark = pytest.mark.timeout(400)  # the schemas are fetched once, 65 MB

PLAN = plan.plan()
CALLS = ["request", "event", "message", "task", "schedule"]
TARGET = Target("shop-1", "eur3", cors_origins="https://app.example.com,https://example.com")


def _function(resources: Resources, spec: FunctionSpec) -> dict[str, Any]:
    address = f"google_cloudfunctions2_function.function[{spec.deployed_name}]"
    return resources["google_cloudfunctions2_function"][address]


def test_nothing_is_wrong(loaded: Configuration) -> None:
    assert terraform_check.problems(loaded) == []


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_a_function_has_the_limits_and_settings_of_the_plan(resources: Resources, spec: FunctionSpec) -> None:
    body, planned, limits = _function(resources, spec), PLAN.functions[spec.deployed_name], spec.resources
    config = body["service_config"][0]
    assert body["build_config"][0]["runtime"] == "python313"
    assert (config["timeout_seconds"], config["available_memory"]) == (limits.timeout, f"{limits.memory}Mi")
    assert (config["available_cpu"], config["max_instance_request_concurrency"]) == (
        f"{limits.cpu:g}",
        limits.concurrency,
    )
    assert config["min_instance_count"] == (1 if spec.name == "automations" else limits.min_instances)
    assert config["max_instance_count"] == min(limits.max_instances, 20)
    assert config["all_traffic_on_latest_revision"] is True
    assert config["ingress_settings"] == planned.ingress
    settings = {name: TARGET.fill(text) for name, text in planned.environment.items()}
    chosen = {
        "LLM_MODEL": "small",
        "TRACES_URL": "https://telemetry.googleapis.com/v1/traces",
        "TRUSTED_PROXIES": "2",
    }
    assert config["environment_variables"] == {**chosen, **settings}
    mounted = {secret["key"]: secret["version"] for secret in config["secret_environment_variables"]}
    exist = {"SIGNING_KEY": "1", "SECRETS_KEY": "1", "LLM_API_KEY": "2"}
    assert mounted == {name: version for name, version in exist.items() if name in planned.secrets}


def test_document_events_come_from_the_databases_location_and_are_retried(resources: Resources) -> None:
    for spec in FUNCTIONS:
        triggers = _function(resources, spec).get("event_trigger", [])
        assert len(triggers) == isinstance(spec.trigger, DocumentWritten)
        for trigger in triggers:
            assert trigger["trigger_region"] == "eur3"
            assert trigger["retry_policy"] == "RETRY_POLICY_RETRY"
            assert trigger["event_type"] == "google.cloud.firestore.document.v1.written"
    assert {body["location"] for body in resources["google_cloudfunctions2_function"].values()} == {"europe-west1"}


def test_one_region_is_trigger_and_function_alike(loaded: Configuration) -> None:
    made = terraform_check.expanded(loaded, {"project": "shop-1", "database_location": "europe-west3"})
    body = made["google_cloudfunctions2_function"]["google_cloudfunctions2_function.function[prospect-written]"]
    assert (body["location"], body["event_trigger"][0]["trigger_region"]) == ("europe-west3", "europe-west3")
    assert "google_billing_budget" not in made or not made["google_billing_budget"]


def test_what_is_given_up_goes_to_the_topic_of_the_dead_letters_and_from_there_nowhere(resources: Resources) -> None:
    given_up = {name: topic for name, topic in PLAN.topics.items() if topic.dead_letters}
    assert {topic.dead_letters for topic in given_up.values()} == PLAN.topics.keys() - given_up.keys() == {DEAD_LETTERS}
    for name, topic in PLAN.topics.items():
        push = resources["google_pubsub_subscription"][f"google_pubsub_subscription.push[{name}]"]
        policies = push.get("dead_letter_policy", [])
        assert [policy["max_delivery_attempts"] for policy in policies] == (
            [topic.max_attempts] if name in given_up else []
        )
        assert push["ack_deadline_seconds"] == topic.ack_deadline
        assert push["retry_policy"] == [
            {"minimum_backoff": f"{topic.min_backoff}s", "maximum_backoff": f"{topic.max_backoff}s"}
        ]
        assert (push["message_retention_duration"], push["expiration_policy"]) == ("604800s", [{"ttl": ""}])
    members = {**resources["google_pubsub_topic_iam_member"], **resources["google_project_iam_member"]}
    rights = {(body["role"], body.get("topic")) for address, body in members.items() if "dead_letters" in address}
    assert rights == {("roles/pubsub.publisher", DEAD_LETTERS), ("roles/pubsub.subscriber", None)}


def test_queues_and_jobs_have_the_manifests_times(resources: Resources) -> None:
    for spec in FUNCTIONS:
        if isinstance(spec.trigger, Queue):
            queue = resources["google_cloud_tasks_queue"][f"google_cloud_tasks_queue.queue[{spec.trigger.queue}]"]
            assert queue["retry_config"][0]["max_attempts"] == spec.trigger.max_attempts
            assert queue["rate_limits"][0] == {
                "max_dispatches_per_second": spec.trigger.max_per_second,
                "max_concurrent_dispatches": spec.resources.concurrency * min(spec.resources.max_instances, 20),
            }
    for name, job in PLAN.jobs.items():
        body = resources["google_cloud_scheduler_job"][f"google_cloud_scheduler_job.job[{name}]"]
        assert (body["attempt_deadline"], body["retry_config"][0]["retry_count"]) == (f"{job.deadline}s", job.retries)


def test_accounts_may_do_what_their_functions_need(resources: Resources) -> None:
    given = {
        (address.partition("[")[2].rstrip("]"), body["role"])
        for kind in ("pubsub_topic", "cloud_tasks_queue", "service_account", "secret_manager_secret")
        for address, body in resources[f"google_{kind}_iam_member"].items()
        if " " in address
    }
    wanted = set()
    for account, rights in PLAN.accounts.items():
        wanted |= {(f"{account} {topic}", "roles/pubsub.publisher") for topic in rights.publishes}
        wanted |= {(f"{account} {queue}", "roles/cloudtasks.enqueuer") for queue in rights.enqueues}
        wanted |= {(f"{account} {other}", "roles/iam.serviceAccountUser") for other in rights.acts_as}
        there = {"SIGNING_KEY", "SECRETS_KEY", "LLM_API_KEY"} & set(rights.secrets)
        wanted |= {(f"{account} {secret}", "roles/secretmanager.secretAccessor") for secret in there}
    assert given == wanted
    viewers = {
        address.partition("[")[2].rstrip("]")
        for address, body in resources["google_project_iam_member"].items()
        if body["role"] == "roles/firebaseauth.viewer"
    }
    looks_up = {account for account, rights in PLAN.accounts.items() if rights.users}
    assert viewers == looks_up == {"run-api", "run-schedules"}  # the latter to mail digests
    broad = ("roles/owner", "roles/editor", "admin")
    members = [body for kind, made in resources.items() if kind.endswith("_iam_member") for body in made.values()]
    assert [body for body in members if body["role"].lower().endswith(broad)] == []


def test_indexes_and_exemptions_are_those_of_the_file(resources: Resources) -> None:
    declared = json.loads((ROOT / "infra/firestore/firestore.indexes.json").read_text())
    indexes, fields = resources["google_firestore_index"].values(), resources["google_firestore_field"].values()
    assert sorted(
        (i["collection"], i["query_scope"], json.dumps(i["fields"], sort_keys=True)) for i in indexes
    ) == sorted(
        (i["collectionGroup"], i["queryScope"], json.dumps([_field(field) for field in i["fields"]], sort_keys=True))
        for i in declared["indexes"]
    )
    assert {(f["collection"], f["field"]) for f in fields if f.get("ttl_config")} == {
        (f["collectionGroup"], f["fieldPath"]) for f in declared["fieldOverrides"] if f.get("ttl")
    }
    assert {(f["collection"], f["field"], len(f["index_config"][0].get("indexes", ()))) for f in fields} == {
        (f["collectionGroup"], f["fieldPath"], len(f["indexes"]))
        for f in declared["fieldOverrides"]
        if f["fieldPath"] != "*"  # those are set by `make deploy`
    }


def _field(field: dict[str, str]) -> dict[str, str | None]:
    return {"field_path": field["fieldPath"], "order": field.get("order"), "array_config": field.get("arrayConfig")}


def test_what_needs_another_provider_names_it(loaded: Configuration) -> None:
    beta = {block.kind for block in loaded.blocks.values() if block.provider == "google-beta"}
    assert all(schema.resource("google-beta", "resources", kind) for kind in beta)
    assert {kind for kind in beta if kind.startswith("google_firebase_")} >= {"google_firebase_hosting_site"}


def test_metrics_are_those_of_the_page_that_describes_them(resources: Resources) -> None:
    """Each row of the page: the kinds of entries, the number, the labels."""
    text = (ROOT / "infra/observability.md").read_text().partition("\n## Metrics")[2].partition("\n## ")[0]
    described = set()
    for row in re.findall(r"^\| ([^|]+) \| (`[^|]+|calls) \| ([^|]+) \| ([^|]+) \|$", text, re.M):
        kinds = re.findall(r"`(\w+)`", row[1]) or CALLS
        numbers = [number.removeprefix("jsonPayload.") for number in re.findall(r"`([\w.…]+)`", row[2])]
        paths = [number.replace("….", "cost.") for number in numbers]
        values: list[str | None] = [f"EXTRACT(jsonPayload.{path})" for path in paths]
        labels = frozenset(re.findall(r"`(\w+)`", row[3]))
        described |= {(frozenset(kinds), value, labels) for value in values or [None]}
    made = {
        (
            frozenset(re.findall(r'"(\w+)"', body["filter"].partition("kind=(")[2].partition(")")[0])),
            body["value_extractor"],
            frozenset(body["label_extractors"]),
        )
        for address, body in resources["google_logging_metric"].items()
        if ".metric[" in address
    }
    assert len(described) == 11
    assert made == described


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"project": "My Shop"}, "The id of a project"),
        ({"environment": {"LLM_API_KEY": "sk-1"}}, "belongs into Secret Manager"),
        ({"provider_secrets": {"LLM_API_KEY": "latest"}}, "number of a version"),
        ({"provider_secrets": {"OTHER_KEY": "1"}}, "Names as in"),
        ({"key_versions": {"SIGNING_KEY": "1"}}, "SIGNING_KEY and SECRETS_KEY"),
        ({"min_instances": {"research_tasks": 1}}, "with hyphens"),
        ({"public_url": "http://example.com/"}, "https://"),
        ({"zone": "a"}, "there is no variable zone"),
    ],
)
def test_a_wrong_variable_is_refused(loaded: Configuration, variables: dict[str, Any], words: str) -> None:
    with pytest.raises(ExpansionFault, match=words):
        terraform_check.world(loaded, {**EXAMPLE, **variables})


def test_a_project_must_be_named(loaded: Configuration) -> None:
    with pytest.raises(ExpansionFault, match=r"var\.project has no value"):
        World(loaded, {"database_location": "nam5"})


def test_subscriptions_are_what_the_manifest_pushes(resources: Resources) -> None:
    """Planted: a function more, and one less, in the manifest."""
    gone = [line.split(" is in ") for line in terraform_check.differences(resources, FUNCTIONS[1:])]
    assert ["functions: health health", "Terraform alone"] in gone
    more = FunctionSpec("louder", "functions.workers.louder", Topic("shouts"))
    lines = list(terraform_check.differences(resources, (*FUNCTIONS, more)))
    assert "topics: louder shouts is in the manifest alone" in lines
    assert "callers: louder call-pubsub is in the manifest alone" in lines
