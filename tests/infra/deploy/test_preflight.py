"""What stops a deployment before it begins: a sentence for each, with the way out."""

import json

import pytest

from infra.deploy import preflight
from infra.deploy.commands import Answer, Call, Site
from tests.infra.deploy import recorded

SITE = Site("shop-1", "europe-west1", "shop-1-terraform-state")
GOOD = {
    "terraform": recorded.answer("terraform_version"),
    "account": recorded.answer("accounts"),
    "project": recorded.answer("project"),
    "billing": recorded.answer("billing"),
    "apis": recorded.answer("apis"),
    "permissions": Answer(0, json.dumps({"permissions": sorted(preflight.PERMISSIONS)})),
    "bucket": recorded.answer("bucket"),
}
NO_PROJECT = (
    "ERROR: (gcloud.projects.describe) [ann@example.com] does not have permission to access projects instance [shop-1] "
    "(or it may not exist): The caller does not have permission."
)
SOME = json.dumps(
    {"permissions": sorted(set(preflight.PERMISSIONS) - {"run.services.update", "eventarc.triggers.create"})}
)
# The answer that is another, what came instead, and words of the sentence: what is wrong, and the way out.
BAD = [
    ("terraform", Answer(127, "", "terraform is not there"), ("Terraform is missing", "Install")),
    ("terraform", Answer(0, '{"terraform_version": "1.9.8"}'), ("1.9.8", "1.11")),
    ("terraform", Answer(0, "Terraform v0.11"), ("unknown version", "Install")),
    ("account", Answer(127, "", "gcloud is not there"), ("gcloud is missing", "Install")),
    ("account", Answer(0, "[]"), ("Nobody is signed in", "gcloud auth login")),
    ("account", Answer(1, "", "ERROR: Python 3.6 is too old.\n"), ("Python 3.6 is too old",)),
    ("project", Answer(1, "", NO_PROJECT), ("not there, or not for you", "roles/viewer", "may not exist")),
    ("project", Answer(0, '{"lifecycleState": "DELETE_REQUESTED"}'), ("DELETE_REQUESTED", "undelete")),
    ("billing", Answer(0, '{"billingEnabled": false}'), ("no billing", "billing projects link shop-1")),
    ("billing", Answer(1, "", "ERROR: (gcloud.billing) API disabled."), ("cannot be seen", "API disabled")),
    ("apis", Answer(0, "[]"), ("cloudresourcemanager.googleapis.com and serviceusage", "services enable")),
    (
        "permissions",
        Answer(0, SOME),
        ("ann@example.com lacks eventarc.triggers.create, run.services.update", "--role=roles/run.admin"),
    ),
    ("permissions", Answer(0, "{}"), ("lacks artifactregistry",)),
    ("permissions", Answer(1, "", "Request had invalid authentication"), ("cannot be seen", "invalid authentication")),
    (
        "bucket",
        Answer(1, "", "ERROR: gs://shop-1-terraform-state not found: 404."),
        ("not there", "buckets create", "--versioning"),
    ),
]


def test_nothing_stops_a_good_project() -> None:
    assert preflight.problems(SITE, GOOD) == []


@pytest.mark.parametrize(("question", "answered", "words"), BAD)
def test_each_fault_is_a_sentence_with_the_way_out(question: str, answered: Answer, words: tuple[str, ...]) -> None:
    (problem,) = preflight.problems(SITE, {**GOOD, question: answered})
    assert all(word in problem.text for word in words), problem.text


def test_all_faults_come_at_once() -> None:
    answers = {**GOOD, "billing": Answer(0, "{}"), "apis": Answer(0, "[]"), "bucket": Answer(1)}
    assert len(preflight.problems(SITE, answers)) == 3


def test_what_follows_from_an_earlier_fault_is_left_out() -> None:
    nothing = {name: Answer(1, "", "refused") for name in GOOD}
    assert len(preflight.problems(SITE, {**nothing, "terraform": GOOD["terraform"]})) == 1


def test_a_service_account_is_granted_as_one() -> None:
    account = Answer(0, '[{"account": "ci@shop-1.iam.gserviceaccount.com", "status": "ACTIVE"}]')
    (problem,) = preflight.problems(SITE, {**GOOD, "account": account, "permissions": Answer(0, "{}")})
    assert "--member=serviceAccount:ci@shop-1.iam.gserviceaccount.com" in problem.text


@pytest.mark.parametrize("name", ["", "Shop 1", "481516234200", "shop", "shop-1; rm -rf /", "--help", "shop-1-"])
def test_what_is_no_project_is_not_asked_for(name: str) -> None:
    problem = preflight.checked_project(name)
    assert problem is not None
    assert "gcloud projects list" in problem.text


def test_the_permissions_are_asked_in_one_call() -> None:
    question = preflight.questions(SITE)["permissions"]
    assert isinstance(question, Call)
    assert json.loads(question.body)["permissions"] == list(preflight.PERMISSIONS)
    assert len(preflight.PERMISSIONS) <= 100  # what the API takes
