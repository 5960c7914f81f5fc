"""Each fault that is planted into a file is seen, and said with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import terraform_check
from infra.deploy.hcl import configuration, packages
from infra.deploy.terraform_check import FOLDER
from infra.local.process import LocalError

pytestmark = pytest.mark.timeout(400)  # the schemas are fetched once, 65 MB


@dataclass(frozen=True)
class Fault:
    """In `file`, `old` becomes `new`; a line that contains `line` must say so."""

    file: str
    old: str
    new: str
    line: str


FAULTS = {
    "an argument that is not there": Fault(
        "functions.tf",
        "timeout_seconds ",
        "timeout_secs ",
        "functions.tf: google_cloudfunctions2_function.function: service_config.timeout_secs is no argument",
    ),
    "a required argument that is missing": Fault(
        "queues.tf",
        "  location   = local.region\n",
        "",
        "queues.tf: google_cloud_tasks_queue.queue: location is missing",
    ),
    "a required argument of a nested block": Fault(
        "scheduler.tf",
        "    uri         = google_cloudfunctions2_function.function[each.key].service_config[0].uri\n",
        "",
        "scheduler.tf: google_cloud_scheduler_job.job: http_target.uri is missing",
    ),
    "an argument within a dynamic block": Fault(
        "functions.tf",
        "trigger_region  ",
        "trigger_location",
        "google_cloudfunctions2_function.function: event_trigger.trigger_location is no argument",
    ),
    "a value that is not allowed": Fault(
        "firestore.tf",
        '"FIRESTORE_NATIVE"',
        '"NATIVE"',
        "firestore.tf: google_firestore_database.database: type is 'NATIVE', not one of",
    ),
    "an argument in place of a block": Fault(
        "pubsub.tf",
        '  expiration_policy {\n    ttl = "" # never, however long nobody uses it\n  }',
        '  expiration_policy = "never"',
        "pubsub.tf: google_pubsub_subscription.push: expiration_policy is a block, not an argument",
    ),
    "a text in place of a number": Fault(
        "slo.tf",
        "goal                = 0.999",
        'goal                = "most"',
        "slo.tf: google_monitoring_slo.availability: goal is 'most', not a number",
    ),
    "a kind that the provider does not have": Fault(
        "hosting.tf",
        "  provider   = google-beta\n  project    = var.project\n",
        "  project    = var.project\n",
        "hosting.tf: google_firebase_project.project: google has no google_firebase_project",
    ),
    "a variable that is not declared": Fault(
        "budget.tf",
        "var.monthly_budget",
        "var.yearly_budget",
        "budget.tf: google_billing_budget.month: var.yearly_budget is not declared",
    ),
    "a local that is not declared": Fault(
        "slo.tf",
        "= local.quick",
        "= local.fast",
        "local.fast is not declared",
    ),
    "a resource that is not declared": Fault(
        "pubsub.tf",
        "google_pubsub_topic.topic[dead_letter_policy.value].id\n",
        "google_pubsub_topic.dead[dead_letter_policy.value].id\n",
        "google_pubsub_topic.dead is not declared",
    ),
    "an attribute that is not exported": Fault(
        "scheduler.tf",
        "service_config[0].uri",
        "service_config[0].url",
        "google_cloudfunctions2_function.function.service_config.url is not exported",
    ),
    "each without for_each": Fault(
        "auth.tf",
        "project                    = google_firebase_project.project.project",
        "project                    = each.key",
        "each.key is not declared",
    ),
    "a function of the language that is not known": Fault(
        "locals.tf",
        "trim(",
        "strip(",
        "local.environments: strip() is not known",
    ),
    "what is declared and not used": Fault(
        "locals.tf",
        "locals {",
        "locals {\n  spare = 1",
        "local.spare is declared and not used",
    ),
    "an attribute that the plan does not have": Fault(
        "functions.tf",
        "each.value.ingress",
        "each.value.entrance",
        "service_config: ingress_settings: entrance is not there",
    ),
    "objects that differ by a condition": Fault(
        "accounts.tf",
        "{ for account, rights in local.plan.accounts : account => rights if var.traces }",
        "var.traces ? local.plan.accounts : {}",
        "google_project_iam_member.traces: the branches of a condition are objects of different attributes",
    ),
    "a function that is left out": Fault(
        "functions.tf",
        "for_each = local.plan.functions\n",
        'for_each = { for name, function in local.plan.functions : name => function if name != "usage" }\n',
        "usage is not there",
    ),
    "a caller that is left out": Fault(
        "functions.tf",
        "name => function.caller if function.caller != null",
        'name => function.caller if function.caller != null && name != "run-execution"',
        "callers: run-execution call-pubsub is in the manifest alone",
    ),
    "everybody may call what the platform calls": Fault(
        "functions.tf",
        "if function.caller == null",
        'if function.caller == null || name == "run-execution"',
        "callers: run-execution allUsers is in Terraform alone",
    ),
    "dead letters without a subscription": Fault(
        "pubsub.tf",
        "  for_each                   = local.plan.topics\n",
        "  for_each = { for name, topic in local.plan.topics : name => topic if topic.dead_letters != null }\n",
        "topics: dead-letter dead-letters is in the manifest alone",
    ),
    "a job that another function is called by": Fault(
        "scheduler.tf",
        "uri         = google_cloudfunctions2_function.function[each.key]",
        'uri         = google_cloudfunctions2_function.function["usage"]',
        "jobs: due-automations * * * * * is in the manifest alone",
    ),
}


@pytest.fixture(scope="module")
def planted(parsed: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """The files with each of the faults; all that change are parsed at once."""
    files = {}
    for name, fault in FAULTS.items():
        text = (FOLDER / fault.file).read_text()
        assert fault.old in text, f"{name} has no place any more"
        files[name] = tmp_path_factory.mktemp("fault") / fault.file
        files[name].write_text(text.replace(fault.old, fault.new))
    contents = packages.parsed(files.values())
    return {name: {**parsed, file.name: contents[file.resolve()]} for name, file in files.items()}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen(planted: Mapping[str, dict[str, Any]], name: str) -> None:
    lines = terraform_check.problems(configuration.assemble(FOLDER, planted[name]))
    assert [line for line in lines if FAULTS[name].line in line], lines


def test_a_circle_is_seen(parsed: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "more.tf").write_text(
        'resource "google_pubsub_topic" "a" {\n  name = google_pubsub_topic.b.name\n}\n'
        'resource "google_pubsub_topic" "b" {\n  name = google_pubsub_topic.a.name\n}\n'
    )
    (content,) = packages.parsed([tmp_path / "more.tf"]).values()
    (line,) = terraform_check.problems(configuration.assemble(FOLDER, {**parsed, "more.tf": content}))
    assert line.startswith("a circle: google_pubsub_topic.")


def test_what_is_not_terraform_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "queues.tf").write_text('resource "google_cloud_tasks_queue" "queue" {\n  name = \n}\n')
    with pytest.raises(LocalError, match=r"queues\.tf:2"):
        configuration.load(tmp_path)
